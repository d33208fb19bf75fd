/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A source is where the counters come from: a small table of functions over a state of its own.
 * Sources do not log. Each is used by the one thread that has made it: a thread that hangs in a
 * source hurts no other.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include "snapshot.h"
#include "watch.h"
#include "why.h"

/* The most VMs that a scrape looks at. */
#define SOURCE_VMS_MAX 16384

/* Names one VM for as long as it lives: a later VM under the same name differs in the rest. */
struct vm_key {
	uint32_t tid; /* thread that created the VM; ioctl: process */
	uint32_t fd;
	uint64_t inode;	 /* of its directory; ioctl: start of the process, in ticks */
	int64_t created; /* ns since the epoch, not earlier than the VM's creation */
	bool of_host;	 /* tid is a number of the host's first pid namespace */
};

/* What a pass begins with. */
struct listing {
	struct vm_key *keys; /* the caller's to free */
	size_t n;
	bool cut;    /* there are more VMs, or more to look through, than the bounds allow */
	bool denied; /* there are processes whose VMs, if they have any, may not be seen */
	/* Static strings: the source that is used, and why; or why there is nothing to list. */
	const char *source;
	const char *why;
	const char *why_eperm; /* what it means when all VMs answer -EPERM */
};

struct source {
	void *state;
	/*
	 * Begin a pass: list the VMs, in any order, each once. Negative errno if there is nothing
	 * to list, with ret->source and ret->why and no more. A source that was not chosen by auto
	 * is there because it is configured. What it looks at it shows to watch.
	 */
	int (*begin)(void *state, struct watch *watch, struct listing *ret);
	/*
	 * In a pass: none of the VMs has exit statistics, so read what there is instead. NULL:
	 * there is nothing else.
	 */
	void (*fall_back)(void *state);
	/*
	 * Read a VM's counters. -ENOENT: it has gone. -EOPNOTSUPP: it is there and has none (the
	 * kernel is not patched). Any other error: it cannot be read.
	 */
	int (*read)(void *state, const struct vm_key *key, struct exit_stats *ret);
	/*
	 * NULL: the source has none. Read the counters of each vCPU, by id; the caller frees *ret
	 * and what is in it. Those that cannot be read are left out and counted in *ret_errors.
	 * Errors as for read.
	 */
	int (*read_vcpus)(void *state, const struct vm_key *key, struct vcpu **ret, size_t *ret_n,
			  size_t *ret_errors);
	/*
	 * A thread that runs or ran one of the VM's vCPUs, the index-th that is known. -ENOENT.
	 * NULL: not needed, the VM's tid is its process.
	 */
	int (*vcpu_thread)(void *state, const struct vm_key *key, size_t index, uint32_t *ret);
	/* End the pass: keep nothing open between scrapes. */
	void (*end)(void *state);
	void (*free)(void *state);
};

/* The source that reads <debugfs>/kvm. 0 or -ENOMEM. Undone by ret->free(ret->state). */
int source_debugfs_new(const char *debugfs, struct source *ret);

/* The source that reads with the ioctl KVM_GET_EXIT_STATS. As above. */
int source_ioctl_new(const char *procfs, struct source *ret);

/* The source that reads upstream's own statistics in <debugfs>/kvm. As above. */
int source_stock_new(const char *debugfs, struct source *ret);
/* The same over the state of a source that reads debugfs, which stays its owner. */
struct source source_stock_share(const struct source *debugfs);

/* The best one of these that works. As above. */
int source_auto_new(const char *debugfs, const char *procfs, struct source *ret);

#endif
