/*
 * See message.h. A message is made of blocks of eight bytes, each from a number of its own.
 */
#include "message.h"

#include <string.h>

#include "chance.h"

enum { BLOCK = 8 };

/* Four bytes of text: one character of one to four bytes, and letters. */
static void write_characters(uint32_t number, uint8_t *to)
{
    uint8_t continuation = (uint8_t)(0x80 | (number >> 8 & 0x3F));
    for (unsigned i = 0; i < 4; i++)
        to[i] = (uint8_t)('a' + (number >> (8 + 4 * i) & 0xF));
    switch (number & 7) {
    case 5: /* U+00C0 to U+00FF */
        to[0] = 0xC3;
        to[1] = continuation;
        break;
    case 6: /* U+2080 to U+20BF */
        to[0] = 0xE2;
        to[1] = 0x82;
        to[2] = continuation;
        break;
    case 7: /* U+1F600 to U+1F63F */
        to[0] = 0xF0;
        to[1] = 0x9F;
        to[2] = 0x98;
        to[3] = continuation;
        break;
    default:
        break;
    }
}

static void write_block(const struct message *message, size_t block, uint8_t *to)
{
    uint64_t number = chance_mix(message->seed + block);
    if (!message->text) {
        memcpy(to, &number, BLOCK);
    } else if ((block + 1) * BLOCK <= message->size) {
        write_characters((uint32_t)number, to);
        write_characters((uint32_t)(number >> 32), to + 4);
    } else { /* the message ends in this block: letters only, lest a character is cut */
        for (unsigned i = 0; i < BLOCK; i++)
            to[i] = (uint8_t)('A' + (number >> 8 * i) % 26);
    }
}

void message_write(const struct message *message, size_t from, uint8_t *to, size_t count)
{
    while (count > 0) {
        uint8_t block[BLOCK];
        size_t skip = from % BLOCK;
        size_t step = BLOCK - skip < count ? BLOCK - skip : count;
        write_block(message, from / BLOCK, block);
        memcpy(to, block + skip, step);
        to += step;
        from += step;
        count -= step;
    }
}

struct message message_of(uint32_t peer, uint32_t number)
{
    static const struct {
        uint32_t share; /* of a hundred */
        uint32_t least;
        uint32_t most;
    } sizes[] = {{2, 0, 0},        {60, 1, 125},      {20, 126, 1023},  {10, 1024, 4200},
                 {6, 4201, 16384}, {1, 16385, 65535}, {1, 65536, 65536}};
    uint64_t state = chance_mix((uint64_t)peer << 32 | number);
    struct message message = {.seed = chance_mix(state), .text = chance_below(&state, 2) == 0};
    uint32_t draw = chance_below(&state, 100);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; draw -= sizes[i++].share)
        if (draw < sizes[i].share) {
            message.size = sizes[i].least + chance_below(&state, sizes[i].most - sizes[i].least + 1);
            break;
        }
    return message;
}
