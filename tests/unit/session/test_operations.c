/*
 * White-box tests of operations.c: a queue is first in, first out, wherever it stands in its blocks when it
 * grows.
 */
#include "unit.h"

#include "faults.h"
#include "session/operations.h"

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

static void push(struct ws_operations *queue, uint32_t n)
{
    const struct ws_operation operation = numbered(n);
    assert_true(ws_operations_reserve(queue));
    ws_operations_push(queue, &operation);
}

static void expect_pop(struct ws_operations *queue, uint32_t n)
{
    expect_number(ws_operations_head(queue), n);
    ws_operations_pop(queue);
}

static void an_operation_alone_needs_no_heap(void **state)
{
    (void)state;
    struct ws_operations queue = {0};

    assert_null(ws_operations_head(&queue));
    faults_memory_after(0);
    for (uint32_t n = 0; n < 100; n++) {
        push(&queue, n);
        expect_pop(&queue, n);
        assert_null(ws_operations_head(&queue));
    }
    faults_end();
    assert_null(queue.first);
    ws_operations_free(&queue);
}

static void reserving_is_not_pushing(void **state)
{
    (void)state;
    struct ws_operations queue = {0};

    for (uint32_t waiting = 0; waiting < 40; waiting++) {
        for (unsigned i = 0; i < 3; i++) {
            assert_true(ws_operations_reserve(&queue));
            assert_int_equal(queue.count, waiting);
        }
        push(&queue, waiting);
    }
    for (uint32_t n = 0; n < 40; n++) {
        assert_true(ws_operations_reserve(&queue));
        expect_pop(&queue, n);
    }
    assert_null(ws_operations_head(&queue));
    ws_operations_free(&queue);
}

static void the_numbers_of_the_first_and_the_last(void **state)
{
    (void)state;
    struct ws_operations queue = {.removed = UINT32_MAX - 40}; /* they go on at 0 */
    uint32_t in = 0;

    for (uint32_t out = 0; out < 100; out++) {
        while (in < out + 20)
            push(&queue, in++);
        assert_int_equal(ws_operations_first_number(&queue), UINT32_MAX - 40 + out + 1);
        assert_int_equal(ws_operations_last_number(&queue), UINT32_MAX - 40 + in);
        expect_pop(&queue, out);
    }
    ws_operations_free(&queue);
}

static void no_more_than_can_be_counted(void **state)
{
    (void)state;
    assert_false(ws_operations_reserve(&(struct ws_operations){.count = UINT32_MAX}));
}

/*
 * From every place in a block: `popped` operations went through before, `waiting` are there when others
 * come.
 */
static void growth_with_wrap(void **state)
{
    (void)state;
    for (uint32_t popped = 0; popped <= 40; popped++) {
        for (uint32_t waiting = 0; waiting <= 40; waiting++) {
            struct ws_operations queue = {0};
            uint32_t in = 0;
            uint32_t out = 0;
            for (; in < waiting; in++)
                push(&queue, in);
            for (uint32_t i = 0; i < popped; i++) { /* the number that waits stays the same */
                push(&queue, in++);
                expect_pop(&queue, out++);
            }
            for (uint32_t i = 0; i < 70; i++)
                push(&queue, in++);
            while (out < in)
                expect_pop(&queue, out++);
            assert_null(ws_operations_head(&queue));
            ws_operations_free(&queue);
        }
    }
}

static void first_in_first_out_by_chance(void **state)
{
    (void)state;
    uint64_t chance = 42;
    struct ws_operations queue = {0};
    uint32_t in = 0;
    uint32_t out = 0;

    for (unsigned i = 0; i < 2000; i++) {
        for (uint32_t j = chance_below(&chance, 60); j > 0; j--)
            push(&queue, in++);
        for (uint32_t j = chance_below(&chance, 61); j > 0 && out < in; j--)
            expect_pop(&queue, out++);
        assert_true((ws_operations_head(&queue) == NULL) == (in == out));
    }
    assert_true(in > 10000);
    ws_operations_free(&queue); /* with whatever is in it */
}

static void without_memory_the_queue_is_as_before(void **state)
{
    (void)state;
    struct ws_operations queue = {0};
    uint32_t in = 0;
    unsigned failures = 0;

    for (unsigned i = 0; i < 200; i++) {
        const struct ws_operations before = queue;
        faults_memory_after(0);
        bool room = ws_operations_reserve(&queue);
        faults_end();
        assert_true(queue.count == before.count && queue.first == before.first && queue.last == before.last);
        failures += !room;
        push(&queue, in++);
    }
    assert_in_range(failures, 2, 199 / 8); /* not at each */
    for (uint32_t out = 0; out < in; out++)
        expect_pop(&queue, out);
    ws_operations_free(&queue);
}

/* However many there are, as long as about as many come as go. */
static void a_steady_queue_allocates_nothing(void **state)
{
    (void)state;
    for (uint32_t waiting = 1; waiting < 200; waiting++) {
        struct ws_operations queue = {0};
        uint32_t in = 0;
        uint32_t out = 0;

        while (in < waiting + 100)
            push(&queue, in++);
        while (in - out > waiting)
            expect_pop(&queue, out++);
        faults_memory_after(0);
        for (unsigned i = 0; i < 200; i++) {
            push(&queue, in++);
            if (i % 2 == 1) {
                expect_pop(&queue, out++);
                expect_pop(&queue, out++);
            }
        }
        faults_end();
        ws_operations_free(&queue);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_operation_alone_needs_no_heap),
        cmocka_unit_test(reserving_is_not_pushing),
        cmocka_unit_test(the_numbers_of_the_first_and_the_last),
        cmocka_unit_test(no_more_than_can_be_counted),
        cmocka_unit_test(growth_with_wrap),
        cmocka_unit_test(first_in_first_out_by_chance),
        cmocka_unit_test(without_memory_the_queue_is_as_before),
        cmocka_unit_test(a_steady_queue_allocates_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
