/*
 * A session's queues without the session, and the steps that tests of them are made of. The peers' frames are
 * masked with the key 0, so that they can be read.
 */
#ifndef QUEUE_STEPS_H
#define QUEUE_STEPS_H

#include "session/action_queue.h"
#include "unit.h"

enum { RECEIVE_SIZE = 256, SEND_SIZE = 16 };
enum { RAW_FIRST = 0xC2 }; /* of send_raw's frames */
enum { SEND = WS_SIDE_SEND, RECEIVE = WS_SIDE_RECEIVE, ALL = WS_SIDE_ALL };

/* Operations are told apart by their contexts. */
extern uint8_t queue_contexts[8];
#define A ((void *)&queue_contexts[0])
#define B ((void *)&queue_contexts[1])
#define C ((void *)&queue_contexts[2])

extern uint8_t hello[5];

/* The queues that all steps work on; their areas are exact heap blocks. */
extern struct ws_action_queue queue;

void open_queue(enum ws_send_mode mode);
void close_queue(void);

/* For cmocka: the queues of a server or of a client, released after the test. */
int server(void **state);
int client(void **state);
int released(void **state);
#define TEST(name, role) cmocka_unit_test_setup_teardown(name, role, released)

/* Queue an operation, which must be taken. A close has the status 1000. */
void send_kind(enum ws_kind kind, uint8_t *bytes, uint32_t length, void *context);
void send_hello(void *context);
void send_raw(uint8_t *bytes, uint32_t length, void *context); /* an extension's frame */
void receive_into(uint8_t *bytes, uint32_t length, void *context);
void receive(void *context);

/* The next action, with room for 2 buffers or for `room`, must be of this type. It is left outstanding. */
struct ws_action next(unsigned sides, enum ws_action_type type);
struct ws_action next_with(unsigned sides, uint32_t room, enum ws_action_type type);
void expect_none(unsigned sides);

/* Completes an action with the sum of its buffers, or with another count. */
void complete(const struct ws_action *action);
void complete_with(const struct ws_action *action, uint32_t bytes);

/* These bytes come from the network; an operation waits for them and the read is not asked for yet. */
void arrive(const void *bytes, uint32_t size);
#define ARRIVE(literal) arrive(literal, sizeof(literal) - 1)

/* The next action is this indication; it is completed. */
void expect_indicated(unsigned sides, enum ws_action_type type, void *context);
void expect_cancelled(unsigned sides, void *context);

/* The receive side fails with this close status. */
void expect_failure(unsigned sides, uint16_t status);

/* A server's pong with this payload; left outstanding. */
struct ws_action expect_pong(unsigned sides, const char *payload);

/* A ping of a client with the payload x or y. */
#define PING_X "\x89\x81\0\0\0\0x"
#define PING_Y "\x89\x81\0\0\0\0y"
enum { PING_SIZE = sizeof PING_X - 1 };

/*
 * A server's frame of two actions, the operation B, is begun: its header is handed out, with room for one
 * buffer. Then a ping comes for the operation A, is held, and A reads on: *read.
 */
struct ws_action ping_inside_a_frame(const char *ping_frame, uint32_t size, struct ws_action *read);

/* Completes the header and the payload of such a frame. */
void finish_frame(const struct ws_action *header);

#endif
