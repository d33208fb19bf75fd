/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which process a VM belongs to. */
#ifndef VM_PROCESS_H
#define VM_PROCESS_H

#include "source.h"

/* Where processes are looked up. */
struct vm_host {
	const char *procfs;
	uint64_t boot_time; /* seconds since the epoch, 0: not known */
	uint64_t ticks_hz;
	bool foreign; /* see proc_is_foreign() */
};

struct vm_process {
	uint32_t pid; /* the thread that made the VM, where nothing better is found */
	bool found;
	bool nobody; /* who has this number in procfs is somebody else */
	bool has_start;
	uint64_t start_ticks; /* since boot */
	char comm[64];	      /* as the kernel has it: any bytes */
};

/*
 * Look up whose VM key is: the process of the thread that made it, else of a vCPU's thread, for
 * which source must be in a pass. May hang.
 */
void vm_process_find(const struct vm_host *host, const struct source *source,
		     const struct vm_key *key, struct vm_process *ret);

#endif
