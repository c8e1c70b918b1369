/*
 * server.h - the server under load, a process of its own: started, watched from outside, stopped.
 */
#ifndef LOAD_SERVER_H
#define LOAD_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct server {
    pid_t process;
    int output;
    uint16_t port;    /* on 127.0.0.1 */
    double processor; /* after server_stop: seconds of processor time that it took */
};

/**
 * Starts the program and waits until it listens. descriptors: as many as it may have; 0 for as many as this
 * process may. False: it did not start, which has been said.
 */
bool server_start(struct server *server, const char *program, unsigned descriptors);

/** The same with a command of several words, up to NULL. */
bool server_start_command(struct server *server, char *const command[], unsigned descriptors);

/** Interrupts it. False, and said, unless it ends with 0. */
bool server_stop(struct server *server);

/** Kibibytes of memory that it has just now; 0 when it is gone. */
long server_memory(const struct server *server);

/** Seconds of processor time that it has taken so far. */
double server_processor(const struct server *server);

/** Descriptors that it has open just now; 0 when it is gone. */
unsigned server_descriptors(const struct server *server);

#endif
