/*
 * Running valgrind. callgrind counts only while one of the library's functions runs, and says at its end
 * how much that was.
 */
#define _GNU_SOURCE /* fork, readlink and fdopen under -std=c11 */

#include "instructions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "basics.h"

enum { ARGUMENTS_MAX = 24, NUMBER_SIZE = 24 };

/* This program's own file; it would be valgrind's if valgrind asked. */
static const char *own_path(void)
{
    static char path[4096];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
    if (size <= 0)
        bench_die("cannot find this program's file");
    path[size] = '\0';
    return path;
}

/* In the new process: become valgrind. */
static _Noreturn void become_valgrind(const struct options *options, const char *program)
{
    char payload[NUMBER_SIZE], chunk[NUMBER_SIZE], buffer[NUMBER_SIZE], repeat[NUMBER_SIZE];
    snprintf(payload, sizeof payload, "%zu", options->payload);
    snprintf(chunk, sizeof chunk, "%zu", options->chunk);
    snprintf(buffer, sizeof buffer, "%zu", options->receive_buffer);
    snprintf(repeat, sizeof repeat, "%u", options->repeat);
    const char *memory = options->memory == MEMORY_CALLER ? "caller" : "library";
    execlp("valgrind", "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
           "--toggle-collect=WebSocket*", program, "--run", repeat, "--workload", options->workload->name,
           "--payload", payload, "--chunk", chunk, "--memory", memory, "--receive-buffer", buffer,
           options->quick ? "--short" : (char *)NULL, (char *)NULL);
    perror("valgrind");
    _exit(EXIT_FAILURE);
}

/* Valgrind's messages, to be read to their end. */
static FILE *start_valgrind(const struct options *options, pid_t *child)
{
    const char *program = own_path();
    int ends[2];
    if (pipe(ends) != 0 || (*child = fork()) < 0)
        bench_die("cannot start another process");
    if (*child == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        become_valgrind(options, program);
    }
    close(ends[1]);
    FILE *messages = fdopen(ends[0], "r");
    if (!messages)
        bench_die("cannot read from another process");
    return messages;
}

uint64_t instructions_count(const struct options *options)
{
    pid_t child;
    FILE *messages = start_valgrind(options, &child);
    char line[512];
    uint64_t collected = 0;
    while (fgets(line, sizeof line, messages)) {
        const char *figure = strstr(line, "Collected : ");
        if (figure)
            collected = strtoull(figure + sizeof "Collected : " - 1, NULL, 10);
    }
    fclose(messages);
    int status;
    if (waitpid(child, &status, 0) != child || status != 0 || collected == 0)
        bench_die("valgrind did not count; is it installed?");
    return collected;
}
