// SPDX-License-Identifier: GPL-2.0-or-later
#include "collector.h"

#include "clock.h"
#include "proc.h"
#include "told.h"
#include "vm_table.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long one scrape waits for new names. */
#define NAMES_NS NS_PER_S

struct request {
	struct request *next;
	struct snapshot_want want;
	snapshot_done_fn *done;
	void *arg;
};

struct collector {
	const struct config *config;
	struct source source;
	struct vm_table table;
	struct self_stats self;
	uint64_t read_errors;
	struct told told;
	pthread_t thread;
	bool running;
	pthread_mutex_t lock; /* for what follows */
	pthread_cond_t wake;
	struct request *waiting;
	bool stop;
};

static int new_source(const struct config *config, struct source *ret)
{
	switch (config->source) {
	case SOURCE_DEBUGFS:
		return source_debugfs_new(config->debugfs, ret);
	case SOURCE_IOCTL:
		return source_ioctl_new(config->procfs, ret);
	default:
		return source_auto_new(config->debugfs, config->procfs, ret);
	}
}

int collector_new(const struct config *config, struct collector **ret)
{
	struct collector *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		return -ENOMEM;
	c->config = config;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->wake, NULL);
	err = new_source(config, &c->source);
	if (!err)
		err = vm_table_init(&c->table, config->procfs);
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
	vm_table_free(&c->table);
	if (c->source.free)
		c->source.free(c->source.state);
	pthread_cond_destroy(&c->wake);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

/* Count an error of a VM, and tell of its first. */
static void count_error(struct collector *c, struct known_vm *known, const char *what, int err)
{
	char dir[32];

	c->read_errors++;
	if (known->complained)
		return;
	known->complained = true;
	snprintf(dir, sizeof(dir), "%u-%u", known->key.tid, known->key.fd);
	log_event(&c->config->log, LOG_WARN, what, "vm", dir, "err",
		  err == -EBADMSG ? "not in the format of exit_stats" : strerror(-err));
}

static bool wants_vcpus(const struct request *batch, const struct vm *vm)
{
	for (const struct request *r = batch; r; r = r->next)
		if (r->want.all_vcpus || (r->want.one_vm && vm_matches(vm, &r->want.id)))
			return true;
	return false;
}

/* Read one VM into vm. 0, -ENOENT if it has gone, or another error: vm tells only which it is. */
static int read_vm(struct collector *c, struct known_vm *known, const struct request *batch,
		   struct vm *vm)
{
	size_t vcpu_errors = 0;
	int err;

	vm_table_describe(&c->table, known, vm);
	err = c->source.read(c->source.state, &known->key, &vm->stats);
	if (err) {
		vm->failed = true;
		if (err != -ENOENT && err != -EOPNOTSUPP)
			count_error(c, known, "cannot read the exit statistics of a VM", err);
		return err;
	}
	if (!vm->stats.tsc_khz)
		count_error(c, known, "a VM's TSC frequency is 0: no seconds", -EBADMSG);
	if (!wants_vcpus(batch, vm))
		return 0;
	vm->has_vcpus = true;
	err = c->source.read_vcpus(c->source.state, &known->key, &vm->vcpus, &vm->n_vcpus,
				   &vcpu_errors);
	if (err && err != -ENOENT)
		vcpu_errors++;
	for (size_t i = 0; i < vcpu_errors; i++)
		count_error(c, known, "cannot read the exit statistics of a vCPU",
			    err ? err : -EBADMSG);
	return err == -ENOENT ? err : 0;
}

/* Read all VMs of the table into s. 0 or -ENOMEM. */
static int read_vms(struct collector *c, const struct request *batch, struct snapshot *s)
{
	size_t failed = 0, forbidden = 0, unpatched = 0;

	s->vms = calloc(c->table.n ? c->table.n : 1, sizeof(*s->vms));
	if (!s->vms)
		return -ENOMEM;
	for (size_t i = 0; i < c->table.n; i++) {
		struct vm *vm = &s->vms[s->n_vms];
		int err = read_vm(c, &c->table.vms[i], batch, vm);

		if (err == -ENOENT || err == -EOPNOTSUPP) {
			vm_clear(vm);
			unpatched += err == -EOPNOTSUPP;
			continue;
		}
		failed += err != 0;
		forbidden += err == -EPERM;
		s->n_vms++;
	}
	s->success = s->n_vms > failed || !(failed + unpatched);
	if (!s->success && !failed)
		s->why = WHY_UNPATCHED;
	else if (!s->success)
		s->why = forbidden == failed ? WHY_CAPABILITY : WHY_UNREADABLE;
	return 0;
}

static struct snapshot *collect(struct collector *c, const struct request *batch)
{
	const int64_t begin = clock_ns();
	const bool automatic = c->config->source == SOURCE_AUTO;
	struct snapshot *s = snapshot_new();
	struct listing list = {0};
	int err;

	if (!s)
		return NULL;
	err = c->source.begin(c->source.state, &list);
	s->why = list.why;
	if (!err) {
		c->read_errors += list.cut + list.denied;
		err = vm_table_update(&c->table, list.keys, list.n, &c->source);
		if (!err) {
			resolver_wait(c->table.resolver, begin + NAMES_NS);
			err = read_vms(c, batch, s);
		}
		c->source.end(c->source.state);
		free(list.keys);
	}
	if (err == -ENOMEM) {
		snapshot_unref(s);
		return NULL;
	}
	snapshot_finish(s);
	s->source = automatic && !s->success ? "none" : list.source;
	s->read_errors = c->read_errors;
	s->ticks_hz = c->table.ticks_hz;
	proc_self(&c->self);
	s->self = c->self;
	s->duration = (double)(clock_ns() - begin) / (double)NS_PER_S;
	told_pass(&c->told, &c->config->log, s, &list, c->config->debugfs);
	return s;
}

struct snapshot *collector_collect(struct collector *c, const struct snapshot_want *want)
{
	const struct request request = {.want = *want};

	return collect(c, &request);
}

/* Answer the requests of a batch with one snapshot. */
static void serve(struct collector *c, struct request *batch)
{
	struct snapshot *s = collect(c, batch);

	if (!s)
		log_event(&c->config->log, LOG_ERROR, "out of memory in a scrape");
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
