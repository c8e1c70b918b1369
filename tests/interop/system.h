/*
 * system.h - what differs between systems besides sockets: command lines, file names, and where a library was
 * loaded from.
 */
#ifndef SYSTEM_H
#define SYSTEM_H

#include <stddef.h>
#include <stdio.h>

/*
 * The command line as UTF-8, which WebSocket text must be. Windows gives main its arguments in an older
 * encoding that cannot say everything. Lives as long as the program; NULL if memory is short.
 */
char **system_arguments(int *argc, char **argv);

/* Opens a file, named in UTF-8, for reading bytes. */
FILE *system_open(const char *name);

/* The file that the running WebSocket functions were loaded from, or what is known instead. */
void system_library_path(char *path, size_t room);

#endif
