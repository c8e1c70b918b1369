/*
 * Processes that run this program, on Windows and elsewhere. The output comes through a pipe; the end is the
 * process's own, not the pipe's, which a grandchild could hold open.
 */
#ifndef _WIN32
#define _DEFAULT_SOURCE /* sysconf's _SC_NPROCESSORS_ONLN */
#endif

#include "process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUTPUT_MAX    65535u
#define ARGUMENTS_MAX 16
#define ATTEMPTS      20

#ifdef _WIN32

#include <windows.h>

#define EXCEPTION_MARK  "\n@exception@ "
#define MISSING_IN_WINE 0x80000100u

struct process {
    HANDLE handle;
    HANDLE pipe;
    ULONGLONG started;
    size_t size;
    char output[OUTPUT_MAX + 1];
};

static const struct {
    DWORD code;
    const char *name;
} exceptions[] = {
    {MISSING_IN_WINE, "a function that is missing in Wine"},
    {EXCEPTION_ACCESS_VIOLATION, "access violation"},
    {EXCEPTION_ILLEGAL_INSTRUCTION, "illegal instruction"},
    {EXCEPTION_INT_DIVIDE_BY_ZERO, "division by zero"},
    {EXCEPTION_STACK_OVERFLOW, "stack overflow"},
    {0xC0000374u, "damaged heap"},
    {0xC0000409u, "ended itself at once"},
};

/* Windows knows it. */
void process_name(const char *name)
{
    (void)name;
}

/*
 * The command line of the arguments, each in quotation marks. They are options, names of cases, numbers, and
 * the name of a file, in none of which Windows allows a quotation mark. False if it gets too long.
 */
static bool make_command(char *command, size_t size, const char *program, const char *const *arguments)
{
    int length = snprintf(command, size, "\"%s\"", program);

    for (; *arguments != NULL && length > 0 && (size_t)length < size; arguments++)
        length += snprintf(command + length, size - (size_t)length, " \"%s\"", *arguments);
    return length > 0 && (size_t)length < size;
}

static bool start(struct process *process, const char *const *arguments, bool quiet)
{
    SECURITY_ATTRIBUTES inherit = {.nLength = sizeof inherit, .bInheritHandle = TRUE};
    STARTUPINFOA startup = {.cb = sizeof startup, .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION information;
    char program[MAX_PATH];
    char command[8192];
    DWORD length = GetModuleFileNameA(NULL, program, sizeof program);
    HANDLE nothing;
    BOOL started;

    if (length == 0 || length == sizeof program ||
        !make_command(command, sizeof command, program, arguments) ||
        !CreatePipe(&process->pipe, &startup.hStdOutput, &inherit, OUTPUT_MAX))
        return false;
    SetHandleInformation(process->pipe, HANDLE_FLAG_INHERIT, 0);
    nothing = CreateFileA("NUL", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherit,
                          OPEN_EXISTING, 0, NULL);
    startup.hStdInput = nothing;
    startup.hStdError = quiet ? nothing : GetStdHandle(STD_ERROR_HANDLE);

    started = CreateProcessA(program, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &information);
    CloseHandle(nothing);
    CloseHandle(startup.hStdOutput);
    if (!started) {
        CloseHandle(process->pipe);
        return false;
    }
    CloseHandle(information.hThread);
    process->handle = information.hProcess;
    process->started = GetTickCount64();
    return true;
}

/* Reads at most `size` bytes of what lies in the pipe; 0 if there is nothing. */
static size_t read_some(struct process *process, char *bytes, size_t size)
{
    DWORD there = 0, count = 0;

    if (!PeekNamedPipe(process->pipe, NULL, 0, NULL, &there, NULL) || there == 0)
        return 0;
    return ReadFile(process->pipe, bytes, (DWORD)size, &count, NULL) ? count : 0;
}

static bool has_ended(struct process *process)
{
    return WaitForSingleObject(process->handle, 0) == WAIT_OBJECT_0;
}

void process_stop(struct process *process)
{
    TerminateProcess(process->handle, 1);
    WaitForSingleObject(process->handle, INFINITE);
}

unsigned long process_age(const struct process *process)
{
    return (unsigned long)(GetTickCount64() - process->started);
}

/* A process that dies of an exception has the exception's code as its exit code. */
void process_describe_end(const struct process *process, char *text, size_t size)
{
    const char *mark = strstr(process->output, EXCEPTION_MARK);
    DWORD code = 1;

    GetExitCodeProcess(process->handle, &code);
    if (mark != NULL)
        code = strtoul(mark + strlen(EXCEPTION_MARK), NULL, 16);
    if (code == 0) {
        text[0] = '\0';
    } else if (code < 0x80000000u || code == 0xFFFFFFFFu) {
        snprintf(text, size, "ended with exit code %ld", (long)code);
    } else {
        snprintf(text, size, "ended with exception 0x%08lX", code);
        for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++) {
            if (exceptions[i].code == code) {
                size_t length = strlen(text);

                snprintf(text + length, size - length, " (%s)", exceptions[i].name);
            }
        }
    }
}

void process_free(struct process *process)
{
    CloseHandle(process->handle);
    CloseHandle(process->pipe);
    free(process);
}

void process_pause(void)
{
    Sleep(5);
}

unsigned process_capacity(void)
{
    SYSTEM_INFO information;

    GetSystemInfo(&information);
    return information.dwNumberOfProcessors;
}

/* Writes the code to the pipe as well, where it cannot be taken for an exit code that the process chose. */
static LONG WINAPI end_with_code(EXCEPTION_POINTERS *exception)
{
    DWORD code = exception->ExceptionRecord->ExceptionCode;
    DWORD written;
    char text[64];
    int length = snprintf(text, sizeof text, EXCEPTION_MARK "%08lX\n", code);

    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), text, (DWORD)length, &written, NULL);
    TerminateProcess(GetCurrentProcess(), code);
    return EXCEPTION_EXECUTE_HANDLER;
}

/* The stack below Wine's stub of a missing function cannot always be unwound, and then no filter is asked. */
static LONG WINAPI end_at_missing_function(EXCEPTION_POINTERS *exception)
{
    if (exception->ExceptionRecord->ExceptionCode != MISSING_IN_WINE)
        return EXCEPTION_CONTINUE_SEARCH;
    return end_with_code(exception);
}

void process_expect_crash(void)
{
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
    SetUnhandledExceptionFilter(end_with_code);
    AddVectoredExceptionHandler(TRUE, end_at_missing_function);
}

#else

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct process {
    pid_t id;
    int pipe;
    bool ended;
    int status;
    struct timespec started;
    size_t size;
    char output[OUTPUT_MAX + 1];
};

extern char **environ; /* no header of POSIX has it */

static const char *own_name;

void process_name(const char *name)
{
    own_name = name;
}

static bool spawn(struct process *process, const char *const *arguments, int output, bool quiet)
{
    static char name[] = "api_tests";
    char *copies[ARGUMENTS_MAX + 2] = {name};
    posix_spawn_file_actions_t actions;
    int error;

    for (size_t i = 0; i < ARGUMENTS_MAX && arguments[i] != NULL; i++)
        memcpy(&copies[i + 1], &arguments[i], sizeof copies[0]);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (quiet)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    error = posix_spawnp(&process->id, own_name, &actions, NULL, copies, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error == 0;
}

static bool start(struct process *process, const char *const *arguments, bool quiet)
{
    int ends[2];
    bool started;

    if (pipe(ends) != 0)
        return false;
    process->pipe = ends[0];
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    clock_gettime(CLOCK_MONOTONIC, &process->started);
    started = spawn(process, arguments, ends[1], quiet);
    close(ends[1]);
    if (!started)
        close(ends[0]);
    return started;
}

/* Reads at most `size` bytes of what lies in the pipe; 0 if there is nothing. */
static size_t read_some(struct process *process, char *bytes, size_t size)
{
    ssize_t count = read(process->pipe, bytes, size);

    return count > 0 ? (size_t)count : 0;
}

static bool has_ended(struct process *process)
{
    if (!process->ended)
        process->ended = waitpid(process->id, &process->status, WNOHANG) == process->id;
    return process->ended;
}

void process_stop(struct process *process)
{
    kill(process->id, SIGKILL);
    while (!process->ended && (waitpid(process->id, &process->status, 0) == process->id || errno != EINTR))
        process->ended = true;
}

unsigned long process_age(const struct process *process)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned long)((now.tv_sec - process->started.tv_sec) * 1000 +
                           (now.tv_nsec - process->started.tv_nsec) / 1000000);
}

void process_describe_end(const struct process *process, char *text, size_t size)
{
    int status = process->status; /* macOS' macros want one that may be written to */

    if (WIFSIGNALED(status)) {
        int number = WTERMSIG(status);

        snprintf(text, size, "ended with signal %d (%s)", number, strsignal(number));
    } else if (WEXITSTATUS(status) != 0) {
        snprintf(text, size, "ended with exit code %d", WEXITSTATUS(status));
    } else {
        text[0] = '\0';
    }
}

void process_free(struct process *process)
{
    close(process->pipe);
    free(process);
}

void process_pause(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 3000000}, NULL);
}

unsigned process_capacity(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);

    return count > 1 ? (unsigned)count : 1;
}

void process_expect_crash(void)
{
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
}

#endif

/* A system under load may refuse once and agree a moment later. */
struct process *process_start(const char *const *arguments, bool quiet)
{
    struct process *process = calloc(1, sizeof *process);

    for (int attempt = 0; process != NULL && attempt < ATTEMPTS; attempt++) {
        if (start(process, arguments, quiet))
            return process;
        process_pause();
    }
    fprintf(stderr, "api_tests cannot start itself\n");
    free(process);
    return NULL;
}

/* Where there is no room for more, the older half goes. */
static void read_output(struct process *process)
{
    size_t count;

    do {
        if (process->size == OUTPUT_MAX) {
            process->size = OUTPUT_MAX / 2;
            memmove(process->output, process->output + OUTPUT_MAX - process->size, process->size);
        }
        count = read_some(process, process->output + process->size, OUTPUT_MAX - process->size);
        process->size += count;
    } while (count > 0);
    process->output[process->size] = '\0';
}

bool process_ended(struct process *process)
{
    bool ended = has_ended(process); /* first, so that nothing it wrote before its end is missed */

    read_output(process);
    return ended;
}

const char *process_output(const struct process *process)
{
    return process->output;
}
