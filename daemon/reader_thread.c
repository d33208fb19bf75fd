// SPDX-License-Identifier: GPL-2.0-or-later
#include "reader_thread.h"

#include "clock.h"

#include <errno.h>
#include <stdlib.h>

/* How long one look may take: a quarter of what is left of the time, within these. */
#define PATIENCE_MAX_NS NS_PER_S
#define PATIENCE_MIN_NS (100 * NS_PER_MS)

static int new_source(const struct config *config, struct source *ret)
{
	switch (config->source) {
	case SOURCE_DEBUGFS:
		return source_debugfs_new(config->debugfs, ret);
	case SOURCE_IOCTL:
		return source_ioctl_new(config->procfs, ret);
	case SOURCE_STOCK:
		return source_stock_new(config->debugfs, ret);
	default:
		return source_auto_new(config->debugfs, config->procfs, ret);
	}
}

/* With the lock: forget one that hung. */
static void unlink_stuck(struct readers *r, const struct reader *gone)
{
	struct reader **at = &r->stuck;

	while (*at != gone)
		at = &(*at)->next;
	*at = gone->next;
	r->n_stuck--;
}

static void *run(void *arg)
{
	struct reader *reader = arg;
	struct readers *r = reader->home;
	bool abandoned = false;

	pthread_mutex_lock(&r->crew.lock);
	while (!abandoned) {
		struct job *job = reader->job;

		if (!job && r->crew.stop)
			break;
		if (!job) {
			pthread_cond_wait(&r->crew.work, &r->crew.lock);
			continue;
		}
		pthread_mutex_unlock(&r->crew.lock);
		job_run(job, &reader->source, &reader->begun, &r->crew.lock);
		pthread_mutex_lock(&r->crew.lock);
		abandoned = job->abandoned;
		if (abandoned)
			unlink_stuck(r, reader);
		reader->job = NULL;
		job->done = true;
		job_put(job);
		pthread_cond_broadcast(&r->crew.progress);
	}
	pthread_mutex_unlock(&r->crew.lock);
	if (reader->begun)
		reader->source.end(reader->source.state);
	reader->source.free(reader->source.state);
	free(reader);
	return crew_leave(&r->crew);
}

int reader_ensure(struct readers *r)
{
	struct reader *reader;
	int err;

	if (r->current)
		return 0;
	if (r->n_stuck >= READERS_STUCK_MAX)
		return -EBUSY;
	reader = calloc(1, sizeof(*reader));
	if (!reader)
		return -ENOMEM;
	reader->home = r;
	err = new_source(r->config, &reader->source);
	if (err) {
		free(reader);
		return err;
	}
	err = crew_start(&r->crew, run, reader);
	if (err) {
		reader->source.free(reader->source.state);
		free(reader);
		return err;
	}
	r->current = reader;
	return 0;
}

static int64_t patience(int64_t now, int64_t deadline)
{
	const int64_t part = (deadline - now) / 4;

	if (part > PATIENCE_MAX_NS)
		return PATIENCE_MAX_NS;
	return part < PATIENCE_MIN_NS ? PATIENCE_MIN_NS : part;
}

bool reader_do(struct readers *r, struct job *job, int64_t deadline)
{
	int64_t since = clock_ns();
	struct job_progress last = job_progress(job);

	job->refs = 2;
	r->current->job = job;
	pthread_cond_signal(&r->crew.work);
	while (!job->done) {
		const int64_t now = clock_ns(), limit = patience(now, deadline);
		const struct job_progress progress = job_progress(job);
		struct timespec until;

		if (!job_progress_same(&progress, &last)) {
			last = progress;
			since = now;
		}
		if (now - since >= limit || now >= deadline) {
			job->abandoned = true;
			r->current->next = r->stuck;
			r->stuck = r->current;
			r->n_stuck++;
			r->current = NULL;
			return false;
		}
		until = clock_timespec(now + limit / 4 < deadline ? now + limit / 4 : deadline);
		pthread_cond_timedwait(&r->crew.progress, &r->crew.lock, &until);
	}
	return true;
}
