/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of the log that strangers can cause: some at once, then few. Any thread may call. */
#ifndef LOG_LIMIT_H
#define LOG_LIMIT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct log_limit {
	pthread_mutex_t lock;
	int64_t next; /* when, on CLOCK_MONOTONIC in ns, nothing would be owed any more */
	unsigned long left_out;
};

void log_limit_init(struct log_limit *limit);
void log_limit_destroy(struct log_limit *limit);

/* May a line be written? Then *ret_left_out is how many were not since the last one. */
bool log_limit_allows(struct log_limit *limit, unsigned long *ret_left_out);

#endif
