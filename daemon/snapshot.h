/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one scrape saw, as plain structs: no I/O, no locks, no logging.
 * A snapshot is written by one thread, then only read. It is counted, so that requests share it.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "stock_stats.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The phases of design: an interval from an exit to the next entry is split into these. */
enum phase { PHASE_KERNEL, PHASE_USER, PHASE_BLOCKED, PHASES };

/* Longest name of a reason and of an isa that is accepted, without the NUL. */
#define REASON_NAME_MAX 63
#define ISA_NAME_MAX	15

/* The slot for codes that the kernel's table does not know has no code of its own. */
#define REASON_NO_CODE UINT64_MAX

struct exit_reason {
	uint64_t code; /* the hardware's code, or REASON_NO_CODE */
	uint64_t count;
	uint64_t cycles[PHASES]; /* host TSC */
	uint8_t name_len;
	char name[REASON_NAME_MAX + 1]; /* graphic ASCII without quote and backslash */
};

/* The counters of a VM (sum over its vCPUs) or of one vCPU: one exit_stats file. */
struct exit_stats {
	char isa[ISA_NAME_MAX + 1]; /* "vmx", "svm" */
	bool on;		    /* accounting was switched on when this was read */
	uint64_t tsc_khz;	    /* 0: unknown, then there are no seconds */
	uint64_t vcpus;
	uint64_t paused;  /* cycles */
	uint64_t dropped; /* intervals */
	uint64_t exits;	  /* sum over the reasons */
	uint64_t cycles[PHASES];
	struct exit_reason *reasons; /* in the file's order; codes and names are unique */
	size_t n_reasons;
	/* Source stock: of the rest only exits and vcpus are known. Else NULL. */
	struct stock_stats *stock;
};

struct vcpu {
	uint32_t id;
	struct exit_stats stats;
};

/* Who a VM is. Strings are UTF-8, bounded, owned; NULL where unknown. */
struct identity {
	char *name;
	char *uuid;
	char *vmm;
};

struct vm {
	uint32_t pid; /* the process */
	uint32_t tid; /* the thread that created it, as in debugfs' directory name */
	uint32_t fd;
	uint64_t instance; /* of two VMs that have the same tid and fd, one after the other */
	bool sibling;	   /* its process has more than one VM */
	bool twin;	   /* another VM of its process has the same fd */
	bool failed;	   /* could not be read: only pid, tid and fd are valid */
	bool has_start;
	uint64_t start_ticks; /* start of the process since the epoch, in 1/ticks_hz s */
	struct identity id;
	struct exit_stats stats;
	bool has_vcpus;	    /* vcpus was asked for */
	struct vcpu *vcpus; /* by id */
	size_t n_vcpus;
};

/* The exporter's own process. Negative: unknown. */
struct self_stats {
	double cpu_seconds;
	double start_time;
	int64_t resident_bytes;
	int64_t virtual_bytes;
	int64_t open_fds;
	int64_t max_fds;
};

struct snapshot {
	unsigned int refs; /* atomic */
	int64_t taken_ns;  /* CLOCK_MONOTONIC; 0: it was not */
	struct vm *vms;	   /* by pid, fd, tid */
	size_t n_vms;
	const char *source; /* static strings: which source, and why that one */
	const char *why;
	bool success;
	uint64_t read_errors; /* since the start of the daemon */
	double duration;      /* seconds */
	uint64_t ticks_hz;
	struct self_stats self;
};

/* Which VM a request is about. */
struct vm_id {
	uint32_t pid;
	uint32_t fd;
	bool has_fd;
};

/* What a request needs beyond the counters of each VM. */
struct snapshot_want {
	bool all_vcpus;
	bool one_vm; /* the vCPUs of the VMs that vm_id means */
	struct vm_id id;
	/*
	 * When the snapshot has to be done (CLOCK_MONOTONIC, ns): what is not read by then is left
	 * out. 0: no such time. Soon after it the request is answered without a snapshot.
	 */
	int64_t deadline_ns;
};

/* Gets a snapshot that was asked for: takes over the reference. NULL without memory. */
typedef void snapshot_done_fn(void *arg, struct snapshot *s);
/* Asks for a snapshot. 0, or negative errno and done is not called. */
typedef int snapshot_request_fn(void *ctx, const struct snapshot_want *want, snapshot_done_fn *done,
				void *arg);

/* A new empty snapshot with one reference, NULL without memory. */
struct snapshot *snapshot_new(void);
/* Another reference to s. */
struct snapshot *snapshot_ref(struct snapshot *s);
/* Give one back; the last frees everything. NULL is allowed. */
void snapshot_unref(struct snapshot *s);

/* Free what these own and zero them. */
void exit_stats_clear(struct exit_stats *st);
void identity_clear(struct identity *id);
void vm_clear(struct vm *vm);

/* Order the VMs by pid, fd, tid and set sibling and twin. */
void snapshot_finish(struct snapshot *s);

/* Does id mean this VM: by process, or by the name of its debugfs directory? */
bool vm_matches(const struct vm *vm, const struct vm_id *id);

enum find_result { FIND_NONE, FIND_ONE, FIND_SEVERAL };
/*
 * Find the VM that id means. FIND_ONE: *ret_first is its index. FIND_SEVERAL: the *ret_count VMs
 * from *ret_first on share the id.
 */
enum find_result snapshot_find(const struct snapshot *s, const struct vm_id *id, size_t *ret_first,
			       size_t *ret_count);

/*
 * Parse len bytes as a decimal number below 2^31: no sign, blank or leading zero. 0 or -EINVAL.
 */
int number_parse(const char *text, size_t len, uint32_t *ret);

/*
 * Parse "<pid>" or "<pid>-<fd>" strictly: decimal, no sign, blank or leading zero, no overflow.
 * len bytes of text. 0 or -EINVAL.
 */
int vm_id_parse(const char *text, size_t len, struct vm_id *ret);

#endif
