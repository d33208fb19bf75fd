/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads VMs in a thread of its own, since any read may hang, and leaves that thread alone when it
 * does:
 *
 *	collector          reader 1                  reader 2
 *	    |--- list -------->|
 *	    |<-- VMs ----------|
 *	    |--- read VMs ---->| VM 1, VM 2, VM 3
 *	    | no progress:     |    (hangs)
 *	    |--- read what is left ------------------------>| VM 4, VM 5
 *	    |<-- counters ------------------------------------|
 *	                       | (wakes, frees what is its own, ends)
 *
 * A pass costs two hand-overs, however many VMs there are. What hangs is not read again before it
 * has come back, and there are at most READERS_STUCK_MAX threads that hang.
 */
#ifndef READERS_H
#define READERS_H

#include "config.h"
#include "source.h"
#include "vm_process.h"

#define READERS_STUCK_MAX WATCH_SKIP_MAX

struct readers;

/* What is asked of a VM, and what came of it. */
struct read_item {
	struct vm_key key;
	bool wanted;   /* false: leave it alone, the rest stays as it is */
	bool is_new;   /* look up its process too */
	bool answered; /* it was read without trouble the last time */
	int err;       /* as for source.read; -ETIMEDOUT: it hangs, or there was no time for it */
	size_t vcpu_errors;
	int vcpu_err;
	struct vm_process process; /* if it was new and err is not -ETIMEDOUT */
	struct vm vm;		   /* in: pid, tid and fd; out: stats and vCPUs */
};

/* Which VMs' vCPUs are asked for. */
struct read_wants {
	struct snapshot_want *wants;
	size_t n;
};

/* config is borrowed for good. 0 or -ENOMEM. */
int readers_new(const struct config *config, struct readers **ret);
/* What hangs, and what it uses, is left to the end of the process. NULL is allowed. */
void readers_free(struct readers *r);

/*
 * Begin a pass: list the VMs, until deadline (CLOCK_MONOTONIC, ns) at most. Errors as for
 * source.begin, or -ETIMEDOUT. *ret_skipped: how much was left out since it hangs. If
 * *boot_time is 0, it is looked up.
 */
int readers_list(struct readers *r, int64_t deadline, struct listing *ret, size_t *ret_skipped,
		 uint64_t *boot_time);

/*
 * Read the VMs of a pass, *items of n. The array is taken over, and another may come back in its
 * place. fall_back: as source.fall_back. 0 or -ENOMEM; then too *items is the caller's to free.
 */
int readers_read(struct readers *r, int64_t deadline, struct read_item **items, size_t n,
		 const struct read_wants *wants, const struct vm_host *host, bool fall_back);

#endif
