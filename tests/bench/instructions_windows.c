/*
 * There is no valgrind on Windows.
 */
#include "instructions.h"

#include "basics.h"

uint64_t instructions_count(const struct options *options)
{
    (void)options;
    bench_die("instructions are counted by valgrind, which Windows has not");
}
