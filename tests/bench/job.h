/*
 * What is measured: workloads, and jobs, which are workloads of one size. A job has the bytes that go in
 * and those that must come out; every contestant is given the same.
 */
#ifndef JOB_H
#define JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum content {
    CONTENT_BINARY,
    CONTENT_ASCII,
    CONTENT_MIXED /* characters of 2, 3 and 4 bytes in turn */
};

struct workload {
    const char *name;  /* for options and JSON */
    const char *title; /* for people */
    bool server;       /* the side that is measured; servers receive masked frames, clients send them */
    bool receives;
    enum content content;
};

extern const struct workload job_workloads[];
extern const size_t job_workload_count;

struct job_size {
    size_t payload; /* bytes of each message */
    size_t chunk;   /* receiving: bytes that the network has for each read; sending: our send buffer's size */
    size_t receive_buffer; /* our receive buffer's size; 0: as large as chunk */
    bool own_memory;       /* receiving: into the caller's memory instead of the library's */
};

struct job {
    const struct workload *workload;
    struct job_size size;
    size_t messages;  /* in one run */
    uint8_t *payload; /* size.payload bytes, the same in every message */
    uint8_t *frames;  /* the messages as the side that sends them would put them on the wire */
    size_t frames_size;
};

/* The workload of this name, or NULL. */
const struct workload *job_find(const char *name);

/* Make a job whose frames have about volume bytes in all; free it with job_free. */
struct job *job_create(const struct workload *workload, const struct job_size *size, size_t volume);
void job_free(struct job *job);

/* Whether the frames of this job carry a masking key. */
bool job_is_masked(const struct workload *workload);

/*
 * Whether what came out is right: received payloads one after another, or frames with masking keys of any
 * value.
 */
bool job_check(const struct job *job, const uint8_t *bytes, size_t count);

#endif
