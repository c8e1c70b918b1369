/*
 * White-box tests of handle.c: E_HANDLE and section 11 of the specification, and the manager's
 * promise that a value is never followed unless it is a handle now. The table is shared by all tests, and
 * never shrinks.
 */
#include "unit.h"

#include "faults.h"
#include "handle/handle.h"
#include "system/atomic.h"
#include "threads.h"

/* As in handle.h: a value is generation << INDEX_BITS | index, index 0 is none, and deleted slots rest for a while. */
enum { INDEX_BITS = UINTPTR_MAX > 0xFFFFFFFFu ? 24 : 20, IDLE_SLOTS = 1024, SEGMENT_SLOTS = 1024 };
enum { MAX_SLOTS = UINTPTR_MAX > 0xFFFFFFFFu ? 1 << 24 : 1 << 20 };
#define NEXT_GENERATION ((uintptr_t)1 << INDEX_BITS)
#define INDEX_MASK      (NEXT_GENERATION - 1)

/* The value that leads to the same slot when it is used again. */
static uintptr_t after(uintptr_t value)
{
    const bool last = value >> INDEX_BITS == WS_HANDLE_GENERATIONS;
    return (last ? 0 : value & ~INDEX_MASK) + (NEXT_GENERATION | (value & INDEX_MASK));
}

static struct ws_session *new_session(void)
{
    const struct ws_session_options options = {.server = true, .receive_size = 256, .send_size = 16};
    struct ws_session *session = ws_session_create(&options);
    assert_non_null(session);
    return session;
}

static uintptr_t new_handle(void)
{
    uintptr_t value = ws_handle_create(new_session());
    assert_true(value != 0 && value != UINTPTR_MAX);
    return value;
}

/* Whether the value leads to this session. */
static bool leads_to(uintptr_t value, const struct ws_session *session)
{
    struct ws_session *found = NULL;
    struct ws_handle_slot *slot = ws_handle_enter(value, &found);
    if (slot)
        ws_handle_leave(slot);
    return slot && found == session;
}

/* No handle: nothing is entered, nothing is written, and deleting it does nothing. */
static bool leads_nowhere(uintptr_t value)
{
    struct ws_session *found = (struct ws_session *)&found;
    struct ws_handle_slot *slot = ws_handle_enter(value, &found);
    ws_handle_delete(value);
    return !slot && found == (struct ws_session *)&found;
}

/* Values */

/* The first test: where values begin is chosen once. Then the place of the library in memory is what tells copies apart. */
static void a_handle_needs_no_random_bytes(void **state)
{
    (void)state;
    faults_random();
    uintptr_t value = new_handle();
    faults_end();
    assert_true(value > INDEX_MASK);
    ws_handle_delete(value);
}

static void a_handle_leads_to_its_session(void **state)
{
    (void)state;
    struct ws_session *first = new_session();
    struct ws_session *second = new_session();
    uintptr_t a = ws_handle_create(first);
    uintptr_t b = ws_handle_create(second);
    assert_true(a != b);
    assert_true(leads_to(a, first) && leads_to(b, second) && leads_to(a, first));
    ws_handle_delete(a);
    assert_true(leads_nowhere(a) && leads_to(b, second));
    ws_handle_delete(b);
    assert_true(leads_nowhere(b));
}

static void no_value_leads_anywhere_by_accident(void **state)
{
    (void)state;
    uintptr_t live = new_handle();
    static const uintptr_t values[] = {0,
                                       1,
                                       2,
                                       0xFFFF,
                                       UINTPTR_MAX,
                                       UINTPTR_MAX - 1,
                                       UINTPTR_MAX / 2,
                                       UINTPTR_MAX / 2 + 1,
                                       INDEX_MASK,
                                       ~INDEX_MASK,
                                       NEXT_GENERATION | INDEX_MASK,
                                       NEXT_GENERATION | (MAX_SLOTS - 1),
                                       NEXT_GENERATION | MAX_SLOTS};
    for (size_t i = 0; i < COUNT_OF(values); i++)
        assert_that(leads_nowhere(values[i]), "value %u", (unsigned)i);
    ws_handle_delete(live);
}

/*
 * The only live handle among the values that differ from it in one bit is itself; none of the others
 * harms it.
 */
static void a_value_with_a_wrong_bit_is_refused(void **state)
{
    (void)state;
    struct ws_session *session = new_session();
    uintptr_t live = ws_handle_create(session);
    for (unsigned bit = 0; bit < sizeof live * 8; bit++)
        assert_that(leads_nowhere(live ^ (uintptr_t)1 << bit), "bit %u", bit);
    for (uintptr_t i = 1; i < 3000; i++)
        assert_true(leads_nowhere(live + i * NEXT_GENERATION) && leads_nowhere(live - i * NEXT_GENERATION));
    assert_true(leads_to(live, session));
    ws_handle_delete(live);
}

/* A forged value may name the current generation of a slot that is not in use: it finds no session. */
static void the_generation_of_an_idle_slot_is_no_handle(void **state)
{
    (void)state;
    uintptr_t old = new_handle();
    ws_handle_delete(old);
    assert_true(leads_nowhere(old));
    assert_true(leads_nowhere(after(old)));

    /* The same for a slot that was never used, in a segment that is there. */
    uintptr_t last = new_handle();
    if ((last + 1) % SEGMENT_SLOTS != 0)
        assert_true(leads_nowhere(last + 1) && leads_nowhere((last & INDEX_MASK) + 1));
    ws_handle_delete(last);
}

static void old_values_stay_refused_when_the_slot_is_used_again(void **state)
{
    (void)state;
    uintptr_t old = new_handle();
    ws_handle_delete(old);
    unsigned uses = 0;
    for (unsigned i = 0; i < 20 * IDLE_SLOTS; i++) {
        struct ws_session *session = new_session();
        uintptr_t value = ws_handle_create(session);
        assert_true(value != old);
        if ((value & INDEX_MASK) == (old & INDEX_MASK)) {
            uses++;
            assert_true(leads_nowhere(old));
        }
        assert_true(leads_to(value, session));
        ws_handle_delete(value);
    }
    assert_true(uses > 5);
}

static int ascending(const void *a, const void *b)
{
    uintptr_t left = *(const uintptr_t *)a;
    uintptr_t right = *(const uintptr_t *)b;
    return (left > right) - (left < right);
}

static void expect_all_different(uintptr_t *values, size_t count)
{
    qsort(values, count, sizeof *values, ascending);
    for (size_t i = 1; i < count; i++)
        assert_true(values[i] != values[i - 1]);
}

static void one_hundred_thousand_handles_at_once(void **state)
{
    (void)state;
    enum { MANY = 100000 };
    uintptr_t *values = malloc(MANY * sizeof *values);
    struct ws_session **sessions = malloc(MANY * sizeof *sessions);
    assert_non_null(values);
    assert_non_null(sessions);

    for (size_t i = 0; i < MANY; i++) {
        sessions[i] = new_session();
        values[i] = ws_handle_create(sessions[i]);
        assert_true(values[i] != 0 && values[i] != UINTPTR_MAX);
    }
    for (size_t i = 0; i < MANY; i++)
        assert_true(leads_to(values[i], sessions[i]));
    for (size_t i = 0; i < MANY; i += 2)
        ws_handle_delete(values[i]);
    for (size_t i = 0; i < MANY; i++)
        assert_true(i % 2 ? leads_to(values[i], sessions[i]) : leads_nowhere(values[i]));
    for (size_t i = 1; i < MANY; i += 2)
        ws_handle_delete(values[i]);
    expect_all_different(values, MANY);
    free(sessions);
    free(values);
}

static void no_value_comes_again_soon(void **state)
{
    (void)state;
    enum { MANY = 100000 };
    uintptr_t *values = malloc(MANY * sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < MANY; i++) {
        values[i] = new_handle();
        ws_handle_delete(values[i]);
    }
    expect_all_different(values, MANY);
    free(values);
}

/*
 * Own choice: the slot that rested longest is used first, and the last IDLE_SLOTS - 1 deleted ones always
 * rest.
 */
static void slots_are_used_again_in_the_order_of_deletion(void **state)
{
    (void)state;
    enum { MANY = 3 * IDLE_SLOTS };
    static uintptr_t deleted[MANY];
    static uintptr_t created[300 * IDLE_SLOTS];
    size_t count = 0;

    for (size_t i = 0; i < MANY; i++)
        deleted[i] = new_handle();
    for (size_t i = 0; i < MANY; i++)
        ws_handle_delete(deleted[(i * 7 + 5) % MANY]); /* 7 is prime to MANY: each one once */

    /* Those that were idle before come first. */
    do {
        assert_true(count < COUNT_OF(created));
        created[count] = new_handle();
    } while ((created[count++] & INDEX_MASK) != (deleted[5] & INDEX_MASK));
    for (size_t i = 1; i <= MANY - IDLE_SLOTS; i++) {
        created[count] = new_handle();
        assert_that((created[count++] & INDEX_MASK) == (deleted[(i * 7 + 5) % MANY] & INDEX_MASK), "slot %u",
                    (unsigned)i);
    }
    for (size_t i = 0; i < 10; i++) {
        created[count] = new_handle();
        for (size_t j = 0; j < MANY; j++)
            assert_true((created[count] & INDEX_MASK) != (deleted[j] & INDEX_MASK));
        count++;
    }
    while (count > 0)
        ws_handle_delete(created[--count]);
}

#if UINTPTR_MAX == 0xFFFFFFFFu && !UNIT_TESTS_ARE_SLOW
/*
 * 12 bits of generation are soon used up. Such a slot is left alone while there are others, so that an
 * old value keeps leading nowhere. The first test: later ones leave so many idle slots behind that each
 * is used but rarely.
 */
static void a_slot_whose_generations_are_used_up_is_laid_aside(void **state)
{
    (void)state;
    uintptr_t previous[2 * IDLE_SLOTS] = {0};
    uint32_t uses[2 * IDLE_SLOTS] = {0};
    bool beyond = false;

    for (uint32_t i = 0; i < 0x1010 * IDLE_SLOTS; i++) {
        uintptr_t value = new_handle();
        uint32_t index = (uint32_t)(value & INDEX_MASK);
        assert_true(value > INDEX_MASK && value >> INDEX_BITS <= WS_HANDLE_GENERATIONS);
        if (index < COUNT_OF(previous)) {
            assert_true(previous[index] == 0 || value == after(previous[index]));
            previous[index] = value;
            uses[index]++;
            assert_true(uses[index] <= WS_HANDLE_GENERATIONS);
        }
        beyond = beyond || index > IDLE_SLOTS + 1;
        ws_handle_delete(value);
    }
    assert_int_equal(uses[2], WS_HANDLE_GENERATIONS); /* the first had another use before */
    assert_true(beyond);
}
#endif

/*
 * Own choice, on every system: a slot is told here that all its values were used, because to come there takes long.
 * An early test: while few slots rest, one that was only put to them would soon come again.
 */
static void a_value_of_the_last_generation_is_the_slots_last_for_long(void **state)
{
    (void)state;
    uintptr_t value = new_handle();
    struct ws_session *found;
    struct ws_handle_slot *slot = ws_handle_enter(value, &found);
    assert_non_null(slot);
    slot->uses = WS_HANDLE_GENERATIONS;
    ws_handle_leave(slot);

    ws_handle_delete(value);
    assert_true(leads_nowhere(value));
    assert_true(leads_nowhere(after(value)));
    for (unsigned i = 0; i < 4 * IDLE_SLOTS; i++) {
        uintptr_t other = new_handle();
        assert_true((other & INDEX_MASK) != (value & INDEX_MASK));
        ws_handle_delete(other);
    }
}

/* The table asks for memory when it needs a new segment and no slot is idle; it then has none to give. */
static void without_memory_there_is_no_handle(void **state)
{
    (void)state;
    static uintptr_t values[300 * SEGMENT_SLOTS];
    size_t count = 0;
    struct ws_session *session;
    uintptr_t value;

    do {
        assert_true(count < COUNT_OF(values));
        session = new_session();
        faults_memory_after(0);
        value = ws_handle_create(session);
        faults_end();
        values[count++] = value;
    } while (value != 0);

    value = ws_handle_create(session); /* it was ours still */
    assert_true(leads_to(value, session));
    values[count - 1] = value;
    while (count > 0)
        ws_handle_delete(values[--count]);
}

/* Threads, section 11 */

enum { THREADS = 4, ROUNDS = 10000 };

static struct {
    uintptr_t handle;
    struct ws_session *session;
    unsigned inside; /* changed only from inside the handle */
    unsigned entered;
    struct ws_atomic_u32 wrong;
    struct ws_atomic_u32 finished;
} shared;

static void enter_often(void *argument)
{
    (void)argument;
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct ws_session *session;
        struct ws_handle_slot *slot = ws_handle_enter(shared.handle, &session);
        if (!slot || session != shared.session || shared.inside++ != 0) {
            ws_atomic_store(&shared.wrong, 1);
            return;
        }
        shared.entered++;
        shared.inside--;
        ws_handle_leave(slot);
    }
}

static void run_threads(struct thread *threads, unsigned count, void (*run)(void *))
{
    ws_atomic_store(&shared.wrong, 0);
    for (unsigned i = 0; i < count; i++)
        thread_start(&threads[i], run, NULL);
    for (unsigned i = 0; i < count; i++)
        thread_join(&threads[i]);
    assert_int_equal(ws_atomic_load(&shared.wrong), 0);
}

static void one_thread_at_a_time_is_inside(void **state)
{
    (void)state;
    struct thread threads[THREADS];
    shared.session = new_session();
    shared.handle = ws_handle_create(shared.session);
    shared.inside = shared.entered = 0;
    run_threads(threads, THREADS, enter_often);
    assert_int_equal(shared.entered, THREADS * ROUNDS);
    ws_handle_delete(shared.handle);
}

static void create_and_delete_often(void *argument)
{
    (void)argument;
    for (unsigned i = 0; i < ROUNDS; i++) {
        const struct ws_session_options options = {.receive_size = 256, .send_size = 16};
        struct ws_session *session = ws_session_create(&options);
        uintptr_t value = session ? ws_handle_create(session) : 0;
        if (value == 0 || !leads_to(value, session)) {
            ws_atomic_store(&shared.wrong, 1);
            return;
        }
        ws_handle_delete(value);
        if (leads_to(value, session))
            ws_atomic_store(&shared.wrong, 1);
    }
}

static void threads_create_and_delete(void **state)
{
    (void)state;
    struct thread threads[THREADS];
    run_threads(threads, THREADS, create_and_delete_often);
}

static void delete_it(void *argument)
{
    (void)argument;
    ws_handle_delete(shared.handle);
    ws_atomic_store(&shared.finished, 1);
}

/*
 * "Delete while another thread is in a call on the same handle: that call finishes, later ones get
 * E_HANDLE."
 */
static void a_delete_waits_until_the_call_inside_has_finished(void **state)
{
    (void)state;
    struct thread thread;
    struct ws_session *session = NULL;
    struct ws_action_queue *queue;
    struct ws_handle_slot *slot;

    shared.handle = new_handle();
    ws_atomic_store(&shared.finished, 0);
    slot = ws_handle_enter(shared.handle, &session);
    assert_non_null(slot);
    thread_start(&thread, delete_it, NULL);
    thread_pause();
    assert_int_equal(ws_atomic_load(&shared.finished), 0);
    assert_int_equal(ws_status_class(ws_session_queue(session, &queue)),
                     WS_ERROR_OPERATION); /* it is still there */
    ws_handle_leave(slot);
    thread_join(&thread);
    assert_int_equal(ws_atomic_load(&shared.finished), 1);
    assert_true(leads_nowhere(shared.handle));
}

static void fail_to_enter(void *argument)
{
    struct ws_session *session;
    (void)argument;
    struct ws_handle_slot *slot = ws_handle_enter(shared.handle, &session);
    if (slot)
        ws_handle_leave(slot);
    ws_handle_delete(shared.handle);
    ws_atomic_store(&shared.finished, 1);
}

/* Several delete it at once, while one is inside: it goes once, and nobody waits for ever. */
static void threads_that_delete_the_same_handle(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        struct thread threads[THREADS];
        struct ws_session *session;
        shared.handle = new_handle();
        struct ws_handle_slot *slot = ws_handle_enter(shared.handle, &session);
        assert_non_null(slot);
        for (unsigned j = 0; j < THREADS; j++)
            thread_start(&threads[j], j % 2 ? delete_it : fail_to_enter, NULL);
        ws_handle_leave(slot);
        for (unsigned j = 0; j < THREADS; j++)
            thread_join(&threads[j]);
        assert_true(leads_nowhere(shared.handle));
    }
}

/* Tries the values that a slot may have now and later, as if it guessed them. */
static void guess(void *argument)
{
    const uintptr_t *sample = argument;
    while (ws_atomic_load(&shared.finished) == 0)
        for (uintptr_t i = 0; i < 8; i++)
            (void)leads_to(*sample + i * NEXT_GENERATION, NULL);
}

/*
 * Whoever guesses the value of the very slot that is being created is turned away, and disturbs nobody.
 * To run while few slots are idle: then the slot comes again soon.
 */
static void guessed_values_do_not_disturb_a_create(void **state)
{
    (void)state;
    struct thread thread;
    static uintptr_t sample;

    for (unsigned round = 0; round < 100; round++) {
        sample = new_handle();
        ws_handle_delete(sample);
        ws_atomic_store(&shared.finished, 0);
        thread_start(&thread, guess, &sample);
        bool reused = false;
        for (unsigned i = 0; i < 4 * IDLE_SLOTS && !reused; i++) {
            struct ws_session *session = new_session();
            uintptr_t value = ws_handle_create(session);
            reused = (value & INDEX_MASK) == (sample & INDEX_MASK);
            if (reused)
                assert_true(value == after(sample));
            assert_true(leads_to(value, session));
            ws_handle_delete(value);
        }
        ws_atomic_store(&shared.finished, 1);
        thread_join(&thread);
        assert_true(reused);
    }
}

static void use_another(void *argument)
{
    const uintptr_t *value = argument;
    struct ws_session *session;
    struct ws_handle_slot *slot = ws_handle_enter(*value, &session);
    if (slot)
        ws_handle_leave(slot);
    ws_handle_delete(*value);
    ws_atomic_store(&shared.finished, slot ? 1 : 2);
}

/* "Calls on different handles never wait for each other." */
static void another_handle_is_free_while_one_is_entered(void **state)
{
    (void)state;
    struct thread thread;
    struct ws_session *session;
    uintptr_t held = new_handle();
    uintptr_t other = new_handle();

    ws_atomic_store(&shared.finished, 0);
    struct ws_handle_slot *slot = ws_handle_enter(held, &session);
    thread_start(&thread, use_another, &other);
    thread_join(&thread);
    assert_int_equal(ws_atomic_load(&shared.finished), 1);
    ws_handle_leave(slot);
    ws_handle_delete(held);
}

#if !UNIT_TESTS_ARE_SLOW
/*
 * The last test, because the table stays full: of handles to one session, which is never followed again.
 * Then a slot must be given back before there is another handle, however short it rests. To save memory, all segments that
 * are not there yet are the same one.
 */
static void a_full_table_gives_no_handle(void **state)
{
    (void)state;
    static struct ws_handle_slot segment[SEGMENT_SLOTS];
    struct ws_session *session = new_session();
    struct ws_session *late = new_session();
    uintptr_t last = 0;
    uint32_t count = 0;

    for (uint32_t i = 0; i < WS_HANDLE_SEGMENTS; i++)
        if (!ws_atomic_load_ptr(&ws_handle_table.segments[i]))
            ws_atomic_store_ptr(&ws_handle_table.segments[i], segment);
    for (uintptr_t value; (value = ws_handle_create(session)) != 0; count++) {
        assert_true(value != UINTPTR_MAX);
        last = value;
    }
    assert_int_equal(count, MAX_SLOTS - 1);
    assert_int_equal(ws_handle_create(late), 0);
    ws_handle_delete(last);
    uintptr_t value = ws_handle_create(late);
    assert_true((value & INDEX_MASK) == (last & INDEX_MASK) && value != last);
    assert_true(leads_to(value, late) && leads_nowhere(last));
    ws_handle_delete(value);
}
#endif

/* ---- Threads that are gone, as after a fork ---- */

/* Nobody knows in what state its session is. */
static void a_handle_that_a_thread_is_inside_of_that_is_gone_leads_nowhere(void **state)
{
    (void)state;
    struct ws_session *session = new_session();
    struct ws_session *found = NULL;
    uintptr_t value = ws_handle_create(session);
    struct ws_session *free_session = new_session();
    uintptr_t other = ws_handle_create(free_session);
    struct ws_handle_slot *slot = ws_handle_enter(value, &found);
    assert_non_null(slot);
    const uint32_t era = ws_atomic_load(&ws_platform_era);
    ws_atomic_store(&ws_platform_era, era + 2);
    assert_true(leads_nowhere(value) && leads_nowhere(value));
    assert_true(leads_to(other, free_session));
    assert_true(ws_handle_delete(other));

    ws_atomic_store(&ws_platform_era, era); /* the table is needed by other tests */
    ws_handle_leave(slot);
    assert_true(ws_handle_delete(value));
}

/* The lists are as it left them. Here they are whole, but nobody relies on it: all slots are looked at anew. */
static void the_lists_of_a_thread_that_is_gone_are_sorted_out(void **state)
{
    (void)state;
    static uintptr_t values[4 * IDLE_SLOTS];
    struct ws_session *found = NULL;
    uintptr_t kept = new_handle();
    uintptr_t deleted = new_handle();
    ws_handle_delete(deleted);
    uintptr_t half = new_handle(); /* that thread was about to delete it */
    struct ws_handle_slot *slot = ws_handle_enter(half, &found);
    assert_non_null(slot);
    assert_true(ws_lock_enter(&ws_handle_lists_lock));
    ws_atomic_store_ptr(&slot->value, NULL);
    ws_session_free(found);

    ws_atomic_store(&ws_platform_era, ws_atomic_load(&ws_platform_era) + 2);
    bool again = false;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        struct ws_session *session = new_session();
        values[i] = ws_handle_create(session);
        assert_true(leads_to(values[i], session));
        assert_true(ws_handle_delete(values[i]));
        again = again || (values[i] & INDEX_MASK) == (half & INDEX_MASK);
    }
    assert_true(again && leads_nowhere(deleted) && leads_nowhere(half));
    assert_true(ws_handle_delete(kept));
    expect_all_different(values, COUNT_OF(values));
}

/* It had deleted a handle and put the slot into the lists, and was about to leave it. */
static void a_slot_that_a_thread_which_is_gone_had_deleted_can_be_used_again(void **state)
{
    (void)state;
    uintptr_t deleted = new_handle();
    struct ws_handle_slot *slot = ws_handle_find(deleted);
    ws_handle_delete(deleted);
    assert_true(ws_lock_enter(&slot->lock));

    ws_atomic_store(&ws_platform_era, ws_atomic_load(&ws_platform_era) + 2);
    bool again = false;
    for (size_t i = 0; !again; i++) {
        struct ws_session *session = new_session();
        uintptr_t value = ws_handle_create(session);
        assert_true(leads_to(value, session));
        assert_true(ws_handle_delete(value));
        again = ws_handle_find(value) == slot;
        assert_true(i < MAX_SLOTS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handle_needs_no_random_bytes),
#if UINTPTR_MAX == 0xFFFFFFFFu && !UNIT_TESTS_ARE_SLOW
        cmocka_unit_test(a_slot_whose_generations_are_used_up_is_laid_aside),
#endif
        cmocka_unit_test(the_lists_of_a_thread_that_is_gone_are_sorted_out),
        cmocka_unit_test(a_slot_that_a_thread_which_is_gone_had_deleted_can_be_used_again),
        cmocka_unit_test(a_value_of_the_last_generation_is_the_slots_last_for_long),
        cmocka_unit_test(a_handle_leads_to_its_session),
        cmocka_unit_test(no_value_leads_anywhere_by_accident),
        cmocka_unit_test(a_value_with_a_wrong_bit_is_refused),
        cmocka_unit_test(the_generation_of_an_idle_slot_is_no_handle),
        cmocka_unit_test(old_values_stay_refused_when_the_slot_is_used_again),
        cmocka_unit_test(guessed_values_do_not_disturb_a_create),
        cmocka_unit_test(one_hundred_thousand_handles_at_once),
        cmocka_unit_test(no_value_comes_again_soon),
        cmocka_unit_test(slots_are_used_again_in_the_order_of_deletion),
        cmocka_unit_test(without_memory_there_is_no_handle),
        cmocka_unit_test(one_thread_at_a_time_is_inside),
        cmocka_unit_test(threads_create_and_delete),
        cmocka_unit_test(a_delete_waits_until_the_call_inside_has_finished),
        cmocka_unit_test(threads_that_delete_the_same_handle),
        cmocka_unit_test(another_handle_is_free_while_one_is_entered),
        cmocka_unit_test(a_handle_that_a_thread_is_inside_of_that_is_gone_leads_nowhere),
#if !UNIT_TESTS_ARE_SLOW
        cmocka_unit_test(a_full_table_gives_no_handle),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
