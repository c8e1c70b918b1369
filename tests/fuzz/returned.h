/*
 * returned.h - what the library returns from a handshake's Begin: exactly the headers of the specification's
 * section 4, byte for byte, each name and value with its length and a NUL, no control byte anywhere.
 */
#ifndef FUZZ_RETURNED_H
#define FUZZ_RETURNED_H

#include "judge.h"

#include <stdint.h>

/* Checks a client's headers. accept[29] becomes what a server must answer to the key among them. */
void returned_check_client(struct judge_headers returned, const struct judge_offer *offer, char *accept);

/* Checks a server's headers; accept: the right answer to its client's key. The subprotocol may be NULL or ""
 * for none. */
void returned_check_server(struct judge_headers returned, const char *accept, PCSTR subprotocol,
                           PCSTR *extensions, ULONG extension_count);

/* A number that changes when anything of the headers does: pointers, lengths, bytes. */
uint64_t returned_sum(struct judge_headers returned);

#endif
