/*
 * A queue of operations in the order of their calls. Any number may wait, as the API's reference names no limit. The first
 * lies in the queue itself, since most callers have one at a time; only those behind it need the heap. A queue begins with
 * all members zero.
 */
#ifndef WS_OPERATIONS_H
#define WS_OPERATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "frames/message.h"

struct ws_operations_block;

struct ws_operations {
    struct ws_operation head;          /* if there is any */
    struct ws_operations_block *first; /* where the one behind the head lies, or will lie */
    struct ws_operations_block *last;  /* where the last one lies; the first block if that is the head */
    uint32_t count;                    /* the head included */
    uint32_t removed;                  /* how many there were before the head, modulo 2^32 */
};

/** Make room for one more operation. Returns false, with nothing changed, if there is no memory. */
bool ws_operations_reserve(struct ws_operations *queue);

/** Append a copy of *operation; ws_operations_reserve has just made room. */
void ws_operations_push(struct ws_operations *queue, const struct ws_operation *operation);

/** The first operation, or NULL if there is none; valid until the next pop. */
const struct ws_operation *ws_operations_head(const struct ws_operations *queue);

/**
 * The numbers of the first and the last operation, counted from the queue's first on, modulo 2^32; there is one
 * (for the last: there was one). They cost nothing until they are asked for.
 */
uint32_t ws_operations_first_number(const struct ws_operations *queue);
uint32_t ws_operations_last_number(const struct ws_operations *queue);

/** Remove the first operation; there is one. Never allocates. */
void ws_operations_pop(struct ws_operations *queue);

/** Free what the queue allocated. */
void ws_operations_free(struct ws_operations *queue);

#endif
