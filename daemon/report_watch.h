/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads one VM again and again. */
#ifndef REPORT_WATCH_H
#define REPORT_WATCH_H

#include "collector.h"
#include "report_progress.h"

#include <signal.h>

/* One run of the sub-command. */
struct report_run {
	const struct config_report *want;
	struct collector *collector;
	sigset_t signals; /* blocked: they end a wait */
	bool interrupted;
	struct report_progress progress;
	struct report_series series;
};

enum report_look { LOOK_READ, LOOK_MISSED, LOOK_ENDED, LOOK_NO_MEMORY };

/* Wait until that time (CLOCK_MONOTONIC, ns), or until a signal says stop. */
void report_wait_until(struct report_run *run, int64_t when);

/* A snapshot, with the vCPUs of that VM if it is given. NULL without memory. */
struct snapshot *report_collect(struct report_run *run, const struct vm *vm);

/* The series is to be of this VM: nothing is taken of it but which it is. */
void report_begin(struct report_run *run, const struct vm *vm);

/*
 * Take the VM of the series out of a snapshot, which is used up and must have no other user.
 * passing: as for report_series_add().
 */
enum report_look report_take(struct report_run *run, struct snapshot *s, bool passing);

/* Take it out of a new one. */
enum report_look report_look(struct report_run *run, bool passing);

/* Read the VM until the time is over, it ends, or a signal says stop. 0 or -ENOMEM. */
int report_watch(struct report_run *run);

#endif
