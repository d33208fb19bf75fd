/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
#ifndef _UAPI__LINUX_KVM_EXIT_STATS_H
#define _UAPI__LINUX_KVM_EXIT_STATS_H

/*
 * Accounting of VM-Exits: what user space and guests need to know of it.
 *
 *   struct kvm_exit_stats          64 bytes
 *   +---------+---------+-----+----+---------+------------+------------+-------+
 *   | flags   | vcpu_id | isa | on | tsc_khz | entry_size | nr_entries | vcpus |
 *   +---------+---------+-----+----+---------+------------+------------+-------+
 *   | paused            | dropped          | reserved[2]                       |
 *   +-------------------+------------------+-----------------------------------+
 *   | entries[0]: code | count | kernel | user | blocked          40 bytes     |
 *   | entries[1]: ...                                                          |
 *   +--------------------------------------------------------------------------+
 *
 * All times are cycles of the host's TSC.
 */

#include <linux/kvm.h>
#include <linux/types.h>

/* Of KVM_CHECK_EXTENSION: not 0 if there is KVM_GET_EXIT_STATS. */
#define KVM_CAP_EXIT_STATS	0x45585354

/* vcpu_id: the sum over all vCPUs. */
#define KVM_EXIT_STATS_ALL_VCPUS	(-1)

/* isa */
#define KVM_EXIT_STATS_ISA_VMX	1
#define KVM_EXIT_STATS_ISA_SVM	2

/* code: all codes that have no entry of their own. */
#define KVM_EXIT_STATS_CODE_OTHER	(~0ULL)

struct kvm_exit_stats_entry {
	__aligned_u64 code;
	__aligned_u64 count;
	__aligned_u64 kernel;
	__aligned_u64 user;
	__aligned_u64 blocked;
};

struct kvm_exit_stats {
	/* In: 0. */
	__u32 flags;
	/* In: a vCPU, or KVM_EXIT_STATS_ALL_VCPUS. */
	__s32 vcpu_id;
	__u32 isa;
	/* Is the accounting switched on now? */
	__u32 on;
	__u32 tsc_khz;
	/* Distance from an entry to the next, in bytes. */
	__u32 entry_size;
	/* In: room for so many.  Out: so many there are, also with E2BIG. */
	__u32 nr_entries;
	/* How many vCPUs are in the sum. */
	__u32 vcpus;
	/* Time outside KVM_RUN after it was interrupted, of no exit's. */
	__aligned_u64 paused;
	/* Intervals that were thrown away: TSCs out of step. */
	__aligned_u64 dropped;
	/* In: 0. */
	__aligned_u64 reserved[2];
	struct kvm_exit_stats_entry entries[];
};

/* A VM ioctl.  Callers that are not the VM's own process need CAP_PERFMON. */
#define KVM_GET_EXIT_STATS	_IOWR(KVMIO, 0xdf, struct kvm_exit_stats)

// part hypercall
/*
 * Hypercall: report the vCPU whose id is the argument, in the host's tracepoint
 * kvm:kvm_vcpu_info.  0: reported, or will be.
 */
#define KVM_HC_VCPU_INFO	0x56435055

// end
#endif /* _UAPI__LINUX_KVM_EXIT_STATS_H */
