/*
 * accept_key.h - Sec-WebSocket-Accept, worked out without the library (RFC 6455, 4.2.2).
 */
#ifndef SUPPORT_ACCEPT_KEY_H
#define SUPPORT_ACCEPT_KEY_H

#define KEY_LENGTH    24
#define ACCEPT_LENGTH 28

/* The answer to a Sec-WebSocket-Key of KEY_LENGTH characters, ended by NUL. */
void accept_key(const char *key, char accept[ACCEPT_LENGTH + 1]);

#endif
