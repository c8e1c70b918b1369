/*
 * Which jobs there are: every workload in every size that the options leave.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stddef.h>

#include "job.h"
#include "options.h"

#define PLAN_MAX 256u

struct plan {
    const struct workload *workload;
    struct job_size size;
};

/*
 * Fill in what is to be measured; jobs that differ in the payload only come one after another. Returns the
 * number.
 */
size_t plan_make(const struct options *options, struct plan jobs[PLAN_MAX]);

/* How many bytes of frames a job is to have. */
size_t plan_volume(const struct options *options);

#endif
