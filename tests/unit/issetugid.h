/*
 * What <unistd.h> says on the BSDs and macOS: the program has, or had, other rights than the user who started it.
 */
#ifndef ISSETUGID_H
#define ISSETUGID_H

int issetugid(void);

#endif
