// SPDX-License-Identifier: GPL-2.0-or-later
#include "outcome.h"

#include "clock.h"
#include "why.h"

#include <stdio.h>
#include <string.h>

void outcome_init(struct outcome *o)
{
	pthread_mutex_init(&o->lock, NULL);
	clock_cond_init(&o->first);
}

void outcome_destroy(struct outcome *o)
{
	pthread_cond_destroy(&o->first);
	pthread_mutex_destroy(&o->lock);
}

static void describe(const struct snapshot *s, char *ret)
{
	size_t failed = 0;
	int n;

	if (!s) {
		snprintf(ret, OUTCOME_MAX, "out of memory");
		return;
	}
	if (!s->success) {
		snprintf(ret, OUTCOME_MAX, "reading no VMs: %s", why_explain(s->why));
		return;
	}
	for (size_t i = 0; i < s->n_vms; i++)
		failed += s->vms[i].failed;
	n = snprintf(ret, OUTCOME_MAX, "reading %zu VM%s by %s", s->n_vms - failed,
		     s->n_vms - failed == 1 ? "" : "s", s->source);
	if (failed && n > 0 && n < OUTCOME_MAX)
		snprintf(ret + n, (size_t)(OUTCOME_MAX - n), ", %zu cannot be read", failed);
}

void outcome_set(struct outcome *o, const struct snapshot *s)
{
	pthread_mutex_lock(&o->lock);
	describe(s, o->text);
	pthread_cond_broadcast(&o->first);
	pthread_mutex_unlock(&o->lock);
}

bool outcome_get(struct outcome *o, int64_t deadline, char *ret)
{
	const struct timespec until = clock_timespec(deadline);
	int err = 0;

	pthread_mutex_lock(&o->lock);
	while (!o->text[0] && deadline && !err)
		err = pthread_cond_timedwait(&o->first, &o->lock, &until);
	memcpy(ret, o->text, OUTCOME_MAX);
	pthread_mutex_unlock(&o->lock);
	return ret[0];
}
