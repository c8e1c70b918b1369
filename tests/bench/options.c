/*
 * The command line, see options.h.
 */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure.h"

/* Between two builds small differences count, and between threads chance does. */
enum { ROUNDS = 15, MANY_ROUNDS = 101, QUICK_ROUNDS = 2 };

static const char usage[] =
    "usage: websocket_bench [OPTION...]\n"
    "\n"
    "Measures our library against its peers and the limits, interleaved in one process on one processor, and "
    "prints\n"
    "nanoseconds for each message and the ratio of minima (below 1: ours is faster).\n"
    "\n"
    "  --summary           only ratios, with the largest chunks and the library's own memory\n"
    "  --against FILE      as --summary, but against another build of the library, which is loaded from "
    "FILE; "
    "the\n"
    "                      ratios are medians of all rounds, 101 if not told otherwise\n"
    "  --threads           two threads, each with a handle of its own\n"
    "  --instructions      instructions for each message, by valgrind (16-byte messages if no payload is "
    "given)\n"
    "  --handles           time and memory with 1, 1,000 and 1,000,000 open handles\n"
    "  --contention        how long GetAction takes beside a thread that sends, against a mutex around the "
    "calls\n"
    "\n"
    "  --workload NAME     only this one\n"
    "  --payload BYTES     only this size\n"
    "  --chunk BYTES       only this size of network reads, and of a sending client's send buffer\n"
    "  --memory WHOSE      only payloads received into the memory of: library, caller\n"
    "  --receive-buffer N  our receive buffer's size; 0, as usual: as large as the chunk\n"
    "  --rounds N          rounds for each measurement; otherwise 15, or 101\n"
    "  --short             few rounds with little work: shows that the benchmark works, and nothing else\n"
    "  --json              print JSON; not with --threads\n"
    "\n"
    "Workloads:";

static void print_usage(FILE *to)
{
    fputs(usage, to);
    for (size_t i = 0; i < job_workload_count; i++)
        fprintf(to, " %s", job_workloads[i].name);
    fputc('\n', to);
}

static _Noreturn void refuse(const char *what)
{
    fprintf(stderr, "websocket_bench: %s\n\n", what);
    print_usage(stderr);
    exit(2);
}

static size_t number(const char *text, unsigned long least, unsigned long most)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || value < least || value > most)
        refuse("a number is out of range");
    return value;
}

static const struct workload *workload(const char *name)
{
    const struct workload *found = job_find(name);
    if (!found)
        refuse("no such workload");
    return found;
}

static enum memory memory(const char *whose)
{
    if (strcmp(whose, "library") != 0 && strcmp(whose, "caller") != 0)
        refuse("memory is of the library or of the caller");
    return strcmp(whose, "library") == 0 ? MEMORY_LIBRARY : MEMORY_CALLER;
}

/* Options that stand alone. Returns false if this is none of them. */
static bool read_flag(struct options *options, const char *name)
{
    if (strcmp(name, "--summary") == 0)
        options->summary = true;
    else if (strcmp(name, "--instructions") == 0)
        options->mode = MODE_INSTRUCTIONS;
    else if (strcmp(name, "--handles") == 0)
        options->mode = MODE_HANDLES;
    else if (strcmp(name, "--contention") == 0)
        options->mode = MODE_CONTENTION;
    else if (strcmp(name, "--threads") == 0)
        options->mode = MODE_THREADS;
    else if (strcmp(name, "--short") == 0)
        options->quick = true;
    else if (strcmp(name, "--json") == 0)
        options->json = true;
    else
        return false;
    return true;
}

/* Options with a value. --run is for this program's own use, see MODE_RUN. */
static void read_value(struct options *options, const char *name, const char *value)
{
    if (strcmp(name, "--against") == 0) {
        options->against = value;
        options->summary = true;
    } else if (strcmp(name, "--workload") == 0)
        options->workload = workload(value);
    else if (strcmp(name, "--payload") == 0)
        options->payload = number(value, 1, 1ul << 28);
    else if (strcmp(name, "--chunk") == 0)
        options->chunk = number(value, 256, 1ul << 28);
    else if (strcmp(name, "--memory") == 0)
        options->memory = memory(value);
    else if (strcmp(name, "--receive-buffer") == 0)
        options->receive_buffer = number(value, 0, 1ul << 28);
    else if (strcmp(name, "--rounds") == 0)
        options->rounds = (unsigned)number(value, 1, MEASURE_MAX_ROUNDS);
    else if (strcmp(name, "--run") == 0) {
        options->mode = MODE_RUN;
        options->repeat = (unsigned)number(value, 1, 1000);
    } else
        refuse("no such option");
}

struct options options_read(int count, char *const arguments[])
{
    struct options options = {.mode = MODE_MEASURE};
    for (int i = 1; i < count; i++) {
        if (strcmp(arguments[i], "--help") == 0) {
            print_usage(stdout);
            exit(EXIT_SUCCESS);
        }
        if (read_flag(&options, arguments[i]))
            continue;
        if (i + 1 == count)
            refuse("an option is unknown, or its value is missing");
        read_value(&options, arguments[i], arguments[i + 1]);
        i++;
    }
    if (options.rounds == 0)
        options.rounds = options.quick                                     ? QUICK_ROUNDS
                         : options.against || options.mode == MODE_THREADS ? MANY_ROUNDS
                                                                           : ROUNDS;
    return options;
}
