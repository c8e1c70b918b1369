/*
 * The one variant for every other processor.
 */
#include "kernels/cpu.h"

const struct ws_cpu_variant ws_cpu_variants[] = {
    {ws_mask_choose, ws_utf8_choose, "none"},
    {ws_mask_portable, ws_utf8_portable, "portable"},
};

unsigned ws_cpu_best(void)
{
    return 1;
}
