/*
 * options.h - the command line that both programs have.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "session.h"

#include "../buffer_sizes.h"
#include "../http.h"

struct options {
    struct terms terms; /* what this end wants */
    struct buffer_sizes buffer_sizes;
    size_t fragment;
    size_t limit; /* bytes of the longest message, expanded */
};

/* Takes argv[from] and what follows. False: it makes no sense, which was said on standard error. */
bool options_parse(struct options *options, int argc, char **argv, int from);

/*
 * Makes the handshake's result a session: the first bytes may have come with it; terms is what both agreed upon,
 * or NULL for no compression. False: memory is short. session_end is right in any case.
 */
bool options_open(const struct options *options, bool is_client, const struct http_head *head,
                  const struct terms *terms, struct session *session);

#endif
