/*
 * Unmasking and verifying in turn, see text.h, piece by piece: so the bytes are still in the processor's nearest
 * cache when they are looked at again. ASCII is recognised while it is unmasked and needs no second look.
 */
#include "frames/text.h"

#include "kernels/mask.h"

#define PIECE 16384u /* a multiple of the key's size, so that every piece begins with the same key */

bool ws_text_unmask(struct ws_utf8 *utf8, uint8_t *to, const uint8_t *from, size_t count, uint32_t key)
{
    bool unchanged = key == 0 && to == from;
    for (size_t piece; count > 0; to += piece, from += piece, count -= piece) {
        piece = count < PIECE ? count : PIECE;
        bool ascii = !unchanged && ws_mask(to, from, piece, key);
        if (!(ascii && ws_utf8_at_boundary(utf8)) && !ws_utf8_feed(utf8, to, piece))
            return false;
    }
    return true;
}
