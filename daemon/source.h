/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A source is where the counters come from: a small table of functions over a state of its own.
 * Sources do not log. They are used by one thread at a time.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include "snapshot.h"
#include "why.h"

/* The most VMs that a scrape looks at. */
#define SOURCE_VMS_MAX 16384

/* Names one VM for as long as it lives: a later VM under the same name differs in the rest. */
struct vm_key {
	uint32_t tid; /* thread that created the VM */
	uint32_t fd;
	uint64_t inode;	 /* of its directory */
	int64_t created; /* ns since the epoch, not earlier than the VM's creation */
};

struct source {
	const char *name;
	void *state;
	/*
	 * Begin a pass: list the VMs, in any order, each once. The caller frees *ret. Too many are
	 * cut off with *ret_cut set. Negative errno if there is nothing to list, with *ret_why.
	 */
	int (*begin)(void *state, struct vm_key **ret, size_t *ret_n, bool *ret_cut,
		     const char **ret_why);
	/*
	 * Read a VM's counters. -ENOENT: it has gone. -EOPNOTSUPP: it is there and has none (the
	 * kernel is not patched). Any other error: it cannot be read.
	 */
	int (*read)(void *state, const struct vm_key *key, struct exit_stats *ret);
	/*
	 * Read the counters of each vCPU, by id; the caller frees *ret and what is in it. Those
	 * that cannot be read are left out and counted in *ret_errors. Errors as for read.
	 */
	int (*read_vcpus)(void *state, const struct vm_key *key, struct vcpu **ret, size_t *ret_n,
			  size_t *ret_errors);
	/* A thread that runs or ran one of the VM's vCPUs, the index-th that is known. -ENOENT. */
	int (*vcpu_thread)(void *state, const struct vm_key *key, size_t index, uint32_t *ret);
	/* End the pass: keep nothing open between scrapes. */
	void (*end)(void *state);
	void (*free)(void *state);
};

/* The source that reads <debugfs>/kvm. 0 or -ENOMEM. Undone by ret->free(ret->state). */
int source_debugfs_new(const char *debugfs, struct source *ret);

#endif
