/*
 * pipe.h - bytes on their way from one thread to another: one direction of a connection.
 *
 * Nothing here asserts. A pipe is freed when no thread uses it any more. A thread that waits in vain for
 * longer than PIPE_PATIENCE finds the pipe closed.
 */
#ifndef API_PIPE_H
#define API_PIPE_H

#include <stdbool.h>
#include <stddef.h>

#define PIPE_PATIENCE 30 /* seconds */

struct pipe;

/* A pipe that holds up to `room` bytes. */
struct pipe *pipe_create(size_t room);
void pipe_free(struct pipe *pipe);

/* Writes all of the bytes, and waits while the pipe is full. False: it was closed. */
bool pipe_write(struct pipe *pipe, const void *bytes, size_t size);

/* Waits for bytes, and reads up to `room` of them. 0: the pipe was closed, and all that was written is read.
 */
size_t pipe_read(struct pipe *pipe, void *to, size_t room);

/* The number of bytes that were written and not yet read. */
size_t pipe_waiting(struct pipe *pipe);

/* Ends the pipe for both sides. */
void pipe_close(struct pipe *pipe);
bool pipe_is_open(struct pipe *pipe);

#endif
