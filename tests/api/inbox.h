/*
 * inbox.h - what a model of a caller was given by INDICATE_RECEIVE_COMPLETE, in order.
 */
#ifndef API_INBOX_H
#define API_INBOX_H

#include <stddef.h>
#include <stdint.h>

#include "actions.h"
#include "websocket.h"

struct inbox {
    struct {
        WEB_SOCKET_BUFFER_TYPE type;
        USHORT status;  /* of a close */
        uint8_t *bytes; /* the payload, or a close's reason */
        size_t size;
    } entries[64];
    size_t count;
    size_t taken;
};

/* Keeps a copy of what an INDICATE_RECEIVE_COMPLETE action brings. */
void inbox_add(struct inbox *inbox, const struct action *action);

/* The next entry is exactly this one. A close without a reason: NULL. */
void inbox_expect(struct inbox *inbox, WEB_SOCKET_BUFFER_TYPE type, const void *bytes, size_t size);
void inbox_expect_close(struct inbox *inbox, USHORT status, const char *reason);

/* There is no further entry. */
void inbox_expect_nothing(const struct inbox *inbox);

#endif
