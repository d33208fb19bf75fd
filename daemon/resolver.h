/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads identities of processes in threads of its own, since reading a command line may hang for as
 * long as the process likes. The number of threads is bounded: a hung read costs one of them, and
 * another is started while others wait.
 */
#ifndef RESOLVER_H
#define RESOLVER_H

#include "snapshot.h"

struct resolver;
struct identity_job;

/* 0 or -ENOMEM. */
int resolver_new(const char *procfs, struct resolver **ret);
/* End the threads and free; what is stuck is left to the end of the process. NULL is allowed. */
void resolver_free(struct resolver *r);

/* Begin to read who pid is. NULL without memory. The job is the caller's, for resolver_drop(). */
struct identity_job *resolver_submit(struct resolver *r, uint32_t pid);
/* The result is no longer wanted: what has not begun never will. NULL is allowed. */
void resolver_drop(struct resolver *r, struct identity_job *job);

/*
 * Wait at most until deadline (CLOCK_MONOTONIC, ns) for all jobs that were not waited for in vain
 * before. How many are now.
 */
size_t resolver_wait(struct resolver *r, int64_t deadline);

/* How many jobs wait for a thread. */
size_t resolver_queued(struct resolver *r);

/* If the job is done: true, and a copy of what was found, or as much as there is memory for. */
bool resolver_result(struct resolver *r, const struct identity_job *job, struct identity *ret);

#endif
