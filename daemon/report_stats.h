/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbers of a report, from its readings. Pure; counts are exact. */
#ifndef REPORT_STATS_H
#define REPORT_STATS_H

#include "report_series.h"

/*
 * The verdict on the rates of the intervals, by their coefficient of variation: standard deviation
 * (of a sample, so over n - 1) by mean, in percent.
 */
#define REPORT_STABLE_PERCENT  10
#define REPORT_VARYING_PERCENT 30
/* Fewer intervals say nothing. */
#define REPORT_COMPARED_MIN 3

enum report_verdict {
	VERDICT_TOO_FEW,
	VERDICT_NONE,
	VERDICT_STABLE,
	VERDICT_VARYING,
	VERDICT_BURSTY
};

struct report_count {
	uint64_t exits;
	uint64_t cycles[PHASES];
	uint64_t paused; /* cycles; 0 for a reason */
};

struct report_reason {
	uint64_t code;
	const char *name;	    /* the series' */
	struct report_count window; /* from the first reading to the last */
	struct report_count total;  /* since the VM's start */
};

struct report_vcpu {
	uint32_t id;
	struct report_count window;
	struct report_count total;
};

struct report_interval {
	int64_t begin; /* ns since the first reading */
	int64_t length;
	uint64_t exits;
	double rate;	 /* exits per second */
	bool compared;	 /* long enough to be compared with the others */
	const char *top; /* the reason of most of its exits, NULL: none */
	uint64_t top_exits;
};

struct report_stats {
	uint64_t tsc_khz;
	uint64_t vcpus;
	int64_t length; /* ns, from the first reading to the last */
	struct report_count window;
	struct report_count total;
	uint64_t dropped;	       /* intervals, in the window */
	size_t off;		       /* readings that found the accounting switched off */
	struct report_reason *reasons; /* the most frequent of the window first */
	size_t n_reasons;
	struct report_vcpu *vcpu; /* by id */
	size_t n_vcpu;
	struct report_interval *intervals;
	size_t n_intervals;
	/* Of the rates of those that are compared. */
	size_t n_compared;
	double mean, deviation, variation /* percent */, least, most;
	enum report_verdict verdict;
};

/* Compute them. The series has a reading, and outlives them. 0 or -ENOMEM. */
int report_stats_make(const struct report_series *r, struct report_stats *ret);
void report_stats_clear(struct report_stats *st);

/* The time that somebody has spent on these exits: in the kernel and in the VMM. Cycles. */
uint64_t report_cost(const struct report_count *c);
/* Cycles as seconds; 0 if tsc_khz is. */
double report_seconds(uint64_t cycles, uint64_t tsc_khz);

/*
 * Orders of reasons, for qsort() of pointers to them: the most frequent or the dearest first. What
 * is equal, by code.
 */
int report_by_window(const void *a, const void *b);
int report_by_total(const void *a, const void *b);
int report_by_cost(const void *a, const void *b);

/*
 * What reason did from one reading to a later one: the difference of its counters. Of what is not
 * in the earlier one, all; counters that went back did nothing. before may be NULL.
 */
struct report_count report_between(const struct exit_stats *before,
				   const struct exit_reason *reason);

#endif
