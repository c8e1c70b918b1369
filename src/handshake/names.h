/*
 * Names that are looked for again and again. They are sorted once; then each is found in as many steps as their number
 * has binary digits. Lists come from callers, and through them from peers: none is slower than another of its size.
 */
#ifndef WS_NAMES_H
#define WS_NAMES_H

#include "handshake/headers.h"

#include <stdbool.h>
#include <stdint.h>

struct ws_name {
    struct ws_span text; /* somebody else's, and outlives the names */
    uint32_t index;      /* in the order in which the names were added, from 0 */
    uint32_t mark;       /* the user's; 0 at first */
};

/* One heap block; no block where there is no name. */
struct ws_names {
    struct ws_name *array;
    uint32_t count;
};

/* Makes room for so many names, at most WS_HANDSHAKE_MAX_COUNT. False if there is no memory. */
bool ws_names_init(struct ws_names *names, uint32_t room);

/* Adds a name; there is room. After the last one, sort. */
void ws_names_add(struct ws_names *names, struct ws_span text);
void ws_names_sort(struct ws_names *names);

/* Whether a name was added more than once. They are sorted. */
bool ws_names_has_twins(const struct ws_names *names);

/* The name, byte for byte; of twins the one that was added first; NULL if there is none. They are sorted. */
struct ws_name *ws_names_find(const struct ws_names *names, struct ws_span text);

void ws_names_free(struct ws_names *names);

#endif
