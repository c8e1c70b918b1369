/*
 * report_library.h - which library was loaded, on which system.
 */
#ifndef API_REPORT_LIBRARY_H
#define API_REPORT_LIBRARY_H

struct report_library {
    char file[1024];          /* its full name as the system's loader knows it, UTF-8 on Windows */
    unsigned long long bytes; /* the file's size; 0 if that is not known */
    char version[32];         /* "10.0.19041.1"; empty if the file has no version resource */
    char system[128];         /* "Windows 6.1.7601, x64" */
};

/* Describes the library that library_open() chose. */
void report_library_describe(struct report_library *library);

#endif
