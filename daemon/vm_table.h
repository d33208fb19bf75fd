/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VMs that the last pass saw, and who they are: looked up once in the life of a VM.
 * A directory of debugfs is one VM for as long as its inode and times stay the same, and a VM never
 * changes its process; so a pid that is used again never inherits a name.
 */
#ifndef VM_TABLE_H
#define VM_TABLE_H

#include "resolver.h"
#include "source.h"
#include "vm_process.h"

struct known_vm {
	struct vm_key key;
	uint32_t pid;
	bool pid_settled;    /* pid is what /proc said, not a guess */
	unsigned int unseen; /* passes in which /proc did not show its process */
	bool has_start;
	bool complained;      /* an error of this VM has been logged */
	bool answered;	      /* its counters could be read the last time */
	uint64_t start_ticks; /* since boot */
	char comm[64];
	struct identity_job *job;
};

struct vm_table {
	char *procfs;
	struct resolver *resolver;
	struct known_vm *vms; /* by tid, fd */
	size_t n;
	uint64_t boot_time; /* seconds since the epoch, 0: not known yet */
	uint64_t ticks_hz;
};

/* 0 or -ENOMEM. */
int vm_table_init(struct vm_table *t, const char *procfs);
void vm_table_free(struct vm_table *t);

/*
 * Make the table hold exactly the n VMs of keys, which are sorted in place: keep those that are
 * known, forget those that have gone. 0 or -ENOMEM, and the table is as it was.
 */
int vm_table_update(struct vm_table *t, struct vm_key *keys, size_t n);

/* Must the VM's process be looked up, as it was not found yet? */
bool vm_table_is_new(const struct known_vm *known);
/* It was: begin to read who that is. */
void vm_table_looked_up(struct vm_table *t, struct known_vm *known, const struct vm_process *found);

/* Fill in pid, tid, fd, start and identity of vm. */
void vm_table_describe(struct vm_table *t, const struct known_vm *known, struct vm *vm);

#endif
