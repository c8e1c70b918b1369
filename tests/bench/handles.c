/*
 * Many handles, see handles.h. All are servers with the smallest buffers, except where it says defaults. A
 * message is a masked one of 16 bytes, which comes alone in its network read: the price of five calls, the
 * read's few bytes included.
 *
 * Bytes for each handle are the heap's growth divided by the number of handles. They are told for large
 * numbers only: the table of handles grows by a thousand at a time.
 */
#include "handles.h"

#include <stdio.h>

#include "basics.h"
#include "job.h"
#include "machine.h"
#include "run.h"
#include "session.h"

enum {
    PAYLOAD = 16,
    ROUNDS = 15,
    MESSAGES = 2000,
    QUICK_MESSAGES = 20,
    FEWEST_WEIGHED = 1000,
    MOST_WITH_DEFAULTS = 1000,
    LIVES = 1000
};

static const struct session_sizes smallest = {256, 16}, defaults = {4096, 0};

struct figures {
    size_t handles;
    double closed_bytes;   /* for each before its handshake; below 0: unknown */
    double open_bytes;     /* for each open session */
    double idle_bytes;     /* for each open session that waits in a receive, as nearly all sessions do */
    double default_bytes;  /* the same with the default buffers; unknown for the million */
    double life;           /* nanoseconds for create, handshake and delete */
    double message_same;   /* nanoseconds for a message, always to the same handle */
    double message_spread; /* each to another handle, far away from the one before */
};

/* Receive the job's first frame. */
static void receive_frame(WEB_SOCKET_HANDLE handle, const struct job *job)
{
    const size_t frame_size = job->frames_size / job->messages;
    WEB_SOCKET_BUFFER buffer;
    WEB_SOCKET_ACTION action;
    WEB_SOCKET_BUFFER_TYPE type;
    PVOID context, action_context = NULL;
    bool fine = WebSocketReceive(handle, NULL, NULL) == S_OK;
    for (unsigned turn = 0; turn < 2; turn++) {
        ULONG count = 1;
        fine = fine && WebSocketGetAction(handle, WEB_SOCKET_RECEIVE_ACTION_QUEUE, &buffer, &count, &action,
                                          &type, &context, &action_context) == S_OK;
        fine = fine && action == (turn == 0 ? WEB_SOCKET_RECEIVE_FROM_NETWORK_ACTION
                                            : WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
        if (fine && turn == 0)
            memcpy(buffer.Data.pbBuffer, job->frames, frame_size);
        WebSocketCompleteAction(handle, action_context, (ULONG)frame_size);
    }
    if (!fine || buffer.Data.ulBufferLength != PAYLOAD)
        bench_die("a message was not received");
}

/* Nanoseconds for a message, the least of some rounds; step: from one handle to the next. */
static double time_messages(const WEB_SOCKET_HANDLE handles[], size_t count, size_t step,
                            const struct job *job, const struct options *options,
                            const struct stopwatch_scale *scale)
{
    const unsigned messages = options->quick ? QUICK_MESSAGES : MESSAGES;
    double least = 0;
    size_t at = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct stopwatch watch = {0, 0, 0};
        stopwatch_start(&watch);
        for (unsigned i = 0; i < messages; i++) {
            receive_frame(handles[at], job);
            at += step;
            at -= at >= count ? count : 0;
        }
        stopwatch_stop(&watch);
        double each = stopwatch_nanoseconds(&watch, scale) / messages;
        if (round == 0 || each < least)
            least = each;
    }
    return least;
}

/* Bytes of heap in use, or 0 if the system does not tell. */
static double heap(void)
{
    size_t bytes;
    const char *how;
    return machine_heap(&bytes, &how) ? (double)bytes : 0;
}

static void create_all(WEB_SOCKET_HANDLE handles[], size_t count, const struct session_sizes *sizes)
{
    for (size_t i = 0; i < count; i++)
        handles[i] = session_create(true, sizes);
}

static void open_all(const WEB_SOCKET_HANDLE handles[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        session_shake_hands(handles[i]);
}

static void let_all_wait(const WEB_SOCKET_HANDLE handles[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (WebSocketReceive(handles[i], NULL, NULL) != S_OK)
            bench_die("an open session does not receive");
}

static void delete_all(const WEB_SOCKET_HANDLE handles[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        WebSocketDeleteHandle(handles[i]);
}

/* What the heap grew by for each handle, from one weighing to another. */
static double growth(double before, size_t count)
{
    double now = heap();
    return before > 0 && now > 0 && count >= FEWEST_WEIGHED ? (now - before) / (double)count : -1;
}

/* Bytes for each of so many with the default buffers. */
static double weigh_defaults(size_t count)
{
    WEB_SOCKET_HANDLE *handles = bench_allocate(count * sizeof *handles);
    const double before = heap();
    create_all(handles, count, &defaults);
    open_all(handles, count);
    let_all_wait(handles, count);
    const double bytes = growth(before, count);
    delete_all(handles, count);
    bench_free(handles);
    return bytes;
}

static void weigh_and_time(struct figures *figures, WEB_SOCKET_HANDLE handles[], const struct job *job,
                           const struct options *options, const struct stopwatch_scale *scale)
{
    const size_t count = figures->handles;
    const double before = heap();
    create_all(handles, count, &smallest);
    figures->closed_bytes = growth(before, count);
    open_all(handles, count);
    figures->open_bytes = growth(before, count);

    /* A step that has no divisor in common with the number visits all handles. */
    const size_t far_step = count > 1 ? count / 3 | 1 : 0;
    figures->message_same = time_messages(handles + count / 2, 1, 0, job, options, scale);
    figures->message_spread = time_messages(handles, count, far_step, job, options, scale);

    let_all_wait(handles, count);
    figures->idle_bytes = growth(before, count);
    figures->default_bytes = count <= MOST_WITH_DEFAULTS ? weigh_defaults(count) : -1;
    delete_all(handles, count);
}

/*
 * Nanoseconds for one, the least of some rounds: the memory is there already, as in a server that has run
 * for a while.
 */
static double time_lives(WEB_SOCKET_HANDLE handles[], size_t count, const struct options *options,
                         const struct stopwatch_scale *scale)
{
    const unsigned rounds = options->quick || count > LIVES ? 2 : ROUNDS;
    const size_t times = count < LIVES ? LIVES / count : 1;
    double least = 0;
    for (unsigned round = 0; round < rounds; round++) {
        struct stopwatch watch = {0, 0, 0};
        stopwatch_start(&watch);
        for (size_t i = 0; i < times; i++) {
            create_all(handles, count, &smallest);
            open_all(handles, count);
            delete_all(handles, count);
        }
        stopwatch_stop(&watch);
        double each = stopwatch_nanoseconds(&watch, scale) / (double)(times * count);
        if (round == 0 || each < least)
            least = each;
    }
    return least;
}

static struct figures measure(size_t count, const struct job *job, const struct options *options,
                              const struct stopwatch_scale *scale)
{
    WEB_SOCKET_HANDLE *handles = bench_allocate(count * sizeof *handles);
    struct figures figures = {.handles = count};
    weigh_and_time(&figures, handles, job, options, scale);
    figures.life = time_lives(handles, count, options, scale);
    bench_free(handles);
    return figures;
}

static void print_json(const struct figures *figures, bool first)
{
    printf("%s\n    {\"handles\": %lu, \"closed_bytes\": %.0f, \"open_bytes\": %.0f, \"idle_bytes\": %.0f, "
           "\"idle_default_bytes\": %.0f, \"life_nanoseconds\": %.0f, \"message_same_nanoseconds\": %.1f, "
           "\"message_spread_nanoseconds\": %.1f}",
           first ? "" : ",", (unsigned long)figures->handles, figures->closed_bytes, figures->open_bytes,
           figures->idle_bytes, figures->default_bytes, figures->life, figures->message_same,
           figures->message_spread);
}

static void print_bytes(double bytes)
{
    if (bytes < 0)
        printf("%12s", "-");
    else
        printf("%12.0f", bytes);
}

static void print_text(const struct figures *figures)
{
    printf("%9lu |", (unsigned long)figures->handles);
    print_bytes(figures->closed_bytes);
    print_bytes(figures->open_bytes);
    print_bytes(figures->idle_bytes);
    print_bytes(figures->default_bytes);
    printf(" |%13.0f%16.1f%16.1f\n", figures->life, figures->message_same, figures->message_spread);
}

static void print_titles(const char *how)
{
    printf("%s; bytes: %s\n\n", machine_processor(), how);
    printf("%9s |%48s |%45s\n", "", "bytes for each handle", "nanoseconds");
    printf("%9s |%12s%12s%12s%12s |%13s%16s%16s\n", "handles", "not open", "open", "idle", "(defaults)",
           "life of one", "message, same", "message, every");
}

void handles_print(const struct options *options, const struct stopwatch_scale *scale)
{
    static const size_t counts[] = {1, 1000, 1000000}, quick_counts[] = {1, 100, 1000};
    const struct job_size size = {.payload = PAYLOAD, .chunk = 4096};
    struct job *job = job_create(job_find("server-receive-binary"), &size, PAYLOAD);
    size_t bytes;
    const char *how = "unknown, this system does not tell";
    (void)machine_heap(&bytes, &how);
    if (options->json)
        printf("{\n  \"bytes_counted_by\": \"%s\",\n  \"results\": [", how);
    else
        print_titles(how);

    WebSocketDeleteHandle(session_open(true, &smallest)); /* what only the first handle of all causes */
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct figures figures = measure(options->quick ? quick_counts[i] : counts[i], job, options, scale);
        if (options->json)
            print_json(&figures, i == 0);
        else
            print_text(&figures);
        fflush(stdout);
    }
    if (options->json)
        printf("\n  ]\n}\n");
    job_free(job);
}
