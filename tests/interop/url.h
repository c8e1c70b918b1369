/*
 * url.h - takes a WebSocket address apart (RFC 6455, 3).
 */
#ifndef URL_H
#define URL_H

#include <stdbool.h>

struct url {
    char host[256];      /* for net_connect: "example.org", "127.0.0.1", "::1" */
    char port[6];        /* "80" if the address has none */
    char authority[272]; /* for the Host header, as written: "example.org:8080", "[::1]" */
    char target[2048];   /* for the request line: "/chat?room=1" */
};

/* False: not ws://host[:port][/path][?query], or too long. Nothing in it can end a line of the request. */
bool url_parse(const char *text, struct url *url);

#endif
