/*
 * system.h - what differs between systems besides sockets: command lines, file names, memory that is not needed, and
 * where a library was loaded from.
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

/*
 * Memory that was allocated and not written to costs nothing. This keeps it so where the system might give large
 * pages to a program, and with them much more than it writes to. Call once, before there are threads.
 */
void system_start_sparse(void);

/* What is in this memory is not needed. The system may have its whole pages back until something is written there. */
void system_forget(void *memory, size_t size);

/* The file that the running WebSocket functions were loaded from, or what is known instead. */
void system_library_path(char *path, size_t room);

#endif
