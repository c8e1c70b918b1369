/*
 * A program whose calls are refused, and that looks whether its trace was written: trace_user told|silent FILE
 */
#include <stdio.h>
#include <string.h>

#include <websocket.h>

static int said(const char *name)
{
    char text[1000] = "";
    FILE *file = fopen(name, "rb");
    if (!file)
        return 0;
    size_t size = fread(text, 1, sizeof text - 1, file);
    text[size] = '\0';
    fclose(file);
    return strstr(text, "refused WebSocketAbortHandle") &&
           strstr(text, "refused WebSocketCreateClientHandle");
}

int main(int argc, char **argv)
{
    WEB_SOCKET_HANDLE handle = NULL;
    if (argc != 3)
        return 2;
    (void)remove(argv[2]);
    WebSocketAbortHandle((WEB_SOCKET_HANDLE)(void *)(size_t)0x12345678);
    if (WebSocketCreateClientHandle(NULL, 1, &handle) != E_INVALIDARG ||
        WebSocketCreateServerHandle(NULL, 0, &handle) != S_OK)
        return 1;
    WebSocketDeleteHandle(handle);

    FILE *file = fopen(argv[2], "rb");
    if (file)
        fclose(file);
    int right = strcmp(argv[1], "silent") == 0 ? !file : file && said(argv[2]);
    if (right)
        fprintf(stderr, "as expected\n");
    return !right;
}
