/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a report is made of: readings of one VM, one after the other. No I/O. */
#ifndef REPORT_SERIES_H
#define REPORT_SERIES_H

#include "snapshot.h"

/* The most intervals of a report. */
#define REPORT_INTERVALS_MAX 10000

/* One reading. */
struct report_point {
	int64_t at; /* CLOCK_MONOTONIC, ns */
	struct exit_stats stats;
	struct vcpu *vcpus; /* only of the first and the last reading */
	size_t n_vcpus;
};

/* Why there is no further reading. */
enum report_end { REPORT_COMPLETE, REPORT_VM_ENDED, REPORT_INTERRUPTED };

struct report_series {
	struct vm vm;	  /* who it is, without counters */
	bool boot;	  /* the first reading is that of a VM that has not run: all zero */
	bool totals_only; /* the source knows no reasons and no times */
	int64_t wall;	  /* the first reading, ns since the epoch */
	int64_t every;	  /* ns */
	double age;	  /* seconds since the process began, at the last reading; 0: unknown */
	enum report_end end;
	uint64_t missed; /* readings that failed */
	bool passing;	 /* the last point gives way to the next */
	struct report_point *points;
	size_t n;
	size_t size;
};

/*
 * Take over what was read of a VM at that time; *vm is emptied. passing: it only counts if it
 * remains the last. 0 or -ENOMEM.
 */
int report_series_add(struct report_series *r, struct vm *vm, int64_t at, bool passing);

/* Put a reading of zeroes before all others: of a VM that had not run at that time. 0, -ENOMEM. */
int report_series_from_zero(struct report_series *r, int64_t at);

/* May vm be the VM of the series, or are its counters those of another one? */
bool report_series_fits(const struct report_series *r, const struct vm *vm);

void report_series_clear(struct report_series *r);

#endif
