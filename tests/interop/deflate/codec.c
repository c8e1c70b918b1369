/*
 * codec.c - see codec.h. What comes out is counted before there is memory for it, so a small message that
 * expands into a huge one costs no more than the limit.
 */
#include "codec.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* RFC 7692, 7.2.1: the end of a flushed block, which is left out on the wire. */
static const uint8_t tail[] = {0x00, 0x00, 0xff, 0xff};

/* Room for at least one more byte. One past the limit is allowed: it shows that the limit was not enough. */
static enum codec_result grow(struct bytes *bytes)
{
    if (bytes->size < bytes->room)
        return CODEC_DONE;
    if (bytes->size > bytes->limit)
        return CODEC_TOO_LARGE;
    size_t room = bytes->room < bytes->limit / 2 ? bytes->room * 2 + 256 : bytes->limit + 1;
    uint8_t *at = realloc(bytes->at, room);
    if (at == NULL)
        return CODEC_NO_MEMORY;
    bytes->at = at;
    bytes->room = room;
    return CODEC_DONE;
}

enum codec_result bytes_append(struct bytes *to, const void *from, size_t size)
{
    const uint8_t *next = from;
    while (size > 0) {
        enum codec_result result = grow(to);
        if (result != CODEC_DONE)
            return result;
        size_t step = size < to->room - to->size ? size : to->room - to->size;
        memcpy(to->at + to->size, next, step);
        to->size += step;
        next += step;
        size -= step;
    }
    return to->size > to->limit ? CODEC_TOO_LARGE : CODEC_DONE;
}

bool codec_start(struct codec *codec, int out_bits, bool out_forgets, int in_bits, bool in_forgets)
{
    memset(codec, 0, sizeof *codec);
    codec->out_forgets = out_forgets;
    codec->in_forgets = in_forgets;
    /* Negative: without zlib's own header. Peers that use zlib compress with 9 where 8 was agreed upon. */
    return inflateInit2(&codec->in, in_bits < 9 ? -9 : -in_bits) == Z_OK &&
           deflateInit2(&codec->out, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -out_bits, 8, Z_DEFAULT_STRATEGY) ==
               Z_OK;
}

void codec_end(struct codec *codec)
{
    deflateEnd(&codec->out);
    inflateEnd(&codec->in);
}

/* Gives zlib room behind what is there already, and takes what it wrote. */
static enum codec_result step(z_stream *stream, int (*work)(z_stream *, int), struct bytes *to, int *status)
{
    enum codec_result result = grow(to);
    if (result != CODEC_DONE)
        return result;
    size_t room = to->room - to->size;
    stream->next_out = to->at + to->size;
    stream->avail_out = room < UINT_MAX ? (unsigned)room : UINT_MAX;
    unsigned offered = stream->avail_out;
    *status = work(stream, Z_SYNC_FLUSH);
    to->size += offered - stream->avail_out;
    return to->size > to->limit ? CODEC_TOO_LARGE : CODEC_DONE;
}

enum codec_result codec_compress(struct codec *codec, const struct bytes *message, struct bytes *to)
{
    if (message->size == 0) /* there is nothing that zlib could flush (RFC 7692, 7.2.3.6) */
        return bytes_append(to, tail, 1);
    codec->out.next_in = message->at;
    codec->out.avail_in = (unsigned)message->size;
    enum codec_result result = CODEC_DONE;
    int status;
    do /* zlib has more to say as long as it fills all the room that it gets */
        result = step(&codec->out, deflate, to, &status);
    while (result == CODEC_DONE && codec->out.avail_out == 0);
    if (result != CODEC_DONE)
        return result;
    to->size -= sizeof tail;
    if (codec->out_forgets)
        deflateReset(&codec->out);
    return CODEC_DONE;
}

enum codec_result codec_expand(struct codec *codec, const void *piece, size_t size, struct bytes *to)
{
    z_stream *in = &codec->in;
    in->next_in = piece;
    in->avail_in = (unsigned)size;
    do {
        int status;
        enum codec_result result = step(in, inflate, to, &status);
        if (result != CODEC_DONE)
            return result;
        if (status ==
            Z_STREAM_END) /* a last block, after which another stream may begin (RFC 7692, 7.2.3.4) */
            inflateReset(in);
        else if (status != Z_OK && status != Z_BUF_ERROR)
            return status == Z_MEM_ERROR ? CODEC_NO_MEMORY : CODEC_BROKEN;
    } while (in->avail_in > 0 || in->avail_out == 0);
    return CODEC_DONE;
}

enum codec_result codec_expand_end(struct codec *codec, struct bytes *to)
{
    enum codec_result result = codec_expand(codec, tail, sizeof tail, to);
    if (result == CODEC_DONE && codec->in_forgets)
        inflateReset(&codec->in);
    return result;
}
