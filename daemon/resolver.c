// SPDX-License-Identifier: GPL-2.0-or-later
#include "resolver.h"

#include "clock.h"
#include "crew.h"
#include "identity.h"
#include "proc.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Few at first; more only while the ones that are there do not get on. */
#define THREADS_AT_FIRST 2
#define THREADS_MAX	 16
#define SLICE_NS	 (50 * NS_PER_MS) /* no job done for so long: start another thread */

struct identity_job {
	struct identity_job *next, **from; /* in the queue: what points to it */
	unsigned int refs;		   /* its owner, and a thread */
	unsigned int round;		   /* the round of waiting that it belongs to */
	uint32_t pid;
	bool queued, done;
	struct identity id;
};

struct resolver {
	struct crew crew; /* its lock: for what follows but procfs, and for all jobs */
	char *procfs;
	struct identity_job *first, **last;
	size_t queued;
	size_t idle;	    /* threads */
	size_t done;	    /* jobs, ever */
	size_t awaited;	    /* jobs of this round that are not done */
	unsigned int round; /* grows when a wait ends in vain */
};

static void put_job(struct identity_job *job)
{
	if (--job->refs)
		return;
	identity_clear(&job->id);
	free(job);
}

static void enqueue(struct resolver *r, struct identity_job *job)
{
	job->queued = true;
	job->from = r->last;
	*r->last = job;
	r->last = &job->next;
	r->queued++;
}

static void dequeue(struct resolver *r, struct identity_job *job)
{
	*job->from = job->next;
	if (job->next)
		job->next->from = job->from;
	else
		r->last = job->from;
	job->next = NULL;
	job->queued = false;
	r->queued--;
}

static void finish_job(struct resolver *r, struct identity_job *job)
{
	job->done = true;
	r->done++;
	if (job->round == r->round)
		r->awaited--;
	put_job(job);
	pthread_cond_broadcast(&r->crew.progress);
}

/* May hang. Without a command line there is no identity: the caller has what it falls back to. */
static void read_identity(const char *procfs, uint32_t pid, struct identity *ret)
{
	char *cmdline;
	size_t len;

	if (proc_cmdline(procfs, pid, &cmdline, &len))
		return;
	if (identity_parse(cmdline, len, ret))
		*ret = (struct identity){0};
	free(cmdline);
}

static void *work(void *arg)
{
	struct resolver *r = arg;

	pthread_mutex_lock(&r->crew.lock);
	while (!r->crew.stop) {
		struct identity_job *job = r->first;
		struct identity id = {0};

		if (!job) {
			r->idle++;
			pthread_cond_wait(&r->crew.work, &r->crew.lock);
			r->idle--;
			continue;
		}
		dequeue(r, job);
		job->refs++;
		pthread_mutex_unlock(&r->crew.lock);
		read_identity(r->procfs, job->pid, &id);
		pthread_mutex_lock(&r->crew.lock);
		job->id = id;
		finish_job(r, job);
	}
	pthread_mutex_unlock(&r->crew.lock);
	return crew_leave(&r->crew);
}

static void start_thread(struct resolver *r)
{
	if (r->crew.threads < THREADS_MAX)
		crew_start(&r->crew, work, r);
}

int resolver_new(const char *procfs, struct resolver **ret)
{
	struct resolver *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->procfs = strdup(procfs);
	if (!r->procfs) {
		free(r);
		return -ENOMEM;
	}
	r->last = &r->first;
	crew_init(&r->crew);
	*ret = r;
	return 0;
}

void resolver_free(struct resolver *r)
{
	if (!r || !crew_end(&r->crew))
		return;
	free(r->procfs);
	free(r);
}

struct identity_job *resolver_submit(struct resolver *r, uint32_t pid)
{
	struct identity_job *job = calloc(1, sizeof(*job));

	if (!job)
		return NULL;
	pthread_mutex_lock(&r->crew.lock);
	*job = (struct identity_job){.refs = 1, .round = r->round, .pid = pid};
	enqueue(r, job);
	r->awaited++;
	if (!r->idle && r->crew.threads < THREADS_AT_FIRST)
		start_thread(r);
	pthread_cond_signal(&r->crew.work);
	pthread_mutex_unlock(&r->crew.lock);
	return job;
}

void resolver_drop(struct resolver *r, struct identity_job *job)
{
	if (!job)
		return;
	pthread_mutex_lock(&r->crew.lock);
	if (job->queued)
		dequeue(r, job);
	/* Nobody waits for it now. */
	if (!job->done && job->round == r->round) {
		r->awaited--;
		job->round--;
	}
	put_job(job);
	pthread_mutex_unlock(&r->crew.lock);
}

size_t resolver_queued(struct resolver *r)
{
	size_t n;

	pthread_mutex_lock(&r->crew.lock);
	n = r->queued;
	pthread_mutex_unlock(&r->crew.lock);
	return n;
}

size_t resolver_wait(struct resolver *r, int64_t deadline)
{
	size_t left = 0;

	pthread_mutex_lock(&r->crew.lock);
	while (r->awaited) {
		int64_t now = clock_ns(), next = now + SLICE_NS;
		const struct timespec until = clock_timespec(next < deadline ? next : deadline);
		const size_t done = r->done;

		if (now >= deadline) {
			left = r->awaited;
			r->round++;
			r->awaited = 0;
			break;
		}
		if (pthread_cond_timedwait(&r->crew.progress, &r->crew.lock, &until) == ETIMEDOUT &&
		    done == r->done && r->first && !r->idle)
			start_thread(r);
	}
	pthread_mutex_unlock(&r->crew.lock);
	return left;
}

/* A copy, or NULL. */
static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

bool resolver_result(struct resolver *r, const struct identity_job *job, struct identity *ret)
{
	bool done;

	pthread_mutex_lock(&r->crew.lock);
	done = job->done;
	pthread_mutex_unlock(&r->crew.lock);
	/* A job that is done is not written again, and its owner keeps it. */
	if (done)
		*ret = (struct identity){copy(job->id.name), copy(job->id.uuid), copy(job->id.vmm)};
	return done;
}
