// SPDX-License-Identifier: GPL-2.0-or-later
#include "report_watch.h"

#include "clock.h"

#include <errno.h>
#include <string.h>

/* How often a VM is read in between, so that little is lost of one that ends. */
#define LOOK_NS NS_PER_S

static int64_t wall_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

void report_wait_until(struct report_run *run, int64_t when)
{
	while (!run->interrupted) {
		int64_t left = when - clock_ns();
		struct timespec ts;

		if (left <= 0)
			return;
		ts = clock_timespec(left);
		if (sigtimedwait(&run->signals, NULL, &ts) < 0)
			continue;
		run->interrupted = true;
		/* The next one does what it always does. */
		signal(SIGINT, SIG_DFL);
		sigprocmask(SIG_UNBLOCK, &run->signals, NULL);
	}
}

struct snapshot *report_collect(struct report_run *run, const struct vm *vm)
{
	struct snapshot_want want = {0};

	if (vm) {
		want.one_vm = true;
		want.id = (struct vm_id){vm->twin ? vm->tid : vm->pid, vm->fd, true};
	}
	return collector_collect(run->collector, &want);
}

/* Since the start of its process. */
static double age_of(const struct vm *vm, uint64_t ticks_hz)
{
	if (!vm->has_start || !ticks_hz)
		return 0;
	return (double)wall_ns() / (double)NS_PER_S - (double)vm->start_ticks / (double)ticks_hz;
}

void report_begin(struct report_run *run, const struct vm *vm)
{
	struct report_series *r = &run->series;

	r->vm.pid = vm->pid;
	r->vm.tid = vm->tid;
	r->vm.fd = vm->fd;
	r->vm.twin = vm->twin;
	r->vm.has_start = vm->has_start;
	r->vm.start_ticks = vm->start_ticks;
	r->every = run->want->every;
}

enum report_look report_take(struct report_run *run, struct snapshot *s, bool passing)
{
	struct report_series *r = &run->series;
	enum report_look look = s->success ? LOOK_ENDED : LOOK_MISSED;
	const int64_t now = clock_ns(), wall = wall_ns();

	for (size_t i = 0; i < s->n_vms; i++) {
		struct vm *vm = &s->vms[i];

		if (!report_series_fits(r, vm))
			continue;
		if (vm->failed) {
			look = LOOK_MISSED;
			break;
		}
		r->totals_only = strcmp(s->source, "stock") == 0;
		r->age = age_of(vm, s->ticks_hz);
		if (!r->n)
			r->wall = wall;
		/* The snapshot is ours alone. */
		look = report_series_add(r, vm, now, passing) ? LOOK_NO_MEMORY : LOOK_READ;
		break;
	}
	snapshot_unref(s);
	return look;
}

enum report_look report_look(struct report_run *run, bool passing)
{
	struct snapshot *s = report_collect(run, &run->series.vm);

	return s ? report_take(run, s, passing) : LOOK_NO_MEMORY;
}

int report_watch(struct report_run *run)
{
	struct report_series *r = &run->series;
	const int64_t begin = r->points[0].at, end = begin + run->want->length;
	int64_t point = begin;

	while (r->end == REPORT_COMPLETE && point < end) {
		int64_t next = point + run->want->every, now;
		bool passing;

		if (next > end)
			next = end;
		now = clock_ns();
		passing = next > now + LOOK_NS;
		report_wait_until(run, passing ? now + LOOK_NS : next);
		switch (report_look(run, passing)) {
		case LOOK_NO_MEMORY:
			return -ENOMEM;
		case LOOK_ENDED:
			r->end = REPORT_VM_ENDED;
			break;
		case LOOK_MISSED:
			r->missed++;
			break;
		default:
			report_progress_watch(&run->progress, r, run->want->length);
		}
		if (r->end == REPORT_COMPLETE && run->interrupted)
			r->end = REPORT_INTERRUPTED;
		/* What was too slow for an interval makes it longer: no two points at once. */
		while (!passing && point < end && point + run->want->every <= clock_ns())
			point += run->want->every;
		if (!passing && next == end)
			point = end;
	}
	return 0;
}
