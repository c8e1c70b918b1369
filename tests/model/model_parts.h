/*
 * What the parts of the model share with each other.
 */
#ifndef MODEL_PARTS_H
#define MODEL_PARTS_H

#include "model.h"

/* Of a frame's first byte, and opcodes. */
enum { MODEL_FIN = 0x80, MODEL_RESERVED = 0x70, MODEL_OPCODE = 0x0F, MODEL_CONTROL = 0x08 };
enum { MODEL_TEXT = 1, MODEL_BINARY = 2, MODEL_CLOSE = 8, MODEL_PING = 9, MODEL_PONG = 10 };

/* Close statuses that stand for no body and for no close frame. */
enum { MODEL_EMPTY = 1005, MODEL_ABORTED = 1006 };

static inline uint32_t model_least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static inline const struct model_operation *model_head(const struct model_operations *queue)
{
    return queue->done < queue->count ? &queue->list[queue->done] : NULL;
}

/* S_OK if the session is open, or a server's that this opens. */
HRESULT model_open_session(struct model *m);

/* A frame's header, and the status of a close frame. Returns their size; a client's key is 0 here. */
uint32_t model_put_head(const struct model *m, uint8_t *to, uint8_t first, USHORT status, uint32_t length);

/* The sides of GetAction: they set *out unless there is nothing to do. */
void model_send_side(struct model *m, ULONG room, struct model_action *out);
void model_receive_side(struct model *m, struct model_action *out);

/* Whether a pong would break a frame, or meet another one. */
static inline bool model_pong_is_barred(const struct model *m)
{
    return m->pong || m->several;
}

/* stop: the receive side waits until the pong is completed. */
void model_hand_out_pong(struct model *m, const struct peer_frame *ping, bool stop, struct model_action *out);

#endif
