/*
 * page.h - what a browser gets that asks this server for a page instead of a WebSocket: page.html, with which a
 * person can try the server. It is a part of the program and needs nothing beside it.
 */
#ifndef PAGE_H
#define PAGE_H

#include "net.h"

#include "http.h"
#include "wire.h"

/* A response on its way. */
struct page {
    char head[1024];
    struct net_part rest[2]; /* what is still to be written: of the head, of the body */
};

/* Is this GET one for a page? One that has anything of a WebSocket handshake is not. */
bool page_is_wanted(const struct http_head *request);

/* Makes the response to a GET or a HEAD. Returns its status, such as "200 OK". */
const char *page_answer(struct page *page, const struct http_head *request);

/* Writes what the socket takes. WIRE_DONE: that was all of it; WIRE_IDLE: call again when there is room. */
enum wire_result page_write(struct page *page, net_socket socket);

#endif
