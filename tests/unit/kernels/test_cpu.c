/*
 * White-box tests of cpu.c: which variant is used. That all do the same is for test_mask.c and
 * test_utf8.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernels/cpu.h"
#include "kernels/mask.h"
#include "kernels/utf8.h"

static void make_unmade(void **state)
{
    (void)state;
    assert_true(ws_cpu_force(0));
    assert_string_equal(ws_cpu_variant()->name, "none");
}

static void first_mask_chooses_the_best_variant(void **state)
{
    make_unmade(state);
    uint8_t bytes[100] = {0};

    assert_true(ws_mask(bytes, bytes, sizeof bytes, 0x41414141));
    for (size_t i = 0; i < sizeof bytes; i++)
        assert_int_equal(bytes[i], 'A');
    assert_ptr_equal(ws_cpu_variant(), &ws_cpu_variants[ws_cpu_best()]);
}

static void first_text_chooses_the_best_variant(void **state)
{
    make_unmade(state);
    uint8_t text[100] = {0xC3, 0xA9};
    struct ws_utf8 utf8 = {0};

    assert_true(ws_utf8_feed(&utf8, text, sizeof text));
    assert_ptr_equal(ws_cpu_variant(), &ws_cpu_variants[ws_cpu_best()]);
}

static void portable_variant_comes_first(void **state)
{
    (void)state;
    assert_true(ws_cpu_best() >= 1);
    assert_string_equal(ws_cpu_variants[1].name, "portable");
}

/* Else the tests of mask and utf8 would pass without having seen the others. */
static void every_64_bit_arm_and_x86_has_vectors(void **state)
{
    (void)state;
#if defined(__aarch64__) || defined(_M_ARM64)
    assert_string_equal(ws_cpu_variants[ws_cpu_best()].name, "NEON");
#elif defined(__x86_64__) || defined(_M_X64)
    assert_string_equal(ws_cpu_variants[2].name, "SSE2");
    assert_true(ws_cpu_best() >= 2);
#endif
}

static void forced_variant_is_used(void **state)
{
    (void)state;
    for (unsigned variant = 1; variant <= ws_cpu_best(); variant++) {
        assert_true(ws_cpu_force(variant));
        assert_ptr_equal(ws_cpu_variant(), &ws_cpu_variants[variant]);
    }
}

static void variant_that_cannot_run_is_refused(void **state)
{
    (void)state;
    assert_true(ws_cpu_force(1));
    assert_false(ws_cpu_force(ws_cpu_best() + 1));
    assert_ptr_equal(ws_cpu_variant(), &ws_cpu_variants[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_mask_chooses_the_best_variant),
        cmocka_unit_test(first_text_chooses_the_best_variant),
        cmocka_unit_test(portable_variant_comes_first),
        cmocka_unit_test(every_64_bit_arm_and_x86_has_vectors),
        cmocka_unit_test(forced_variant_is_used),
        cmocka_unit_test(variant_that_cannot_run_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
