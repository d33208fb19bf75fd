/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads that may hang for ever in a read: nobody joins them, and what they use outlives them. */
#ifndef CREW_H
#define CREW_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct crew {
	pthread_mutex_t lock;	 /* for what follows, and for what its owner says */
	pthread_cond_t work;	 /* there is some, or stop */
	pthread_cond_t progress; /* waits with times of clock_ns(); a thread has ended, or got on */
	size_t threads;
	bool stop; /* who waits for work ends */
};

void crew_init(struct crew *crew);

/* With the lock: start a thread. Its last call is crew_leave(). 0 or a negative errno. */
int crew_start(struct crew *crew, void *(*run)(void *), void *arg);

/* Without the lock, in a thread of the crew, which returns what this does. */
void *crew_leave(struct crew *crew);

/*
 * Without the lock: tell all to stop, and wait a tenth of a second. True: they have, and the crew's
 * owner may be freed. False: one hangs, and still uses it.
 */
bool crew_end(struct crew *crew);

#endif
