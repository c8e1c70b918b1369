/*
 * The head, and a chain of blocks for those behind it, see operations.h. The operation with the number n lies at n modulo
 * the size of a block, so that one block is full, and one used up, after the same number. Nothing is ever moved but the
 * next head, and a block that is used up is freed, except for one that stays for the next block to be needed: a queue
 * that is about as long all the time allocates nothing, and a burst leaves nothing behind.
 */
#include "session/operations.h"

#include <stddef.h>
#include <stdlib.h>

#define BLOCK_SIZE 16u /* a power of two: numbers are modulo 2^32 */

struct ws_operations_block {
    struct ws_operations_block *next; /* of the last block: the one that stays, or NULL */
    struct ws_operation slots[BLOCK_SIZE];
};

bool ws_operations_reserve(struct ws_operations *queue)
{
    if (queue->count == 0)
        return true;
    if (queue->count == UINT32_MAX)
        return false;
    const bool begins_block = queue->count > 1 && (ws_operations_last_number(queue) + 1) % BLOCK_SIZE == 0;
    if (queue->last && (!begins_block || queue->last->next))
        return true;

    struct ws_operations_block *block = malloc(sizeof *block);
    if (!block)
        return false;
    block->next = NULL;
    if (queue->last)
        queue->last->next = block;
    else
        queue->first = queue->last = block;
    return true;
}

/* Where the operation that was just counted belongs. */
static struct ws_operation *place_of_last(struct ws_operations *queue)
{
    if (queue->count == 1)
        return &queue->head;
    const uint32_t index = ws_operations_last_number(queue) % BLOCK_SIZE;
    if (queue->count > 2 && index == 0)
        queue->last = queue->last->next;
    return &queue->last->slots[index];
}

void ws_operations_push(struct ws_operations *queue, const struct ws_operation *operation)
{
    queue->count++;
    struct ws_operation *to = place_of_last(queue);

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
}

const struct ws_operation *ws_operations_head(const struct ws_operations *queue)
{
    return queue->count > 0 ? &queue->head : NULL;
}

uint32_t ws_operations_first_number(const struct ws_operations *queue)
{
    return queue->removed + 1;
}

uint32_t ws_operations_last_number(const struct ws_operations *queue)
{
    return queue->removed + queue->count;
}

static void drop_first_block(struct ws_operations *queue)
{
    struct ws_operations_block *used_up = queue->first;
    queue->first = used_up->next;
    if (queue->last->next) {
        free(used_up);
    } else {
        used_up->next = NULL;
        queue->last->next = used_up;
    }
}

void ws_operations_pop(struct ws_operations *queue)
{
    queue->removed++;
    queue->count--;
    if (queue->count == 0)
        return;
    const uint32_t index = ws_operations_first_number(queue) % BLOCK_SIZE;
    queue->head = queue->first->slots[index];
    if (queue->count > 1 && index == BLOCK_SIZE - 1)
        drop_first_block(queue);
}

void ws_operations_free(struct ws_operations *queue)
{
    while (queue->first) {
        struct ws_operations_block *next = queue->first->next;
        free(queue->first);
        queue->first = next;
    }
}
