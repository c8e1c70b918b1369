/*
 * What was received, see inbox.h.
 */
#include "inbox.h"

#include "api_tests.h"
#include "play.h"

void inbox_add(struct inbox *inbox, const struct action *action)
{
    const WEB_SOCKET_BUFFER *buffer = &action->buffers[0];
    size_t at = inbox->count++;

    assert_true(inbox->count <= COUNT_OF(inbox->entries));
    assert_int_equal(action->action, WEB_SOCKET_INDICATE_RECEIVE_COMPLETE_ACTION);
    assert_int_equal(action->count, 1);
    inbox->entries[at].type = action->type;
    if (action->type == CLOSE) {
        inbox->entries[at].status = buffer->CloseStatus.usStatus;
        inbox->entries[at].size = buffer->CloseStatus.ulReasonLength;
        inbox->entries[at].bytes =
            heap_copy(buffer->CloseStatus.pbReason, buffer->CloseStatus.ulReasonLength);
    } else {
        inbox->entries[at].size = buffer->Data.ulBufferLength;
        inbox->entries[at].bytes = heap_copy(buffer->Data.pbBuffer, buffer->Data.ulBufferLength);
    }
}

void inbox_expect(struct inbox *inbox, WEB_SOCKET_BUFFER_TYPE type, const void *bytes, size_t size)
{
    size_t at = inbox->taken++;

    assert_that(at < inbox->count, "only %u things were received", (unsigned)inbox->count);
    assert_int_equal(inbox->entries[at].type, type);
    assert_int_equal(inbox->entries[at].size, size);
    if (size > 0)
        assert_memory_equal(inbox->entries[at].bytes, bytes, size);
}

void inbox_expect_close(struct inbox *inbox, USHORT status, const char *reason)
{
    size_t at = inbox->taken;

    inbox_expect(inbox, CLOSE, reason, reason != NULL ? strlen(reason) : 0);
    assert_int_equal(inbox->entries[at].status, status);
}

void inbox_expect_nothing(const struct inbox *inbox)
{
    assert_int_equal(inbox->count - inbox->taken, 0);
}
