/*
 * second_opinion.h - wslay, another implementation of RFC 6455, asked about a stream of frames.
 *
 * Where it is not of our opinion (Debian's wslay 1.1.1), and what is compared there:
 *
 *   Extensions, unmasked frames to a server, text that is not verified: wslay knows one reserved bit and no
 *     way to allow the rest. Such streams are not shown to it.
 *   The place of a header's violation: wslay judges FIN and length of a control frame at the second byte, an
 *     extended length when it has all of it, and the reserved bits, the opcode, the mask bit and the order of
 *     frames when it has the header and, if there is payload, its first byte. We judge at the first byte that
 *     shows it, as section 6 of our specification demands. So its refusal may come later, up to one byte
 *     behind the header.
 *   The status of a header's violation: a broken control frame or length makes wslay end with an error code
 *     and without a status.
 *   Large messages: wslay refuses those above a limit with 1009; we have none. It allocates what a header
 *     announces, so the limit is small here, and a stream with a larger message is not compared.
 *   A close frame's body: wslay looks at it when the frame is complete, and at the reason before the status;
 *     we, again, at the first wrong byte. So the refusal comes at the frame's end and may be 1007.
 *   The statuses 1012 to 1014, registered with IANA after RFC 6455, and those from 5000 on, which are outside of its
 *     ranges: wslay refuses them, our specification has them.
 *   A close frame's body of one byte, which RFC 6455, 5.5.1, does not allow: wslay takes it as no status.
 *   A close frame's reason that comes in another read than its status: wslay does not verify it. So a close
 *     frame's payload is given to it at once.
 */
#ifndef FUZZ_SECOND_OPINION_H
#define FUZZ_SECOND_OPINION_H

#include "reference_decoder.h"

/*
 * Claims that wslay sees in the stream what the reference decoder saw: the same messages, whole, and the same
 * end at the same byte. server: the stream goes to one, and its frames are masked.
 */
void second_opinion_compare(const uint8_t *bytes, size_t size, bool server,
                            const struct reference *reference);

#endif
