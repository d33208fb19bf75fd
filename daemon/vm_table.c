// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm_table.h"

#include "identity.h"
#include "utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

bool vm_table_is_new(const struct known_vm *known)
{
	return !known->pid_settled || !known->job;
}

void vm_table_looked_up(struct vm_table *t, struct known_vm *known, const struct vm_process *found)
{
	/* What was read while the process was not seen is of nobody. */
	const bool same = known->pid == found->pid && known->pid_settled == found->found;

	known->pid_settled = found->found;
	known->unseen = found->found ? 0 : known->unseen + 1;
	known->has_start = found->has_start;
	if (found->has_start) {
		known->start_ticks = found->start_ticks;
		memcpy(known->comm, found->comm, sizeof(known->comm));
	}
	if (known->job && same)
		return;
	resolver_drop(t->resolver, known->job);
	known->pid = found->pid;
	known->job = NULL;
	if (found->nobody)
		return;
	known->job = resolver_submit(t->resolver, found->pid);
}

int vm_table_update(struct vm_table *t, struct vm_key *keys, size_t n)
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
		else
			vm->pid = keys[i].tid;
		vm->key = keys[i];
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
	vm->instance = known->key.inode ^ (uint64_t)known->key.created;
	vm->has_start = known->has_start && t->boot_time;
	vm->start_ticks = t->boot_time * t->ticks_hz + known->start_ticks;
	if (!known->job || !resolver_result(t->resolver, known->job, &vm->id))
		vm->id = (struct identity){0};
	if (!vm->id.vmm && known->comm[0])
		vm->id.vmm = utf8_clean(known->comm, strlen(known->comm), IDENTITY_NAME_MAX);
}
