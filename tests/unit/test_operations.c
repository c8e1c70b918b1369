/*
 * White-box tests of src/operations.c: a queue is first in, first out, wherever it stands in its ring
 * when it grows.
 */
#include "unit.h"

#include "faults.h"
#include "operations.h"

/* Operation number n, recognised by all of its members. */
static struct ws_operation numbered(uint32_t n)
{
    return (struct ws_operation){.context = (void *)(uintptr_t)n,
                                 .bytes = (uint8_t *)(uintptr_t)(n + 1),
                                 .length = n * 3,
                                 .status = (uint16_t)n,
                                 .kind = (uint8_t)(n % 7),
                                 .first = (uint8_t)(n % 251)};
}

static void expect_number(const struct ws_operation *operation, uint32_t n)
{
    const struct ws_operation expected = numbered(n);
    assert_non_null(operation);
    assert_true(operation->context == expected.context && operation->bytes == expected.bytes);
    assert_true(operation->length == expected.length && operation->status == expected.status);
    assert_true(operation->kind == expected.kind && operation->first == expected.first);
}

static void push(struct ws_operations **queue, uint32_t n)
{
    const struct ws_operation operation = numbered(n);
    assert_true(ws_operations_reserve(queue));
    ws_operations_push(*queue, &operation);
}

static void expect_pop(struct ws_operations *queue, uint32_t n)
{
    expect_number(ws_operations_head(queue), n);
    ws_operations_pop(queue);
}

static void a_queue_that_was_never_used_is_null(void **state)
{
    (void)state;
    assert_null(ws_operations_head(NULL));
    ws_operations_free(NULL);
}

static void reserving_is_not_pushing(void **state)
{
    (void)state;
    struct ws_operations *queue = NULL;

    for (unsigned i = 0; i < 3; i++) {
        assert_true(ws_operations_reserve(&queue));
        assert_non_null(queue);
        assert_null(ws_operations_head(queue));
    }
    push(&queue, 5);
    expect_pop(queue, 5);
    assert_null(ws_operations_head(queue));
    ws_operations_free(queue);
}

/*
 * From every place in the ring: `popped` operations went through before, `waiting` are there when others
 * come.
 */
static void growth_with_wrap(void **state)
{
    (void)state;
    for (uint32_t popped = 0; popped <= 20; popped++) {
        for (uint32_t waiting = 0; waiting <= 20; waiting++) {
            struct ws_operations *queue = NULL;
            uint32_t in = 0;
            uint32_t out = 0;
            for (; in < waiting; in++)
                push(&queue, in);
            for (uint32_t i = 0; i < popped; i++) { /* the number that waits stays the same */
                push(&queue, in++);
                expect_pop(queue, out++);
            }
            for (uint32_t i = 0; i < 70; i++)
                push(&queue, in++);
            while (out < in)
                expect_pop(queue, out++);
            assert_null(ws_operations_head(queue));
            ws_operations_free(queue);
        }
    }
}

static void first_in_first_out_by_chance(void **state)
{
    (void)state;
    struct unit_chance chance = {42};
    struct ws_operations *queue = NULL;
    uint32_t in = 0;
    uint32_t out = 0;

    for (unsigned i = 0; i < 2000; i++) {
        for (uint32_t j = unit_below(&chance, 60); j > 0; j--)
            push(&queue, in++);
        for (uint32_t j = unit_below(&chance, 61); j > 0 && out < in; j--)
            expect_pop(queue, out++);
        assert_true((ws_operations_head(queue) == NULL) == (in == out));
    }
    assert_true(in > 10000);
    ws_operations_free(queue); /* with whatever is in it */
}

static void without_memory_the_queue_is_as_before(void **state)
{
    (void)state;
    struct ws_operations *queue = NULL;

    faults_memory_after(0);
    assert_false(ws_operations_reserve(&queue));
    assert_null(queue);
    faults_end();

    /* Full at every power of two; the failure is harmless there and has no chance elsewhere. */
    uint32_t in = 0;
    unsigned failures = 0;
    for (unsigned i = 0; i < 200; i++) {
        struct ws_operations *before = queue;
        faults_memory_after(0);
        bool room = ws_operations_reserve(&queue);
        faults_end();
        assert_ptr_equal(queue, before);
        failures += !room;
        push(&queue, in++);
    }
    assert_int_equal(failures, 8); /* an empty one, and 2, 4, ... 128 */
    for (uint32_t out = 0; out < in; out++)
        expect_pop(queue, out);
    ws_operations_free(queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_queue_that_was_never_used_is_null),
        cmocka_unit_test(reserving_is_not_pushing),
        cmocka_unit_test(growth_with_wrap),
        cmocka_unit_test(first_in_first_out_by_chance),
        cmocka_unit_test(without_memory_the_queue_is_as_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
