/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The threads behind readers.h: one that works, and those that hang. */
#ifndef READER_THREAD_H
#define READER_THREAD_H

#include "crew.h"
#include "reader_job.h"

struct reader {
	struct readers *home;
	struct source source;
	bool begun; /* the source is in a pass */
	struct job *job;
	struct reader *next; /* of those that hang */
};

struct readers {
	const struct config *config;
	struct crew crew;	/* its lock: for what follows, and for what reader_job.h says */
	struct reader *current; /* not one that hangs; NULL: none */
	struct reader *stuck;
	size_t n_stuck;
};

/* With the lock: there is a reader that does not hang. 0, or -EBUSY, -EAGAIN, -ENOMEM. */
int reader_ensure(struct readers *r);

/*
 * With the lock: have the reader do a job, and wait for it. True: it is done. False: it hangs, or
 * the time is over, and the job is left to the reader.
 */
bool reader_do(struct readers *r, struct job *job, int64_t deadline);

#endif
