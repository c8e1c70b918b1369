/*
 * options.c - see options.h.
 */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../report.h"

static bool parse_size(size_t *to, const char *value)
{
    char *end;
    unsigned long size = strtoul(value, &end, 10);
    *to = size;
    return *value >= '0' && *value <= '9' && *end == '\0' && size > 0 && size <= 0x7fffffff;
}

bool options_parse(struct options *options, int argc, char **argv, int from)
{
    const struct terms usual = {.server_bits = TERMS_MOST_BITS, .client_bits = TERMS_MOST_BITS};
    options->terms = usual;
    options->limit = 4 * 1024 * 1024;
    for (int i = from; i < argc; i += 2) {
        const char *name = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";
        bool known = strcmp(name, "--fragment") == 0 ? parse_size(&options->fragment, value)
                     : strcmp(name, "--limit") == 0
                         ? parse_size(&options->limit, value)
                         : terms_parse(&options->terms, name, value) ||
                               buffer_sizes_parse(&options->buffer_sizes, name, value);
        if (!known) {
            fprintf(stderr, "options: [--server-forgets yes] [--client-forgets yes] [--server-bits 9-15]\n"
                            "         [--client-bits 9-15] [--fragment N] [--limit N] [--receive-buffer N]\n"
                            "         [--send-buffer N]\n");
            return false;
        }
    }
    return true;
}

bool options_open(const struct options *options, bool is_client, const struct http_head *head,
                  const struct terms *terms, struct session *session)
{
    session->fragment = options->fragment;
    session->message.limit = options->limit;
    session->reply.limit = options->limit * 2 + 1024; /* what cannot be compressed grows a little */
    session->wire.early = head->text + head->parsed;
    session->wire.early_size = head->size - head->parsed;
    report("", "compression: %s", terms != NULL ? "yes" : "no");
    if (terms == NULL)
        return true;
    session->compresses = true;
    return is_client ? codec_start(&session->codec, terms->client_bits, terms->client_forgets,
                                   terms->server_bits, terms->server_forgets)
                     : codec_start(&session->codec, terms->server_bits, terms->server_forgets,
                                   terms->client_bits, terms->client_forgets);
}
