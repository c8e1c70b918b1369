/*
 * Every sequence of calls up to a depth, for one session: alphabets of calls, each walked through with the
 * library and the model side by side. Prints how many sequences and steps there were; ends with 1 at the first
 * difference, after telling the sequence.
 *
 *   model          the depths of alphabets.c
 *   model N        N steps more, or less if N is negative
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "alphabets.h"

enum { MAX_DEPTH = 12 };

static const char *const role_names[] = {"server", "client", "client without masking"};

/* Where we are, for both_differ. */
static struct {
    const struct walk *walk;
    enum model_role role;
    unsigned at[MAX_DEPTH]; /* the letters of the sequence */
    unsigned prefix;        /* the step that is being made: of the prefix, */
    unsigned step;          /* or behind it */
    bool in_prefix;
} here;

static uint64_t steps, sequences;

_Noreturn void both_differ(const char *format, ...)
{
    va_list arguments;
    printf("model: the library differs, walk \"%s\", %s:\n", here.walk->name, role_names[here.role]);
    for (unsigned i = 0; i < WALK_PREFIX && i <= here.prefix && here.walk->prefix[i].name; i++)
        printf("    %s\n", here.walk->prefix[i].name);
    for (unsigned i = 0; !here.in_prefix && i <= here.step; i++)
        printf("    %s\n", here.walk->letters[here.at[i]].name);
    printf("  there: ");
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    exit(1);
}

static void make_prefix(struct both *both)
{
    here.in_prefix = true;
    for (here.prefix = 0; here.prefix < WALK_PREFIX && here.walk->prefix[here.prefix].name; here.prefix++)
        if (!both_step(both, &here.walk->prefix[here.prefix]))
            both_differ("this step should be possible");
    here.in_prefix = false;
}

/*
 * Make the sequence here.at; letters that are impossible where they stand are passed over. Returns whether it
 * could be made in full; if not, here.step is where no letter was left.
 */
static bool make_sequence(struct both *both, unsigned letters, unsigned depth)
{
    both_create(both, here.role, !here.walk->created, here.walk->extension);
    make_prefix(both);
    for (here.step = 0; here.step < depth; here.step++) {
        unsigned *at = &here.at[here.step];
        while (*at < letters && !both_step(both, &here.walk->letters[*at]))
            ++*at;
        if (*at == letters)
            break;
        steps++;
    }
    both_delete(both);
    return here.step == depth;
}

static void walk_role(const struct walk *walk, enum model_role role, unsigned depth)
{
    static struct both both;
    unsigned letters = 0;
    while (letters < WALK_LETTERS && walk->letters[letters].name)
        letters++;
    here.walk = walk;
    here.role = role;
    for (unsigned i = 0; i < depth; i++)
        here.at[i] = 0;
    for (;;) {
        if (make_sequence(&both, letters, depth))
            sequences++;
        /* The next sequence in the order of the alphabet. */
        unsigned last = here.step < depth ? here.step : depth - 1;
        while (++here.at[last] >= letters) {
            if (last == 0)
                return;
            here.at[last--] = 0;
        }
        for (unsigned i = last + 1; i < depth; i++)
            here.at[i] = 0;
    }
}

int main(int count, char **arguments)
{
    int more = count > 1 ? (int)strtol(arguments[1], NULL, 10) : 0;
    for (unsigned i = 0; i < walk_count; i++) {
        int depth = (int)walks[i].depth + more;
        if (depth < 1 || depth > MAX_DEPTH) {
            fprintf(stderr, "model: no walk can have %d steps\n", depth);
            return 2;
        }
        uint64_t before = sequences;
        for (int role = MODEL_SERVER; role <= MODEL_CLIENT_UNMASKED; role++)
            walk_role(&walks[i], (enum model_role)role, (unsigned)depth);
        printf("%-18s %2d steps %10" PRIu64 " sequences\n", walks[i].name, depth, sequences - before);
        fflush(stdout);
    }
    printf("model: %" PRIu64 " sequences, %" PRIu64 " steps: no difference\n", sequences, steps);
    return 0;
}
