/*
 * A DLL that calls a function when its process ends, see detach.h.
 */
#define DETACH_BUILDING
#include "detach.h"

#include <windows.h>

static void (*at_the_end)(void);

void detach_call(void (*function)(void))
{
    at_the_end = function;
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID ends);

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID ends)
{
    (void)instance;
    if (reason == DLL_PROCESS_DETACH && ends && at_the_end)
        at_the_end();
    return TRUE;
}
