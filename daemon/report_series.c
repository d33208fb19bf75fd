// SPDX-License-Identifier: GPL-2.0-or-later
#include "report_series.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void clear_vcpus(struct report_point *p)
{
	for (size_t i = 0; i < p->n_vcpus; i++)
		exit_stats_clear(&p->vcpus[i].stats);
	free(p->vcpus);
	p->vcpus = NULL;
	p->n_vcpus = 0;
}

static void clear_point(struct report_point *p)
{
	exit_stats_clear(&p->stats);
	clear_vcpus(p);
}

/* A new point at the end, or NULL. */
static struct report_point *append(struct report_series *r)
{
	if (r->n == r->size) {
		size_t size = r->size ? r->size * 2 : 16;
		struct report_point *new = reallocarray(r->points, size, sizeof(*new));

		if (!new)
			return NULL;
		r->points = new;
		r->size = size;
	}
	r->points[r->n] = (struct report_point){0};
	return &r->points[r->n++];
}

/* Who the VM is may become known only after a while. */
static void take_identity(struct report_series *r, struct vm *vm)
{
	identity_clear(&r->vm.id);
	r->vm = *vm;
	r->vm.stats = (struct exit_stats){0};
	r->vm.vcpus = NULL;
	r->vm.n_vcpus = 0;
	vm->id = (struct identity){0};
}

int report_series_add(struct report_series *r, struct vm *vm, int64_t at, bool passing)
{
	struct report_point *p;

	if (r->passing)
		clear_point(&r->points[--r->n]);
	r->passing = false;
	p = append(r);
	if (!p)
		return -ENOMEM;
	take_identity(r, vm);
	*p = (struct report_point){at, vm->stats, vm->vcpus, vm->n_vcpus};
	vm->stats = (struct exit_stats){0};
	vm->vcpus = NULL;
	vm->n_vcpus = 0;
	vm_clear(vm);
	if (r->n > 2)
		clear_vcpus(&r->points[r->n - 2]);
	r->passing = passing;
	return 0;
}

int report_series_from_zero(struct report_series *r, int64_t at)
{
	struct report_point *first;

	if (!append(r))
		return -ENOMEM;
	memmove(r->points + 1, r->points, (r->n - 1) * sizeof(*r->points));
	first = r->points;
	*first = (struct report_point){.at = at};
	first->stats.on = true;
	if (r->n > 1) {
		first->stats.tsc_khz = first[1].stats.tsc_khz;
		first->stats.on = first[1].stats.on;
	}
	r->boot = true;
	return 0;
}

bool report_series_fits(const struct report_series *r, const struct vm *vm)
{
	const struct report_point *last = r->n ? &r->points[r->n - 1] : NULL;

	if (r->vm.tid != vm->tid || r->vm.fd != vm->fd)
		return false;
	/* A pid may have been a guess at first: then nothing is known of its start. */
	if (r->vm.pid == vm->pid && r->vm.has_start && vm->has_start &&
	    r->vm.start_ticks != vm->start_ticks)
		return false;
	/* Counters only grow in the life of a VM. */
	return vm->failed || !last || vm->stats.exits >= last->stats.exits;
}

void report_series_clear(struct report_series *r)
{
	for (size_t i = 0; i < r->n; i++)
		clear_point(&r->points[i]);
	free(r->points);
	vm_clear(&r->vm);
	*r = (struct report_series){0};
}
