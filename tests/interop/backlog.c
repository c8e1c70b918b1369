/*
 * backlog.c - see backlog.h. With peers that take what they get, a block is needed only while one of them is served:
 * so one is kept, and asking for it costs nothing.
 */
#include "backlog.h"

#include <stdlib.h>
#include <string.h>

struct backlog {
    size_t begin; /* what is before it was written */
    size_t end;
    char bytes[BACKLOG_SIZE];
};

static struct backlog *spare;

static struct backlog *get_block(void)
{
    struct backlog *block = spare != NULL ? spare : malloc(sizeof *block);
    spare = NULL;
    if (block != NULL)
        block->begin = block->end = 0;
    return block;
}

bool backlog_add(struct backlog **backlog, const struct net_part *parts, unsigned count)
{
    size_t held = *backlog != NULL ? (*backlog)->end - (*backlog)->begin : 0;
    size_t size = 0;
    for (unsigned i = 0; i < count; i++)
        size += parts[i].size;
    if (size > BACKLOG_SIZE - held)
        return false;
    if (*backlog == NULL)
        *backlog = get_block();
    struct backlog *block = *backlog;
    if (block == NULL)
        return false;
    if (size > BACKLOG_SIZE - block->end) {
        memmove(block->bytes, block->bytes + block->begin, held);
        block->begin = 0;
        block->end = held;
    }
    for (unsigned i = 0; i < count; i++) {
        if (parts[i].size > 0) /* nothing may lie nowhere */
            memcpy(block->bytes + block->end, parts[i].bytes, parts[i].size);
        block->end += parts[i].size;
    }
    return true;
}

struct net_part backlog_rest(const struct backlog *backlog)
{
    if (backlog == NULL)
        return (struct net_part){"", 0};
    return (struct net_part){backlog->bytes + backlog->begin, backlog->end - backlog->begin};
}

void backlog_drop(struct backlog **backlog, size_t count)
{
    struct backlog *block = *backlog;
    if (block == NULL)
        return;
    block->begin += count;
    if (block->begin == block->end)
        backlog_empty(backlog);
}

void backlog_empty(struct backlog **backlog)
{
    if (spare == NULL)
        spare = *backlog;
    else
        free(*backlog);
    *backlog = NULL;
}

void backlog_end(void)
{
    free(spare);
    spare = NULL;
}
