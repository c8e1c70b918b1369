/*
 * client_options.h - the command line of the echo client.
 */
#ifndef CLIENT_OPTIONS_H
#define CLIENT_OPTIONS_H

#include "buffer_sizes.h"
#include "url.h"

enum { CLIENT_MESSAGES = 32, CLIENT_SUBPROTOCOLS = 8 };

struct client_message {
    WEB_SOCKET_BUFFER_TYPE type;
    BYTE *bytes; /* of the command line, or of the heap for a file */
    ULONG size;
};

struct client_options {
    struct url url;
    struct client_message messages[CLIENT_MESSAGES]; /* sent in the order of the command line */
    ULONG message_count;
    unsigned long repeat; /* how many times all of them are sent */
    PCSTR subprotocols[CLIENT_SUBPROTOCOLS];
    ULONG subprotocol_count;
    struct buffer_sizes buffer_sizes;
    USHORT close_status;
    bool ping;
    bool echo; /* send back what the server sends, nothing of our own */
};

/* False: the command line makes no sense, or a file cannot be read; it was said on standard error. */
bool client_options_parse(struct client_options *options, int argc, char **argv);

#endif
