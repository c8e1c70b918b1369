/*
 * See server.h. Memory and descriptors are asked of Linux' /proc.
 */
#define _GNU_SOURCE /* wait4, prctl, pipe2 */

#include "server.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static bool failed(const char *why)
{
    printf("load: failed: the server: %s\n", why);
    return false;
}

/* In the new process. Whatever ends the load generator, its server does not stay behind. */
static _Noreturn void become(char *const command[], int output, unsigned descriptors)
{
    struct rlimit limit = {descriptors, descriptors};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (descriptors == 0 || setrlimit(RLIMIT_NOFILE, &limit) == 0) {
        dup2(output, STDOUT_FILENO);
        execvp(command[0], command);
    }
    _exit(127);
}

/* Reads the first line, which says where it listens. */
static bool read_port(struct server *server)
{
    char line[256];
    size_t size = 0;
    while (size + 1 < sizeof line && read(server->output, line + size, 1) == 1 && line[size] != '\n')
        size++;
    line[size] = '\0';
    static const char says[] = "listening on 127.0.0.1:";
    if (strncmp(line, says, sizeof says - 1) != 0)
        return failed("it does not say where it listens");
    server->port = (uint16_t)strtoul(line + sizeof says - 1, NULL, 10);
    return true;
}

bool server_start(struct server *server, const char *program, unsigned descriptors)
{
    char *const command[] = {(char *)(uintptr_t)program, NULL};
    return server_start_command(server, command, descriptors);
}

bool server_start_command(struct server *server, char *const command[], unsigned descriptors)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return failed("there is no pipe to it");
    fflush(stdout);
    server->output = ends[0];
    server->process = fork();
    if (server->process == 0)
        become(command, ends[1], descriptors);
    close(ends[1]);
    return server->process > 0 ? read_port(server) : failed("no process for it");
}

bool server_stop(struct server *server)
{
    int status = 0;
    struct rusage usage;
    pid_t ended = 0;
    kill(server->process, SIGINT);
    for (int i = 0; ended == 0 && i < 3000; i++) {
        nanosleep(&(struct timespec){0, 10000000}, NULL);
        ended = wait4(server->process, &status, WNOHANG, &usage);
    }
    close(server->output);
    if (ended != server->process) {
        kill(server->process, SIGKILL);
        return failed("it does not stop");
    }
    server->processor = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                        (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? true : failed("it did not end with 0");
}

long server_memory(const struct server *server)
{
    char line[256];
    long kibibytes = 0;
    snprintf(line, sizeof line, "/proc/%d/status", (int)server->process);
    FILE *file = fopen(line, "r");
    if (file == NULL)
        return 0;
    while (kibibytes == 0 && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, "VmRSS:", 6) == 0)
            kibibytes = strtol(line + 6, NULL, 10);
    fclose(file);
    return kibibytes;
}

double server_processor(const struct server *server)
{
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(server->process, &clock) != 0 || clock_gettime(clock, &time) != 0)
        return 0;
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

unsigned server_descriptors(const struct server *server)
{
    char path[64];
    unsigned count = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", (int)server->process);
    DIR *folder = opendir(path);
    if (folder == NULL)
        return 0;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}
