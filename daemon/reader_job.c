// SPDX-License-Identifier: GPL-2.0-or-later
#include "reader_job.h"

#include "proc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct job *job_new(enum job_kind kind, const char *procfs)
{
	struct job *job = calloc(1, sizeof(*job));

	if (job) {
		job->kind = kind;
		job->procfs = procfs;
		job->refs = 1;
	}
	return job;
}

int job_set_wants(struct job *job, const struct read_wants *wants)
{
	job->wants.wants = calloc(wants->n + 1, sizeof(*wants->wants));
	if (!job->wants.wants)
		return -ENOMEM;
	memcpy(job->wants.wants, wants->wants, wants->n * sizeof(*wants->wants));
	job->wants.n = wants->n;
	return 0;
}

void job_put(struct job *job)
{
	if (--job->refs)
		return;
	free(job->list.keys);
	free(job->items);
	free(job->wants.wants);
	free(job);
}

void job_clear_items(struct job *job)
{
	for (size_t i = 0; i < job->step; i++)
		vm_clear(&job->items[i].vm);
}

static void run_list(struct job *job, struct source *source, bool *begun, pthread_mutex_t *lock)
{
	struct listing list = {0};
	uint64_t boot_time = 0;
	int err;

	if (*begun)
		source->end(source->state);
	err = source->begin(source->state, &job->watch, &list);
	*begun = !err;
	pthread_mutex_lock(lock);
	if (job->abandoned) {
		if (!err)
			free(list.keys);
		pthread_mutex_unlock(lock);
		return;
	}
	job->list = list;
	if (err)
		job->list.keys = NULL;
	job->err = err;
	job->step = STEP_BOOT_TIME;
	pthread_mutex_unlock(lock);
	if (job->want_boot_time && !err && proc_boot_time(job->procfs, &boot_time))
		boot_time = 0;
	pthread_mutex_lock(lock);
	job->boot_time = boot_time;
	pthread_mutex_unlock(lock);
}

static bool wants_vcpus(const struct read_wants *wants, const struct vm *vm)
{
	for (size_t i = 0; i < wants->n; i++) {
		const struct snapshot_want *want = &wants->wants[i];

		if (want->all_vcpus || (want->one_vm && vm_matches(vm, &want->id)))
			return true;
	}
	return false;
}

/* Read one VM into a copy of its item, which nobody else looks at. */
static void read_item(const struct job *job, const struct source *source, struct read_item *item)
{
	const struct vm_host host = {job->procfs, job->boot_time, job->ticks_hz, job->foreign};
	struct vm *vm = &item->vm;

	if (item->is_new) {
		vm_process_find(&host, source, &item->key, &item->process);
		vm->pid = item->process.pid;
	}
	item->err = source->read(source->state, &item->key, &vm->stats);
	if (item->err || !wants_vcpus(&job->wants, vm))
		return;
	if (!source->read_vcpus || vm->stats.stock)
		return;
	vm->has_vcpus = true;
	item->vcpu_err = source->read_vcpus(source->state, &item->key, &vm->vcpus, &vm->n_vcpus,
					    &item->vcpu_errors);
	if (item->vcpu_err == -ENOENT)
		item->err = -ENOENT;
}

static int begin_anew(struct job *job, struct source *source, pthread_mutex_t *lock)
{
	struct listing list = {0};
	int err;

	pthread_mutex_lock(lock);
	job->beginning = true;
	pthread_mutex_unlock(lock);
	err = source->begin(source->state, &job->watch, &list);
	if (!err)
		free(list.keys);
	pthread_mutex_lock(lock);
	if (!job->abandoned)
		job->beginning = false;
	pthread_mutex_unlock(lock);
	return err;
}

static void run_read(struct job *job, struct source *source, bool *begun, pthread_mutex_t *lock)
{
	int err = *begun ? 0 : begin_anew(job, source, lock);
	bool on = true;

	*begun = !err;
	if (!err && job->fall_back && source->fall_back)
		source->fall_back(source->state);
	/* No other thread changes step while on. */
	for (size_t i = job->step; on && i < job->n; i++) {
		struct read_item item = job->items[i];

		if (item.wanted && err)
			item.err = err;
		else if (item.wanted)
			read_item(job, source, &item);
		pthread_mutex_lock(lock);
		on = !job->abandoned;
		if (on) {
			job->items[i] = item;
			job->step = i + 1;
		}
		pthread_mutex_unlock(lock);
		if (!on)
			vm_clear(&item.vm);
	}
	if (*begun)
		source->end(source->state);
	*begun = false;
}

void job_run(struct job *job, struct source *source, bool *begun, pthread_mutex_t *lock)
{
	if (job->kind == JOB_LIST)
		run_list(job, source, begun, lock);
	else
		run_read(job, source, begun, lock);
}

struct job_progress job_progress(const struct job *job)
{
	return (struct job_progress){job->step, watch_at(&job->watch), job->beginning};
}

bool job_progress_same(const struct job_progress *a, const struct job_progress *b)
{
	return a->step == b->step && a->at == b->at && a->beginning == b->beginning;
}

uint64_t job_stuck_at(const struct job *job)
{
	if (job->kind == JOB_LIST || job->beginning)
		return watch_at(&job->watch);
	if (job->step >= job->n)
		return 0;
	return watch_counters(job->items[job->step].key.tid, job->items[job->step].key.fd);
}
