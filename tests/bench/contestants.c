/*
 * The list of contestants.
 */
#include "contestant.h"

const struct contestant *const contestants[] = {
    &contestant_ours,
#if BENCH_WITH_WSLAY
    &contestant_wslay_event, &contestant_wslay_frame,
#endif
    &contestant_xor,         &contestant_memcpy,
};
const size_t contestant_count = sizeof contestants / sizeof contestants[0];
