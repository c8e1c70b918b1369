/*
 * api_tests.h - all that a test of the 13 functions needs.
 *
 * The program knows nothing of the library but websocket.h, so that it can be pointed at any websocket.dll.
 *
 * To write tests
 *   1. Make tests/api/test_<subject>.c, include this header and nothing else of the project.
 *   2. Write each rule as `static void <rule_in_words>(void)`; it fails by a cmocka assertion or
 *      assert_result().
 *   3. End the file with the table, each entry with the source of its rule:
 *          const struct api_case <subject>_cases[] = {
 *              API_CASE(RULE_NET, smallest_send_buffer_is_16),
 *              API_CASES_END};
 *   4. Add X(<subject>) to API_TABLES in cases.h.
 *
 * Calls       ws->Send(...), ws->GetAction(...) and so on: library.h. Never the linked functions directly.
 * Handles     open_server(), open_client(), open_pair(), create_...(): session.h.
 * Actions     next_action(), complete(), feed(), feeder_..., send_bytes(), make_frame(): actions.h.
 * Streams     play(), expect_events(), stream_frame(), expect_frame(): include play.h as well.
 * Memory      heap_copy(), guard_alloc(), ...: memory.h; block_untouched(), ...: blocks.h.
 * Threads     thread_start(), thread_join(): include threads.h as well; monitor_enter(), ...: monitor.h.
 * Results     assert_result(E_INVALIDARG, ws->Send(...)): check.h.
 *
 * Whatever the helpers make (handles, memory) is released after each case, also after a failed one. To delete
 * a handle earlier call delete_handle(), which makes the harness forget it. Assertions belong into the main
 * thread only: cmocka leaves a failed test by longjmp.
 */
#ifndef API_TESTS_H
#define API_TESTS_H

#include "check.h"

#include "actions.h"
#include "blocks.h"
#include "cases.h"
#include "library.h"
#include "memory.h"
#include "session.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

#endif
