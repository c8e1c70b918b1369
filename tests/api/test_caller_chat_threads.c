/*
 * A chat server with a pool of threads, on our library. Every thread asks for the actions of every session, and each
 * session has a read and a write outstanding while others ask. The talkers check all that they hear.
 */
#include "api_tests.h"

#include "caller_chat.h"
#include "caller_chat_peer.h"
#include "play.h"

#define PEER_ROOM 200 /* so little that a message takes its time */

/* A room, and the members' ends of the connections. Members that do not talk come behind the talkers. */
struct chat {
    struct chat_room room;
    struct chat_peer peers[CHAT_MEMBERS_MAX];
    struct thread threads[CHAT_MEMBERS_MAX];
    size_t talkers;
};

static void talk(void *peer)
{
    chat_peer_talk(peer);
}

static struct chat *open_chat(size_t talkers, size_t others)
{
    struct chat *chat = (struct chat *)(void *)heap_block(sizeof *chat);

    memset(chat, 0, sizeof *chat);
    chat->talkers = talkers;
    chat_open(&chat->room, talkers + others, PEER_ROOM);
    for (size_t i = 0; i < talkers + others; i++) {
        chat->peers[i].to_server = chat->room.members[i].from_peer;
        chat->peers[i].from_server = chat->room.members[i].to_peer;
        chat->peers[i].number = i;
        chat->peers[i].talkers = talkers;
    }
    return chat;
}

/* Lets the talkers talk until each of them has closed. */
static void start_talk(struct chat *chat)
{
    for (size_t i = 0; i < chat->talkers; i++)
        thread_start(&chat->threads[i], talk, &chat->peers[i]);
}

static void end_talk(struct chat *chat)
{
    for (size_t i = 0; i < chat->talkers; i++)
        thread_join(&chat->threads[i]);
}

/* Every operation has come back once, every handle is gone, and the talkers have heard all. */
static void close_chat(struct chat *chat)
{
    const struct chat_room *room = &chat->room;

    chat_close(&chat->room);
    assert_that(room->violation == NULL, "%s", room->violation);
    for (size_t i = 0; i < room->count; i++) {
        const struct chat_member *member = &room->members[i];

        assert_true(member->is_deleted);
        assert_that(member->sends_indicated == member->sends_queued, "member %u: of %u sends %u came back",
                    (unsigned)i, member->sends_queued, member->sends_indicated);
        assert_that(member->receives_indicated == member->receives_queued,
                    "member %u: of %u receives %u came back", (unsigned)i, member->receives_queued,
                    member->receives_indicated);
    }
    for (size_t i = 0; i < chat->talkers; i++) {
        const struct chat_peer *peer = &chat->peers[i];

        assert_that(peer->fault[0] == '\0', "member %u: %s", (unsigned)i, peer->fault);
        assert_true(peer->has_close);
        assert_true(peer->pongs >= 1);
        for (size_t talker = 0; talker < chat->talkers; talker++)
            assert_int_equal(peer->heard[talker], CHAT_MESSAGES);
    }
}

/* ---- Peers that behave ---- */

static void all_hear_what_each_one_says(void)
{
    struct chat *chat = open_chat(3, 0);

    start_talk(chat);
    end_talk(chat);
    close_chat(chat);
}

/* ---- Peers that do not ---- */

static void send_stream(struct chat *chat, size_t member, const struct stream *bytes)
{
    pipe_write(chat->peers[member].to_server, bytes->bytes, bytes->size);
}

static void hang_up(struct chat *chat, size_t member)
{
    pipe_close(chat->peers[member].to_server);
    pipe_close(chat->peers[member].from_server);
}

/* All of them at once, beside two talkers who notice nothing. */
static void what_others_do_wrong_disturbs_nobody(void)
{
    struct chat *chat = open_chat(2, 5);
    struct stream bytes[7];

    memset(bytes, 0, sizeof bytes);
    for (size_t i = 2; i < 7; i++)
        stream_frame(&bytes[i], ROLE_SERVER, FIN | OP_PING, "first of all", 12);
    stream_bytes(&bytes[3], "\x81\xFE\x10", 3); /* the beginning of a frame */
    stream_frame(&bytes[4], ROLE_SERVER, OP_TEXT, "begun", 5);
    stream_close(&bytes[4], ROLE_SERVER, 1001, NULL);
    stream_bytes(&bytes[5], "\xFF\xFF", 2);
    for (unsigned i = 0; i < 100; i++)
        stream_frame(&bytes[6], ROLE_SERVER, FIN | OP_PING, "and reads none of the pongs", 27);

    start_talk(chat);
    for (size_t i = 2; i < 7; i++)
        send_stream(chat, i, &bytes[i]);
    hang_up(chat, 2); /* while the read is outstanding, and perhaps the pong */
    hang_up(chat, 3); /* in the middle of a frame */
    end_talk(chat);
    hang_up(chat, 4); /* it has not read the answer to its close */
    hang_up(chat, 6);
    close_chat(chat);
}

/* A write is stuck, a read waits, and more is queued: all of that comes back. */
static void members_are_thrown_out_while_others_talk(void)
{
    struct chat *chat = open_chat(2, 3);

    chat_throw_out(&chat->room, 2);
    start_talk(chat);
    chat_throw_out(&chat->room, 3);
    end_talk(chat);
    chat_throw_out(&chat->room, 4);
    chat_throw_out(&chat->room, 4);
    close_chat(chat);
    assert_true(chat->room.members[4].sends_queued == 2 * CHAT_MESSAGES);
}

const struct api_case caller_chat_threads_cases[] = {
    API_CASE(RULE_APPS, all_hear_what_each_one_says),
    API_CASE(RULE_APPS, what_others_do_wrong_disturbs_nobody),
    API_CASE(RULE_APPS, members_are_thrown_out_while_others_talk),
    API_CASES_END,
};
