/*
 * input.c - see input.h.
 */
#include "input.h"

#include <stdlib.h>
#include <string.h>

bool input_is_over(const struct input *input)
{
    return input->left == 0;
}

uint8_t input_byte(struct input *input)
{
    if (input->left == 0)
        return 0;
    input->left--;
    return *input->at++;
}

uint16_t input_u16(struct input *input)
{
    uint16_t low = input_byte(input);
    return (uint16_t)(low | input_byte(input) << 8);
}

uint32_t input_u32(struct input *input)
{
    uint32_t low = input_u16(input);
    return low | (uint32_t)input_u16(input) << 16;
}

uint8_t input_below(struct input *input, unsigned limit)
{
    return (uint8_t)(input_byte(input) % limit);
}

bool input_flag(struct input *input)
{
    return (input_byte(input) & 1) != 0;
}

const uint8_t *input_take(struct input *input, size_t count, size_t *taken)
{
    const uint8_t *bytes = input->at;
    *taken = count < input->left ? count : input->left;
    input->at += *taken;
    input->left -= *taken;
    return bytes;
}

uint8_t *input_copy(struct input *input, size_t count, size_t *taken)
{
    const uint8_t *bytes = input_take(input, count, taken);
    uint8_t *copy = malloc(*taken);
    if (copy == NULL && *taken > 0)
        abort();
    if (*taken > 0)
        memcpy(copy, bytes, *taken);
    return copy;
}
