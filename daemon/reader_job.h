/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a reader is told to do. See readers.h. */
#ifndef READER_JOB_H
#define READER_JOB_H

#include "readers.h"

#include <pthread.h>

enum job_kind { JOB_LIST, JOB_READ };
/* The steps of JOB_LIST; those of JOB_READ are its items. */
enum { STEP_LIST, STEP_BOOT_TIME };

struct job {
	enum job_kind kind;
	const char *procfs;
	/* Under the readers' lock: */
	unsigned int refs; /* who asks, and the reader */
	bool abandoned;	   /* who asked has gone on: nothing may be changed any more */
	bool done;
	bool beginning; /* JOB_READ: the source begins its pass */
	size_t step;
	/* JOB_LIST; what comes of it is the reader's until it has taken the step. */
	struct watch watch;
	bool want_boot_time;
	uint64_t boot_time; /* in for JOB_READ */
	struct listing list;
	int err;
	/* JOB_READ; items before step are who asks', from step on they are as they were given. */
	struct read_item *items;
	size_t n;
	struct read_wants wants;
	uint64_t ticks_hz;
	bool foreign;
	bool fall_back;
};

struct job_progress {
	size_t step;
	uint64_t at;
	bool beginning;
};

/* NULL without memory. */
struct job *job_new(enum job_kind kind, const char *procfs);
/* A copy of the wants. 0 or -ENOMEM. */
int job_set_wants(struct job *job, const struct read_wants *wants);
/* With the lock: give back a reference. */
void job_put(struct job *job);
/* With the lock, of a job left behind: free what the items that are done own. */
void job_clear_items(struct job *job);

/* Do it, in the reader's thread; lock is the readers'. */
void job_run(struct job *job, struct source *source, bool *begun, pthread_mutex_t *lock);

/* With the lock: what a job is at. */
struct job_progress job_progress(const struct job *job);
bool job_progress_same(const struct job_progress *a, const struct job_progress *b);
/* With the lock: what a job that hangs is at, as a number of watch.h; 0: no VM or process. */
uint64_t job_stuck_at(const struct job *job);

#endif
