/*
 * input.h - a fuzzer's input, taken from the front byte by byte: it decides what the fuzzer does next. An input that is used up
 * gives zeros, so that every beginning of an input is an input.
 */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input {
    const uint8_t *at;
    size_t left;
};

/* True once nothing is left. */
bool input_is_over(const struct input *input);

/* The next byte; 0 at the end. */
uint8_t input_byte(struct input *input);

/* The next two bytes, first one low; and the next four. */
uint16_t input_u16(struct input *input);
uint32_t input_u32(struct input *input);

/* A number below limit (1 to 256), from one byte. */
uint8_t input_below(struct input *input, unsigned limit);

/* True for about half of all inputs, from one byte. */
bool input_flag(struct input *input);

/* Takes count bytes, or what is left: a pointer into the input, and how many there are in *taken. */
const uint8_t *input_take(struct input *input, size_t count, size_t *taken);

/* The same in a block of its own from malloc, of exactly *taken bytes, where the address sanitizer sees a read past its
 * end. The caller frees it. */
uint8_t *input_copy(struct input *input, size_t count, size_t *taken);

#endif
