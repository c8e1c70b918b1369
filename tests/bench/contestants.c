/*
 * The lists of contestants.
 */
#include "contestant.h"

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static const struct contestant *const all[] = {
    &contestant_ours,
#if BENCH_WITH_WSLAY
    &contestant_wslay_event, &contestant_wslay_frame, &contestant_wslay_o3_event, &contestant_wslay_o3_frame,
#endif
#if BENCH_WITH_CXX_PEERS
    &contestant_beast,       &contestant_websocketpp,
#endif
    &contestant_xor,         &contestant_memcpy,
};
static const struct contestant *const builds[] = {&contestant_ours, &contestant_other};

const struct contestant *const *contestants = all;
size_t contestant_count = COUNT(all);

void contestants_only_builds(void)
{
    contestants = builds;
    contestant_count = COUNT(builds);
}
