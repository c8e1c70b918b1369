/*
 * The variants for 64-bit Arm, where every processor has NEON.
 */
#include "kernels/cpu.h"

const struct ws_cpu_variant ws_cpu_variants[] = {
    {ws_mask_choose, ws_utf8_choose, "none"},
    {ws_mask_portable, ws_utf8_portable, "portable"},
    {ws_mask_neon, ws_utf8_neon, "NEON"},
};

unsigned ws_cpu_best(void)
{
    return 2;
}
