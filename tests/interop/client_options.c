/*
 * client_options.c - see client_options.h.
 */
#include "client_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system.h"

static bool usage(void)
{
    fprintf(stderr,
            "usage: echo_client ws://HOST[:PORT][/PATH][?QUERY] [--message TEXT] [--file F] [--count N] "
            "[--ping]\n"
            "                   [--close STATUS] [--subprotocol P] [--receive-buffer N] [--send-buffer N]\n"
            "       echo_client URL --echo [--subprotocol P] [--receive-buffer N] [--send-buffer N]\n"
            "--message (as text), --file (as binary) and --subprotocol may be repeated.\n");
    return false;
}

static bool parse_number(const char *text, unsigned long most, unsigned long *number)
{
    char *end;
    *number = strtoul(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0' && *number <= most;
}

static bool add_message(struct client_options *options, WEB_SOCKET_BUFFER_TYPE type, void *bytes, size_t size)
{
    if (options->message_count == CLIENT_MESSAGES)
        return false;
    struct client_message *message = &options->messages[options->message_count++];
    message->type = type;
    message->bytes = bytes;
    message->size = (ULONG)size;
    return true;
}

/* The whole of a file, of at most 1 GiB. */
static bool read_file(FILE *file, BYTE **bytes, size_t *size)
{
    if (fseek(file, 0, SEEK_END) != 0)
        return false;
    long end = ftell(file);
    if (end < 0 || end > 0x40000000 || fseek(file, 0, SEEK_SET) != 0)
        return false;
    *size = (size_t)end;
    *bytes = malloc(*size + 1); /* not nothing for an empty file */
    return *bytes != NULL && fread(*bytes, 1, *size, file) == *size;
}

static bool add_file(struct client_options *options, const char *name)
{
    BYTE *bytes = NULL;
    size_t size = 0;
    FILE *file = system_open(name);
    bool done = file != NULL && read_file(file, &bytes, &size) &&
                add_message(options, WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, bytes, size);
    if (file != NULL)
        fclose(file);
    if (!done) {
        fprintf(stderr, "echo_client: cannot read %s\n", name);
        free(bytes);
    }
    return done;
}

/* An option with a value. */
static bool parse_option(struct client_options *options, const char *name, char *value)
{
    unsigned long status;
    if (strcmp(name, "--message") == 0)
        return add_message(options, WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, value, strlen(value));
    if (strcmp(name, "--file") == 0)
        return add_file(options, value);
    if (strcmp(name, "--count") == 0)
        return parse_number(value, 0x7FFFFFFF, &options->repeat);
    if (strcmp(name, "--close") == 0) {
        bool right = parse_number(value, 0xFFFF, &status);
        options->close_status = (USHORT)status;
        return right;
    }
    if (strcmp(name, "--subprotocol") == 0 && options->subprotocol_count < CLIENT_SUBPROTOCOLS) {
        options->subprotocols[options->subprotocol_count++] = value;
        return true;
    }
    return buffer_sizes_parse(&options->buffer_sizes, name, value);
}

bool client_options_parse(struct client_options *options, int argc, char **argv)
{
    memset(options, 0, sizeof *options);
    options->repeat = 1;
    options->close_status = WEB_SOCKET_SUCCESS_CLOSE_STATUS;
    if (argc < 2 || !url_parse(argv[1], &options->url))
        return usage();
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], "--ping") == 0)
            options->ping = true;
        else if (strcmp(argv[i], "--echo") == 0)
            options->echo = true;
        else if (i + 1 < argc && parse_option(options, argv[i], argv[i + 1]))
            i++;
        else
            return usage();
    return true;
}
