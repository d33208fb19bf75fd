/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the last pass of the collector has ended, as a line for humans. */
#ifndef OUTCOME_H
#define OUTCOME_H

#include "snapshot.h"

#include <pthread.h>

#define OUTCOME_MAX 192

struct outcome {
	pthread_mutex_t lock;
	pthread_cond_t first;
	char text[OUTCOME_MAX]; /* empty before the first pass */
};

void outcome_init(struct outcome *o);
void outcome_destroy(struct outcome *o);

/* A pass has ended; NULL: for lack of memory. */
void outcome_set(struct outcome *o, const struct snapshot *s);

/*
 * Wait for the first pass until deadline (CLOCK_MONOTONIC, ns), or not at all with 0. The line, in
 * ret of OUTCOME_MAX bytes; false if there is none yet.
 */
bool outcome_get(struct outcome *o, int64_t deadline, char *ret);

#endif
