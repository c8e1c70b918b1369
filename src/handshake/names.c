/*
 * A sorted array, see names.h. Heapsort, because it needs no second array and has no bad case; the C library's qsort may
 * have one. Shorter names come first: most comparisons are over before they look at a character.
 */
#include "handshake/names.h"

#include <stdlib.h>
#include <string.h>

static int compare(struct ws_span a, struct ws_span b)
{
    if (a.length != b.length)
        return a.length < b.length ? -1 : 1;
    return memcmp(a.chars, b.chars, a.length);
}

static bool is_before(const struct ws_name *a, const struct ws_name *b)
{
    const int order = compare(a->text, b->text);
    return order < 0 || (order == 0 && a->index < b->index);
}

bool ws_names_init(struct ws_names *names, uint32_t room)
{
    names->count = 0;
    names->array = room > 0 ? malloc(room * sizeof names->array[0]) : NULL;
    return room == 0 || names->array != NULL;
}

void ws_names_add(struct ws_names *names, struct ws_span text)
{
    names->array[names->count] = (struct ws_name){.text = text, .index = names->count};
    names->count++;
}

/* Lets a name sink in a heap of `count` until none below it comes after it. */
static void sink(struct ws_name *heap, uint32_t at, uint32_t count)
{
    const struct ws_name name = heap[at];
    for (uint32_t below; (below = 2 * at + 1) < count; at = below) {
        if (below + 1 < count && is_before(&heap[below], &heap[below + 1]))
            below++;
        if (!is_before(&name, &heap[below]))
            break;
        heap[at] = heap[below];
    }
    heap[at] = name;
}

void ws_names_sort(struct ws_names *names)
{
    for (uint32_t at = names->count / 2; at-- > 0;)
        sink(names->array, at, names->count);
    for (uint32_t left = names->count; left-- > 1;) {
        const struct ws_name last = names->array[0];
        names->array[0] = names->array[left];
        names->array[left] = last;
        sink(names->array, 0, left);
    }
}

bool ws_names_has_twins(const struct ws_names *names)
{
    for (uint32_t i = 1; i < names->count; i++)
        if (ws_span_equal(names->array[i - 1].text, names->array[i].text))
            return true;
    return false;
}

struct ws_name *ws_names_find(const struct ws_names *names, struct ws_span text)
{
    uint32_t first = 0; /* all before it come before the text */
    for (uint32_t end = names->count; first < end;) {
        const uint32_t middle = first + (end - first) / 2;
        if (compare(names->array[middle].text, text) < 0)
            first = middle + 1;
        else
            end = middle;
    }
    return first < names->count && ws_span_equal(names->array[first].text, text) ? &names->array[first]
                                                                                 : NULL;
}

void ws_names_free(struct ws_names *names)
{
    free(names->array);
}
