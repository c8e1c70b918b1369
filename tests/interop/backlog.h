/*
 * backlog.h - bytes that wait for a socket. They were copied, so whoever had them has its memory back; and many
 * small pieces go out with one write.
 *
 * A backlog is a block of one size, and NULL is an empty one: who has nothing to write has no block.
 */
#ifndef BACKLOG_H
#define BACKLOG_H

#include "net.h"

/* As much as a server can have to answer to one read of ECHO_RECEIVE_BUFFER bytes. */
enum { BACKLOG_SIZE = 69632 };

struct backlog;

/* Copies parts behind what is there. False: nothing was done, for they do not fit or there is no memory. */
bool backlog_add(struct backlog **backlog, const struct net_part *parts, unsigned count);

/* What is to be written. */
struct net_part backlog_rest(const struct backlog *backlog);

/* The first so many bytes were written. */
void backlog_drop(struct backlog **backlog, size_t count);

/* Throws away what is there. */
void backlog_empty(struct backlog **backlog);

/* At the program's end: gives back the block that is kept for the next who needs one. */
void backlog_end(void);

#endif
