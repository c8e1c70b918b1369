/*
 * Under Wine a lock's waits are Wine's own.
 */
#include "contention.h"

#include "basics.h"

void contention_print(const struct options *options)
{
    (void)options;
    bench_die("contention is measured on POSIX systems only");
}
