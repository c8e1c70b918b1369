/*
 * A program's own functions, which are named like some inside the library, as those of many programs are. The library
 * has no business here: its own are others.
 */
#include <stdlib.h>

int ws_base64_encode(void);
int ws_frame_encode(void);
int ws_mask(void);
int ws_sha1(void);
int ws_status_text(void);
int ws_utf8_feed(void);

int ws_base64_encode(void)
{
    abort();
}

int ws_frame_encode(void)
{
    abort();
}

int ws_mask(void)
{
    abort();
}

int ws_sha1(void)
{
    abort();
}

int ws_status_text(void)
{
    abort();
}

int ws_utf8_feed(void)
{
    abort();
}
