/*
 * A DLL that calls a function when its process ends.
 */
#ifndef DETACH_H
#define DETACH_H

#ifdef DETACH_BUILDING
#define DETACH_API __declspec(dllexport)
#else
#define DETACH_API __declspec(dllimport)
#endif

/* To be called when the process ends: when all other threads are gone. */
DETACH_API void detach_call(void (*function)(void));

#endif
