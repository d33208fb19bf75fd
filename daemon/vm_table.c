// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm_table.h"

#include "clock.h"
#include "identity.h"
#include "proc.h"
#include "utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How many vCPUs' threads are tried when the thread that made the VM has gone. */
#define VCPUS_TRIED 4

int vm_table_init(struct vm_table *t, const char *procfs)
{
	long hz = sysconf(_SC_CLK_TCK);

	*t = (struct vm_table){.ticks_hz = hz > 0 ? (uint64_t)hz : 100};
	t->procfs = strdup(procfs);
	return t->procfs ? resolver_new(procfs, &t->resolver) : -ENOMEM;
}

void vm_table_free(struct vm_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		resolver_drop(t->resolver, t->vms[i].job);
	free(t->vms);
	resolver_free(t->resolver);
	free(t->procfs);
	*t = (struct vm_table){0};
}

static int compare_names(const struct vm_key *a, const struct vm_key *b)
{
	if (a->tid != b->tid)
		return a->tid < b->tid ? -1 : 1;
	return (a->fd > b->fd) - (a->fd < b->fd);
}

static int compare_keys(const void *a, const void *b)
{
	return compare_names(a, b);
}

/* A thread that began after the VM was made cannot have made it: its number is used again. */
static bool is_younger(const struct vm_table *t, uint32_t tid, const struct vm_key *key)
{
	struct proc_stat st;

	if (!t->boot_time || proc_stat(t->procfs, tid, &st))
		return false;
	/* btime is cut to seconds, and clocks are set: one second proves nothing. */
	return (int64_t)(t->boot_time + st.start_ticks / t->ticks_hz) > key->created / NS_PER_S + 2;
}

static bool find_by_vcpu(const struct vm_table *t, const struct vm_key *key,
			 const struct source *source, uint32_t *ret)
{
	for (size_t i = 0; source->vcpu_thread && i < VCPUS_TRIED; i++) {
		uint32_t tid;
		int err = source->vcpu_thread(source->state, key, i, &tid);

		/* A vCPU that has never run has no thread: 0. */
		if (!err && tid && !proc_tgid(t->procfs, tid, ret))
			return true;
		if (err == -ENOENT)
			break;
	}
	return false;
}

/* The process of a VM is that of the thread which made it, else that of a vCPU's thread. */
static void find_process(const struct vm_table *t, const struct source *source, struct known_vm *vm)
{
	uint32_t pid = vm->key.tid;
	bool found = !proc_tgid(t->procfs, vm->key.tid, &pid);
	uint32_t other;

	/* A thread younger than the VM has another's number: look again until a vCPU tells. */
	if (!found || is_younger(t, vm->key.tid, &vm->key)) {
		found = find_by_vcpu(t, &vm->key, source, &other);
		if (found)
			pid = other;
	}
	vm->pid_settled = found;
	if (vm->job && pid == vm->pid)
		return;
	resolver_drop(t->resolver, vm->job);
	vm->pid = pid;
	vm->job = resolver_submit(t->resolver, pid);
}

static void look_up(struct vm_table *t, const struct source *source, struct known_vm *vm)
{
	struct proc_stat st;

	if (!t->boot_time && proc_boot_time(t->procfs, &t->boot_time))
		t->boot_time = 0;
	find_process(t, source, vm);
	vm->has_start = !proc_stat(t->procfs, vm->pid, &st);
	if (vm->has_start) {
		vm->start_ticks = st.start_ticks;
		memcpy(vm->comm, st.comm, sizeof(vm->comm));
	}
}

int vm_table_update(struct vm_table *t, struct vm_key *keys, size_t n, const struct source *source)
{
	struct known_vm *new = calloc(n ? n : 1, sizeof(*new));
	size_t old = 0, count = 0;

	if (!new)
		return -ENOMEM;
	if (n)
		qsort(keys, n, sizeof(*keys), compare_keys);
	for (size_t i = 0; i < n; i++) {
		struct known_vm *vm = &new[count];

		/* A directory that changes while it is listed may show a name twice. */
		if (count && !compare_names(&keys[i], &new[count - 1].key))
			continue;
		while (old < t->n && compare_names(&t->vms[old].key, &keys[i]) < 0)
			resolver_drop(t->resolver, t->vms[old++].job);
		if (old < t->n && !compare_names(&t->vms[old].key, &keys[i]) &&
		    t->vms[old].key.inode == keys[i].inode &&
		    t->vms[old].key.created == keys[i].created)
			*vm = t->vms[old++];
		vm->key = keys[i];
		if (!vm->pid_settled || !vm->job)
			look_up(t, source, vm);
		count++;
	}
	while (old < t->n)
		resolver_drop(t->resolver, t->vms[old++].job);
	free(t->vms);
	t->vms = new;
	t->n = count;
	return 0;
}

void vm_table_describe(struct vm_table *t, const struct known_vm *known, struct vm *vm)
{
	vm->pid = known->pid;
	vm->tid = known->key.tid;
	vm->fd = known->key.fd;
	vm->has_start = known->has_start && t->boot_time;
	vm->start_ticks = t->boot_time * t->ticks_hz + known->start_ticks;
	if (!known->job || !resolver_result(t->resolver, known->job, &vm->id))
		vm->id = (struct identity){0};
	if (!vm->id.vmm && known->comm[0])
		vm->id.vmm = utf8_clean(known->comm, strlen(known->comm), IDENTITY_NAME_MAX);
}
