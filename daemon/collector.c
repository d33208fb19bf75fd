// SPDX-License-Identifier: GPL-2.0-or-later
#include "collector.h"

#include "collect.h"
#include "heartbeat.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct request {
	struct request *next;
	struct snapshot_want want;
	snapshot_done_fn *done;
	void *arg;
};

struct collector {
	const struct config *config;
	struct collect collect;
	struct outcome outcome;
	struct heartbeat heartbeat;
	pthread_t thread;
	bool running;
	pthread_mutex_t lock; /* for what follows */
	pthread_cond_t wake;
	struct request *waiting;
	bool stop;
};

int collector_new(const struct config *config, struct collector **ret)
{
	struct collector *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		return -ENOMEM;
	c->config = config;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->wake, NULL);
	outcome_init(&c->outcome);
	err = collect_init(&c->collect, config);
	if (err) {
		collector_free(c);
		return err;
	}
	*ret = c;
	return 0;
}

void collector_free(struct collector *c)
{
	if (!c)
		return;
	collect_free(&c->collect);
	outcome_destroy(&c->outcome);
	pthread_cond_destroy(&c->wake);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

struct snapshot *collector_collect(struct collector *c, const struct snapshot_want *want)
{
	struct snapshot_want copy = *want;
	const struct read_wants wants = {&copy, 1};

	return collect_take(&c->collect, &wants);
}

static struct snapshot *collect_batch(struct collector *c, const struct request *batch)
{
	struct read_wants wants = {0};
	struct snapshot *s;

	for (const struct request *r = batch; r; r = r->next)
		wants.n++;
	wants.wants = calloc(wants.n, sizeof(*wants.wants));
	if (!wants.wants)
		return NULL;
	wants.n = 0;
	for (const struct request *r = batch; r; r = r->next)
		wants.wants[wants.n++] = r->want;
	s = collect_take(&c->collect, &wants);
	free(wants.wants);
	return s;
}

/* Answer the requests of a batch with one snapshot. */
static void serve(struct collector *c, struct request *batch)
{
	struct snapshot *s = collect_batch(c, batch);

	if (!s)
		log_event(&c->config->log, LOG_ERROR, "out of memory in a scrape");
	outcome_set(&c->outcome, s);
	while (batch) {
		struct request *next = batch->next;

		batch->done(batch->arg, s ? snapshot_ref(s) : NULL);
		free(batch);
		batch = next;
	}
	snapshot_unref(s);
}

static void *run(void *arg)
{
	struct collector *c = arg;

	pthread_mutex_lock(&c->lock);
	for (;;) {
		struct request *batch = c->waiting;

		heartbeat_answer(&c->heartbeat);
		if (batch) {
			c->waiting = NULL;
			pthread_mutex_unlock(&c->lock);
			serve(c, batch);
			pthread_mutex_lock(&c->lock);
		} else if (c->stop) {
			break;
		} else {
			pthread_cond_wait(&c->wake, &c->lock);
		}
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

int collector_start(struct collector *c)
{
	int err = pthread_create(&c->thread, NULL, run, c);

	c->running = !err;
	return -err;
}

void collector_stop(struct collector *c)
{
	if (!c->running)
		return;
	pthread_mutex_lock(&c->lock);
	c->stop = true;
	pthread_cond_signal(&c->wake);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
	c->running = false;
}

bool collector_alive(struct collector *c)
{
	bool alive = heartbeat_ask(&c->heartbeat);

	pthread_mutex_lock(&c->lock);
	pthread_cond_signal(&c->wake);
	pthread_mutex_unlock(&c->lock);
	return alive;
}

struct outcome *collector_outcome(struct collector *c)
{
	return &c->outcome;
}

int collector_request(void *collector, const struct snapshot_want *want, snapshot_done_fn *done,
		      void *arg)
{
	struct collector *c = collector;
	struct request *r = malloc(sizeof(*r));
	int err = 0;

	if (!r)
		return -ENOMEM;
	pthread_mutex_lock(&c->lock);
	if (c->stop) {
		err = -ESHUTDOWN;
	} else {
		*r = (struct request){c->waiting, *want, done, arg};
		c->waiting = r;
		pthread_cond_signal(&c->wake);
	}
	pthread_mutex_unlock(&c->lock);
	if (err)
		free(r);
	return err;
}
