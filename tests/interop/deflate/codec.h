/*
 * codec.h - the two directions of permessage-deflate's compression (RFC 7692, section 7.2), done by zlib.
 */
#ifndef CODEC_H
#define CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ZLIB_CONST /* what is only read is const */
#include <zlib.h>

/* Memory that grows up to a limit. Start with zeros and the limit; free bytes.at in the end. */
struct bytes {
    uint8_t *at;
    size_t size;
    size_t room;
    size_t limit;
};

enum codec_result {
    CODEC_DONE,
    CODEC_BROKEN,    /* this is not compressed data */
    CODEC_TOO_LARGE, /* the limit is reached */
    CODEC_NO_MEMORY
};

enum codec_result bytes_append(struct bytes *to, const void *from, size_t size);

struct codec {
    z_stream out;
    z_stream in;
    bool out_forgets; /* each message is compressed on its own */
    bool in_forgets;
};

/* False: memory is short. codec_end is right in any case. */
bool codec_start(struct codec *codec, int out_bits, bool out_forgets, int in_bits, bool in_forgets);
void codec_end(struct codec *codec);

/* Compresses a whole message. */
enum codec_result codec_compress(struct codec *codec, const struct bytes *message, struct bytes *to);

/* Expands a piece of a message, as it comes; after the last one, codec_expand_end. Stops at the limit of to. */
enum codec_result codec_expand(struct codec *codec, const void *piece, size_t size, struct bytes *to);
enum codec_result codec_expand_end(struct codec *codec, struct bytes *to);

#endif
