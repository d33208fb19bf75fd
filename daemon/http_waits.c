// SPDX-License-Identifier: GPL-2.0-or-later
#include "http_waits.h"

#include "clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * As many snapshots may be asked for that nobody waits for any more: who comes then has its own
 * asked for once one of them is there. The collector takes all that it has been asked for in one
 * pass, so that costs no time.
 */
#define ABANDONED_MAX 16
/* Who has less time left is answered at once: it would only leave a snapshot behind. */
#define LEAST_NS (10 * NS_PER_MS)

struct wait {
	struct http_waits *owner;
	struct wait *next, **link;
	struct snapshot_want want;
	bool asked; /* the collector has it */
	int64_t deadline;
	http_waits_fn *done; /* NULL: it was called at the deadline */
	void *arg;
};

struct http_waits {
	snapshot_request_fn *request;
	void *ctx;
	struct http_clients *clients;
	const struct log *log;
	pthread_t thread;
	bool running;
	pthread_mutex_t lock; /* for what follows */
	pthread_cond_t wake;
	bool stop;
	bool woken;
	struct wait *first;   /* those whose deadline has not come */
	size_t unasked;	      /* of these */
	size_t abandoned;     /* those whose deadline has, and that the collector has */
	int64_t latest;	      /* no deadline is later; 0: may be */
	uint64_t read_errors; /* of the last snapshot */
};

/* With the lock. */
static void unlink_wait(struct wait *wait)
{
	*wait->link = wait->next;
	if (wait->next)
		wait->next->link = wait->link;
	wait->next = NULL;
	wait->link = NULL;
}

/* With the lock. Is it still waited for? Else it was abandoned. */
static bool end_wait(struct http_waits *w, struct wait *wait)
{
	if (wait->done)
		unlink_wait(wait);
	else
		w->abandoned--;
	return wait->done;
}

static void on_snapshot(void *arg, struct snapshot *s);

/*
 * Without the lock, of a wait that is marked as asked: from here on it is the collector's, unless
 * that refuses. Then it is freed, and if done() is still to be called the error is returned.
 */
static int ask(struct wait *wait)
{
	struct http_waits *w = wait->owner;
	int err = w->request(w->ctx, &wait->want, on_snapshot, wait);

	if (!err)
		return 0;
	pthread_mutex_lock(&w->lock);
	/* The deadline may have come meanwhile, and called done(). */
	if (!end_wait(w, wait))
		err = 0;
	pthread_mutex_unlock(&w->lock);
	free(wait);
	return err;
}

/* The collector has come back: ask for what it was not to be asked for before. */
static void ask_rest(struct http_waits *w)
{
	pthread_mutex_lock(&w->lock);
	while (w->unasked) {
		struct wait *wait = w->first;
		http_waits_fn *done;
		void *arg;

		while (wait->asked)
			wait = wait->next;
		wait->asked = true;
		w->unasked--;
		/* It may be gone afterwards. */
		done = wait->done;
		arg = wait->arg;
		pthread_mutex_unlock(&w->lock);
		if (ask(wait))
			done(arg, NULL, false);
		pthread_mutex_lock(&w->lock);
	}
	pthread_mutex_unlock(&w->lock);
}

/* Runs in the collector's thread. The request may be gone if its deadline has come. */
static void on_snapshot(void *arg, struct snapshot *s)
{
	struct wait *wait = arg;
	struct http_waits *w = wait->owner;
	bool waited_for;

	/* As long as this one is not over, w is there. */
	ask_rest(w);
	pthread_mutex_lock(&w->lock);
	if (s)
		w->read_errors = s->read_errors;
	waited_for = end_wait(w, wait);
	pthread_mutex_unlock(&w->lock);
	if (waited_for)
		wait->done(wait->arg, s, false);
	else
		snapshot_unref(s);
	free(wait);
}

int http_waits_ask(struct http_waits *w, const struct snapshot_want *want, int64_t deadline,
		   http_waits_fn *done, void *arg)
{
	struct wait *wait = malloc(sizeof(*wait));
	bool asked;

	if (!wait)
		return -ENOMEM;
	*wait = (struct wait){.owner = w, .want = *want, .done = done, .arg = arg};
	pthread_mutex_lock(&w->lock);
	wait->deadline = w->latest && deadline > w->latest ? w->latest : deadline;
	if (wait->deadline - clock_ns() < LEAST_NS) {
		pthread_mutex_unlock(&w->lock);
		free(wait);
		return -ETIME;
	}
	asked = w->abandoned < ABANDONED_MAX;
	wait->asked = asked;
	w->unasked += !asked;
	wait->next = w->first;
	wait->link = &w->first;
	if (wait->next)
		wait->next->link = &wait->next;
	w->first = wait;
	w->woken = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	return asked ? ask(wait) : 0;
}

/*
 * With the lock, which it gives up for a moment at a time: let those go on whose deadline has come.
 * The next deadline, or 0.
 */
static int64_t expire(struct http_waits *w)
{
	for (;;) {
		const int64_t now = clock_ns();
		struct wait *due = w->first;
		struct wait *unasked = NULL;
		http_waits_fn *done;
		void *arg;

		for (struct wait *i = due; i; i = i->next)
			if (i->deadline < due->deadline)
				due = i;
		if (!due || due->deadline > now)
			return due ? due->deadline : 0;
		/* Once it is abandoned and the lock is free, the collector may free it at any time.
		 */
		unlink_wait(due);
		done = due->done;
		arg = due->arg;
		due->done = NULL;
		if (due->asked) {
			w->abandoned++;
		} else {
			w->unasked--;
			unasked = due;
		}
		pthread_mutex_unlock(&w->lock);
		free(unasked);
		done(arg, NULL, true);
		pthread_mutex_lock(&w->lock);
	}
}

/* Without the lock. When to sweep again, or 0. */
static int64_t sweep(struct http_waits *w)
{
	size_t n;
	int64_t next = http_clients_sweep(w->clients, &n);

	if (n) {
		char text[24];

		snprintf(text, sizeof(text), "%zu", n);
		log_event(w->log, LOG_DEBUG, "sent slow clients away", "connections", text);
	}
	return next;
}

static void *run(void *arg)
{
	struct http_waits *w = arg;
	int64_t next_sweep = 0;

	pthread_mutex_lock(&w->lock);
	while (!w->stop) {
		int64_t next = expire(w);

		if (!next_sweep || clock_ns() >= next_sweep) {
			pthread_mutex_unlock(&w->lock);
			next_sweep = sweep(w);
			pthread_mutex_lock(&w->lock);
		}
		if (!next || (next_sweep && next_sweep < next))
			next = next_sweep;
		if (!w->woken && !w->stop && next) {
			const struct timespec until = clock_timespec(next);

			pthread_cond_timedwait(&w->wake, &w->lock, &until);
		} else if (!w->woken && !w->stop) {
			pthread_cond_wait(&w->wake, &w->lock);
		}
		w->woken = false;
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

void http_waits_end_by(struct http_waits *w, int64_t latest)
{
	pthread_mutex_lock(&w->lock);
	w->latest = latest;
	for (struct wait *i = w->first; i; i = i->next)
		if (i->deadline > latest)
			i->deadline = latest;
	w->woken = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

void http_waits_wake(struct http_waits *w)
{
	pthread_mutex_lock(&w->lock);
	w->woken = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

uint64_t http_waits_read_errors(struct http_waits *w)
{
	uint64_t n;

	pthread_mutex_lock(&w->lock);
	n = w->read_errors;
	pthread_mutex_unlock(&w->lock);
	return n;
}

int http_waits_new(snapshot_request_fn *request, void *ctx, struct http_clients *clients,
		   const struct log *log, struct http_waits **ret)
{
	struct http_waits *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return -ENOMEM;
	*w = (struct http_waits){.request = request, .ctx = ctx, .clients = clients, .log = log};
	pthread_mutex_init(&w->lock, NULL);
	clock_cond_init(&w->wake);
	err = pthread_create(&w->thread, NULL, run, w);
	w->running = !err;
	if (err) {
		http_waits_free(w);
		return -err;
	}
	*ret = w;
	return 0;
}

void http_waits_free(struct http_waits *w)
{
	if (!w)
		return;
	if (w->running) {
		pthread_mutex_lock(&w->lock);
		w->stop = true;
		pthread_cond_signal(&w->wake);
		pthread_mutex_unlock(&w->lock);
		pthread_join(w->thread, NULL);
	}
	/* A collector that is stuck may yet come back to it: left to the end of the process. */
	if (w->abandoned)
		return;
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
