/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The statistics that upstream's KVM has in debugfs for each VM, of x86: those that only grow.
 * From virt/kvm and arch/x86/kvm/x86.c, kvm_vm_stats_desc[] and kvm_vcpu_stats_desc[]: what is
 * STATS_DESC_COUNTER or STATS_DESC_TIME_NSEC there; the same in 6.1 and 6.12. A vCPU's are summed
 * over the VM's vCPUs.
 */
#ifndef STOCK_STATS_H
#define STOCK_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STOCK_STATS 48

struct stock_name {
	const char *file;
	const char *metric; /* what stands in kvm_vm_stat_..._total */
	bool ns;	    /* nanoseconds: the metric is in seconds */
};

extern const struct stock_name stock_names[STOCK_STATS];

/* One VM's. */
struct stock_stats {
	bool has[STOCK_STATS]; /* this kernel has it */
	uint64_t values[STOCK_STATS];
};

/*
 * Read the len bytes of such a file: decimal digits and the end of line, nothing else. -EBADMSG for
 * anything else, and for what does not fit; *ret is untouched then. Pure.
 */
int stock_number(const char *text, size_t len, uint64_t *ret);

#endif
