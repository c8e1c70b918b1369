/*
 * A ring in one heap block that doubles when it is full, see operations.h.
 */
#include "operations.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define FIRST_CAPACITY 2u
#define MAX_CAPACITY                                                                                         \
    (1u << 25) /* 800 MB: no memory beyond it on 32-bit systems, no caller beyond it anywhere */

struct ws_operations {
    uint32_t first; /* how many operations were removed; modulo the capacity, the index of the head */
    uint32_t count;
    uint32_t capacity; /* a power of two */
    struct ws_operation ring[];
};

static struct ws_operations *allocate(uint32_t capacity)
{
    struct ws_operations *queue = malloc(sizeof *queue + capacity * sizeof queue->ring[0]);
    if (!queue)
        return NULL;
    queue->first = 0;
    queue->count = 0;
    queue->capacity = capacity;
    return queue;
}

bool ws_operations_reserve(struct ws_operations **queue)
{
    struct ws_operations *old = *queue;
    if (old && old->count < old->capacity)
        return true;
    if (old && old->capacity == MAX_CAPACITY)
        return false;

    struct ws_operations *grown = allocate(old ? old->capacity * 2 : FIRST_CAPACITY);
    if (!grown)
        return false;
    grown->first = old ? old->first : 0;
    for (uint32_t i = 0; old && i < old->count; i++)
        ws_operations_push(grown, &old->ring[(old->first + i) & (old->capacity - 1)]);
    free(old);
    *queue = grown;
    return true;
}

void ws_operations_push(struct ws_operations *queue, const struct ws_operation *operation)
{
    struct ws_operation *to = &queue->ring[(queue->first + queue->count) & (queue->capacity - 1)];

    /*
     * Member by member: a caller's operation was put together a moment ago, and a processor would wait until
     * small stores have become one large load.
     */
    to->context = operation->context;
    to->bytes = operation->bytes;
    to->length = operation->length;
    to->status = operation->status;
    to->kind = operation->kind;
    to->first = operation->first;
    queue->count++;
}

const struct ws_operation *ws_operations_head(const struct ws_operations *queue)
{
    return queue && queue->count > 0 ? &queue->ring[queue->first & (queue->capacity - 1)] : NULL;
}

uint32_t ws_operations_first_number(const struct ws_operations *queue)
{
    return queue->first + 1;
}

uint32_t ws_operations_last_number(const struct ws_operations *queue)
{
    return queue->first + queue->count;
}

void ws_operations_pop(struct ws_operations *queue)
{
    queue->first++;
    queue->count--;
}

void ws_operations_free(struct ws_operations *queue)
{
    free(queue);
}
