// SPDX-License-Identifier: GPL-2.0-or-later
#include "readers.h"

#include "clock.h"
#include "reader_job.h"
#include "reader_thread.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The last threads are for VMs that have answered before: what hangs from the first gets none. */
#define STUCK_RESERVED 4

int readers_new(const struct config *config, struct readers **ret)
{
	struct readers *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->config = config;
	crew_init(&r->crew);
	*ret = r;
	return 0;
}

void readers_free(struct readers *r)
{
	if (r && crew_end(&r->crew))
		free(r);
}

/* With the lock: what hangs, for a listing to leave out. False: listing itself does. */
static bool make_skip(const struct readers *r, struct job *job)
{
	for (const struct reader *s = r->stuck; s; s = s->next) {
		const uint64_t at = job_stuck_at(s->job);

		if (at)
			job->watch.skip[job->watch.n_skip++] = at;
		else if (s->job->kind == JOB_LIST && s->job->step == STEP_LIST)
			return false;
		/* Its start is not worth another thread. */
		if (s->job->kind == JOB_LIST && s->job->step == STEP_BOOT_TIME)
			job->want_boot_time = false;
	}
	return true;
}

/* With the lock: one try. *ret_again: what was in the way is known now. */
static int list_once(struct readers *r, int64_t deadline, struct listing *ret, size_t *ret_skipped,
		     uint64_t *boot_time, bool *ret_again)
{
	struct job *job = job_new(JOB_LIST, r->config->procfs);
	int err = job ? reader_ensure(r) : -ENOMEM;
	bool done;

	*ret_again = false;
	if (err) {
		if (job)
			job_put(job);
		return err == -EBUSY ? -ETIMEDOUT : -ENOMEM;
	}
	job->want_boot_time = !*boot_time;
	if (!make_skip(r, job)) {
		job_put(job);
		return -ETIMEDOUT;
	}
	done = reader_do(r, job, deadline);
	if (done || job->step > STEP_LIST) {
		/* A reader that hangs later does not look at it again. */
		*ret = job->list;
		job->list.keys = NULL;
		*ret_skipped = job->watch.skipped;
		err = job->err;
		if (done && job->boot_time)
			*boot_time = job->boot_time;
	} else {
		err = -ETIMEDOUT;
		*ret_again = watch_at(&job->watch) != 0;
	}
	job_put(job);
	return err;
}

int readers_list(struct readers *r, int64_t deadline, struct listing *ret, size_t *ret_skipped,
		 uint64_t *boot_time)
{
	static const char *const names[] = {
		[SOURCE_AUTO] = "none",
		[SOURCE_DEBUGFS] = "debugfs",
		[SOURCE_IOCTL] = "ioctl",
		[SOURCE_STOCK] = "stock",
	};
	bool again;
	int err;

	*ret_skipped = 0;
	*ret = (struct listing){.source = names[r->config->source], .why = WHY_STUCK};
	pthread_mutex_lock(&r->crew.lock);
	do {
		err = list_once(r, deadline, ret, ret_skipped, boot_time, &again);
	} while (again && clock_ns() < deadline);
	pthread_mutex_unlock(&r->crew.lock);
	return err;
}

/* With the lock: does a thread hang in the counters of this VM, or of one with its name? */
static bool is_stuck(const struct readers *r, const struct vm_key *key)
{
	for (const struct reader *s = r->stuck; s; s = s->next)
		if (job_stuck_at(s->job) == watch_counters(key->tid, key->fd))
			return true;
	return false;
}

/* With the lock: choose what may be read now; the rest is told to be too late. */
static bool choose(const struct readers *r, struct read_item *items, size_t from, size_t n)
{
	const bool few = r->n_stuck + STUCK_RESERVED >= READERS_STUCK_MAX;
	bool any = false;

	for (size_t i = from; i < n; i++) {
		if (!items[i].wanted)
			continue;
		if ((few && !items[i].answered) || is_stuck(r, &items[i].key)) {
			items[i].wanted = false;
			items[i].err = -ETIMEDOUT;
		}
		any |= items[i].wanted;
	}
	return any;
}

/* What was not come to. */
static void give_up(struct read_item *items, size_t from, size_t n)
{
	for (size_t i = from; i < n; i++)
		if (items[i].wanted)
			items[i].err = -ETIMEDOUT;
}

/* The array that a job left behind has, with what is done so far. NULL without memory. */
static struct read_item *take_over(struct job *job, size_t n)
{
	struct read_item *new = malloc((n ? n : 1) * sizeof(*new));

	if (!new)
		return NULL;
	/* The reader knows that it is late: it changes no item, and frees no more than the array.
	 */
	memcpy(new, job->items, n * sizeof(*new));
	return new;
}

int readers_read(struct readers *r, int64_t deadline, struct read_item **items, size_t n,
		 const struct read_wants *wants, const struct vm_host *host, bool fall_back)
{
	size_t from = 0;
	int err = 0;

	pthread_mutex_lock(&r->crew.lock);
	/* With nothing to read too: the reader ends its pass. */
	while (choose(r, *items, from, n) || !from) {
		struct job *job = job_new(JOB_READ, r->config->procfs);
		struct read_item *rest;

		err = job ? job_set_wants(job, wants) : -ENOMEM;
		if (err || clock_ns() >= deadline || reader_ensure(r)) {
			if (job)
				job_put(job);
			break;
		}
		make_skip(r, job);
		job->items = *items;
		job->n = n;
		job->step = from;
		job->boot_time = host->boot_time;
		job->ticks_hz = host->ticks_hz;
		job->foreign = host->foreign;
		job->fall_back = fall_back;
		if (reader_do(r, job, deadline)) {
			job->items = NULL;
			job_put(job);
			from = n;
			break;
		}
		rest = take_over(job, n);
		if (rest) {
			*items = rest;
			from = job->beginning || job->step >= n ? n : job->step + 1;
			give_up(*items, job->step, from);
			if (from == n) {
				job_put(job);
				break;
			}
		} else {
			err = -ENOMEM;
			job_clear_items(job);
			*items = NULL;
			job_put(job);
			break;
		}
		job_put(job);
	}
	if (*items)
		give_up(*items, from, n);
	pthread_mutex_unlock(&r->crew.lock);
	return err;
}
