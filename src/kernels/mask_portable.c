/*
 * Masking for every processor: the words of mask_word.h take the place of vectors.
 */
#include "kernels/cpu.h"
#include "kernels/mask_word.h"

#include "kernels/mask_vector.h"

bool ws_mask_portable(uint8_t *to, const uint8_t *from, size_t count, uint32_t key)
{
    return mask_vectors(to, from, count, key);
}
