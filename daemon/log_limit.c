// SPDX-License-Identifier: GPL-2.0-or-later
#include "log_limit.h"

#include "clock.h"

#define AT_ONCE	 10
#define EVERY_NS (6 * NS_PER_S)

void log_limit_init(struct log_limit *limit)
{
	*limit = (struct log_limit){0};
	pthread_mutex_init(&limit->lock, NULL);
}

void log_limit_destroy(struct log_limit *limit)
{
	pthread_mutex_destroy(&limit->lock);
}

bool log_limit_allows(struct log_limit *limit, unsigned long *ret_left_out)
{
	const int64_t now = clock_ns();
	bool allowed;

	pthread_mutex_lock(&limit->lock);
	if (limit->next < now)
		limit->next = now;
	/* Each line moves the time on; it may be ahead by as many lines as may come at once. */
	allowed = limit->next - now < AT_ONCE * EVERY_NS;
	if (allowed) {
		limit->next += EVERY_NS;
		*ret_left_out = limit->left_out;
		limit->left_out = 0;
	} else {
		limit->left_out++;
	}
	pthread_mutex_unlock(&limit->lock);
	return allowed;
}
