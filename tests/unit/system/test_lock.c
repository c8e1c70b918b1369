/*
 * White-box tests of lock.c, with the way of waiting that is built in, and with the other systems' one.
 * test_lock_model.c goes through all that can happen; here are true threads.
 */
#include "unit.h"

#include "system/lock.h"
#include "threads.h"

/* As in lock.c. */
enum { PASSES_MOST = 8 };

enum { THREADS = 4, ROUNDS = 20000 };

static struct {
    struct ws_lock lock;
    unsigned inside; /* changed only by who has the lock */
    unsigned entered;
    struct ws_atomic_u32 wrong;
    struct ws_atomic_u32 done;
} shared;

static int nobody_is_there(void **state)
{
    (void)state;
    memset(&shared, 0, sizeof shared);
    (void)ws_platform_notice();
    return 0;
}

static bool is_waited_for(void)
{
    return (ws_atomic_load(&shared.lock.tickets) & WS_LOCK_QUEUE) != 0;
}

static void enter_and_leave(void *argument)
{
    (void)argument;
    if (!ws_lock_enter(&shared.lock))
        ws_atomic_store(&shared.wrong, 1);
    ws_atomic_store(&shared.done, ws_atomic_load(&shared.done) + 1);
    ws_lock_leave(&shared.lock);
}

static void a_lock_that_is_taken_is_waited_for(void **state)
{
    (void)state;
    struct thread thread;
    assert_true(ws_lock_enter(&shared.lock));
    assert_false(ws_lock_try(&shared.lock));
    thread_start(&thread, enter_and_leave, NULL);
    thread_pause();
    assert_int_equal(ws_atomic_load(&shared.done), 0);
    ws_lock_leave(&shared.lock);
    thread_join(&thread);
    assert_int_equal(ws_atomic_load(&shared.done), 1);
    assert_int_equal(ws_atomic_load(&shared.wrong), 0);
    assert_false(is_waited_for());
    assert_true(ws_lock_try(&shared.lock));
    ws_lock_leave(&shared.lock);
    assert_true(ws_lock_take(&shared.lock));
    ws_lock_leave(&shared.lock);
}

static void enter_often(void *argument)
{
    (void)argument;
    for (unsigned i = 0; i < ROUNDS; i++) {
        if (!ws_lock_enter(&shared.lock) || shared.inside++ != 0)
            ws_atomic_store(&shared.wrong, 1);
        shared.entered++;
        shared.inside--;
        ws_lock_leave(&shared.lock);
    }
}

static void one_thread_at_a_time_has_a_lock(void **state)
{
    (void)state;
    struct thread threads[THREADS];
    for (unsigned i = 0; i < THREADS; i++)
        thread_start(&threads[i], enter_often, NULL);
    for (unsigned i = 0; i < THREADS; i++)
        thread_join(&threads[i]);
    assert_int_equal(ws_atomic_load(&shared.wrong), 0);
    assert_int_equal(shared.entered, THREADS * ROUNDS);
    assert_false(is_waited_for());
}

/* A thread that does nothing but enter and leave does not get in again and again past one that waits. */
static void one_that_waits_is_passed_by_a_few_times_at_most(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 200; round++) {
        struct thread thread;
        unsigned passed = 0;
        ws_atomic_store(&shared.done, 0);
        thread_start(&thread, enter_and_leave, NULL);
        while (ws_atomic_load(&shared.done) == 0) {
            assert_true(ws_lock_enter(&shared.lock));
            passed += is_waited_for();
            for (volatile unsigned i = 0; i < 2000; i++) { /* it would hardly find the lock free by chance */
            }
            ws_lock_leave(&shared.lock);
        }
        thread_join(&thread);
        assert_that(passed <= PASSES_MOST + 1, "passed by %u times", passed);
    }
}

struct waiter {
    struct thread thread;
    unsigned place; /* in which they got in */
};

static void get_in(void *argument)
{
    struct waiter *waiter = argument;
    if (!ws_lock_enter(&shared.lock))
        ws_atomic_store(&shared.wrong, 1);
    waiter->place = shared.entered++;
    ws_lock_leave(&shared.lock);
}

static void those_who_wait_get_in_in_the_order_in_which_they_came(void **state)
{
    (void)state;
    struct waiter waiters[40]; /* more than there are bits in a word */
    assert_true(ws_lock_enter(&shared.lock));
    for (unsigned i = 0; i < COUNT_OF(waiters); i++) {
        const uint32_t before = ws_atomic_load(&shared.lock.tickets);
        thread_start(&waiters[i].thread, get_in, &waiters[i]);
        while (ws_atomic_load(&shared.lock.tickets) == before)
            thread_yield();
    }
    ws_lock_leave(&shared.lock);
    for (unsigned i = 0; i < COUNT_OF(waiters); i++) {
        thread_join(&waiters[i].thread);
        assert_int_equal(waiters[i].place, i);
    }
    assert_int_equal(ws_atomic_load(&shared.wrong), 0);
}

/* ---- Threads that are gone ---- */

/* What a fork does, and the end of a process on Windows. */
static void begin_era(void)
{
    ws_atomic_store(&ws_platform_era, ws_atomic_load(&ws_platform_era) + 2);
}

static void one_that_is_gone_is_not_waited_for(void **state)
{
    (void)state;
    assert_true(ws_lock_enter(&shared.lock));
    begin_era();
    assert_false(ws_lock_enter(&shared.lock));
    assert_false(ws_lock_enter(&shared.lock));
    assert_false(ws_lock_take(&shared.lock));
    assert_false(ws_lock_try(&shared.lock)); /* this thread has it now */
    ws_lock_leave(&shared.lock);
    assert_true(ws_lock_enter(&shared.lock));
    begin_era();
    assert_true(ws_lock_try(&shared.lock));
    ws_lock_leave(&shared.lock);
    assert_true(ws_lock_take(&shared.lock));
    ws_lock_leave(&shared.lock);
}

/*
 * A thread that slept when its process was forked off never comes to take what it is promised. These are locks as a child
 * finds them: ticket 4 was taken, and had no turn yet.
 */
static void those_who_waited_and_are_gone_have_no_turn(void **state)
{
    (void)state;
    const uint32_t era = ws_atomic_load(&ws_platform_era);
    struct ws_lock lock = {.passed = PASSES_MOST};
    ws_atomic_store(&lock.tickets, WS_LOCK_QUEUE | era >> 1 << 16 | 5);
    ws_atomic_store(&lock.turn, 4);

    begin_era();
    assert_true(ws_lock_enter(&lock));
    ws_lock_leave(&lock);
    assert_int_equal(ws_atomic_load(&lock.tickets) & WS_LOCK_QUEUE, 0);
    assert_int_equal(ws_atomic_load(&lock.word), 0);

    ws_atomic_store(&lock.tickets, WS_LOCK_QUEUE | era >> 1 << 16 | 5);
    ws_atomic_store(&lock.word, 4 << 2 | 2); /* it was promised already */
    assert_true(ws_lock_enter(&lock));
    ws_lock_leave(&lock);
    assert_int_equal(ws_atomic_load(&lock.tickets) & WS_LOCK_QUEUE, 0);
    assert_int_equal(ws_atomic_load(&lock.word), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_lock_that_is_taken_is_waited_for, nobody_is_there),
        cmocka_unit_test_setup(one_thread_at_a_time_has_a_lock, nobody_is_there),
        cmocka_unit_test_setup(one_that_waits_is_passed_by_a_few_times_at_most, nobody_is_there),
        cmocka_unit_test_setup(those_who_wait_get_in_in_the_order_in_which_they_came, nobody_is_there),
        cmocka_unit_test_setup(one_that_is_gone_is_not_waited_for, nobody_is_there),
        cmocka_unit_test_setup(those_who_waited_and_are_gone_have_no_turn, nobody_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
