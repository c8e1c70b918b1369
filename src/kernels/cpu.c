/*
 * The choice of a variant, see cpu.h. It is made by the first call that needs one.
 */
#include "kernels/cpu.h"

struct ws_atomic_u32 ws_cpu_choice;

static const struct ws_cpu_variant *choose(void)
{
    ws_atomic_store(&ws_cpu_choice, ws_cpu_best());
    return ws_cpu_variant();
}

bool ws_mask_choose(uint8_t *to, const uint8_t *from, size_t count, uint32_t key)
{
    return choose()->mask(to, from, count, key);
}

size_t ws_utf8_choose(const uint8_t *bytes, size_t count)
{
    return choose()->utf8(bytes, count);
}

bool ws_cpu_force(unsigned variant)
{
    if (variant > ws_cpu_best())
        return false;
    ws_atomic_store(&ws_cpu_choice, variant);
    return true;
}
