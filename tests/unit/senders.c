/*
 * Shared by the tests of src/frames/send.c, see senders.h.
 */
#include "senders.h"

#include "faults.h"
#include "frames/mask_key.h"

uint32_t sender_area_size(enum ws_send_mode mode, uint32_t piece)
{
    return mode != WS_SEND_PLAIN && piece < WS_SEND_CONTROL_MAX ? WS_SEND_CONTROL_MAX : piece;
}

struct ws_send sender(enum ws_send_mode mode, uint32_t piece)
{
    struct ws_send tx;
    ws_send_init(&tx, block_new(sender_area_size(mode, piece) + WS_SEND_CONTROL_MAX), piece, mode, true);
    return tx;
}

struct ws_operation sender_admits(struct ws_send *tx, enum ws_kind kind, uint8_t *bytes, uint32_t length)
{
    struct ws_operation op = {
        .bytes = bytes, .length = length, .kind = (uint8_t)kind, .status = WS_STATUS_EMPTY};
    assert_int_equal(ws_send_admit(tx, &op), WS_OK);
    return op;
}

void sender_loses_keys(const void *caller)
{
    uint32_t key;
    faults_random();
    while (ws_mask_key(caller, &key)) {
    }
}
