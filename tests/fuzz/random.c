/*
 * random.c - stands in for the system's random bytes (linker's --wrap), so that an input that was found to break something
 * breaks it again: a fixed sequence, begun anew by each process.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool __wrap_ws_platform_random(void *bytes, size_t size);

bool __wrap_ws_platform_random(void *bytes, size_t size)
{
    static uint32_t state = 0x2545F491;
    uint8_t *byte = bytes;
    for (size_t i = 0; i < size; i++) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        byte[i] = (uint8_t)(state >> 24);
    }
    return true;
}
