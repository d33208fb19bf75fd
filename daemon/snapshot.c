// SPDX-License-Identifier: GPL-2.0-or-later
#include "snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct snapshot *snapshot_new(void)
{
	struct snapshot *s = calloc(1, sizeof(*s));

	if (s)
		s->refs = 1;
	return s;
}

struct snapshot *snapshot_ref(struct snapshot *s)
{
	__atomic_add_fetch(&s->refs, 1, __ATOMIC_RELAXED);
	return s;
}

void snapshot_unref(struct snapshot *s)
{
	if (!s || __atomic_sub_fetch(&s->refs, 1, __ATOMIC_ACQ_REL))
		return;
	for (size_t i = 0; i < s->n_vms; i++)
		vm_clear(&s->vms[i]);
	free(s->vms);
	free(s);
}

void exit_stats_clear(struct exit_stats *st)
{
	free(st->reasons);
	free(st->stock);
	*st = (struct exit_stats){0};
}

void identity_clear(struct identity *id)
{
	free(id->name);
	free(id->uuid);
	free(id->vmm);
	*id = (struct identity){0};
}

void vm_clear(struct vm *vm)
{
	identity_clear(&vm->id);
	exit_stats_clear(&vm->stats);
	for (size_t i = 0; i < vm->n_vcpus; i++)
		exit_stats_clear(&vm->vcpus[i].stats);
	free(vm->vcpus);
	*vm = (struct vm){0};
}

static int compare_u32(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int compare_vms(const void *pa, const void *pb)
{
	const struct vm *a = pa, *b = pb;
	int c = compare_u32(a->pid, b->pid);

	if (!c)
		c = compare_u32(a->fd, b->fd);
	return c ? c : compare_u32(a->tid, b->tid);
}

void snapshot_finish(struct snapshot *s)
{
	if (s->n_vms)
		qsort(s->vms, s->n_vms, sizeof(*s->vms), compare_vms);
	for (size_t i = 1; i < s->n_vms; i++) {
		struct vm *a = &s->vms[i - 1], *b = &s->vms[i];

		if (a->pid != b->pid)
			continue;
		a->sibling = b->sibling = true;
		if (a->fd == b->fd)
			a->twin = b->twin = true;
	}
}

bool vm_matches(const struct vm *vm, const struct vm_id *id)
{
	if (!id->has_fd)
		return vm->pid == id->pid;
	return vm->fd == id->fd && (vm->pid == id->pid || vm->tid == id->pid);
}

enum find_result snapshot_find(const struct snapshot *s, const struct vm_id *id, size_t *ret_first,
			       size_t *ret_count)
{
	size_t first = 0, count = 0, named = s->n_vms;

	for (size_t i = 0; i < s->n_vms; i++) {
		const struct vm *vm = &s->vms[i];

		if (id->has_fd && vm->fd == id->fd && vm->tid == id->pid)
			named = i;
		if (vm->pid != id->pid || (id->has_fd && vm->fd != id->fd))
			continue;
		if (!count++)
			first = i;
	}
	/* Among twins, and for want of better, the name of the directory decides: it is unique. */
	if (named < s->n_vms && count != 1) {
		first = named;
		count = 1;
	}
	*ret_first = first;
	*ret_count = count;
	return count > 1 ? FIND_SEVERAL : count ? FIND_ONE : FIND_NONE;
}

/* Digits of text[0..len) up to the first other byte; the number of bytes taken, 0 if none fits. */
static size_t parse_number(const char *text, size_t len, uint32_t *ret)
{
	uint64_t value = 0;
	size_t i = 0;

	while (i < len && text[i] >= '0' && text[i] <= '9') {
		if (i && text[0] == '0')
			return 0;
		value = value * 10 + (uint64_t)(text[i] - '0');
		if (value > INT32_MAX)
			return 0;
		i++;
	}
	*ret = (uint32_t)value;
	return i;
}

int number_parse(const char *text, size_t len, uint32_t *ret)
{
	uint32_t value;

	if (!len || parse_number(text, len, &value) != len)
		return -EINVAL;
	*ret = value;
	return 0;
}

int vm_id_parse(const char *text, size_t len, struct vm_id *ret)
{
	struct vm_id id = {0};
	size_t n = parse_number(text, len, &id.pid);

	if (!n || !id.pid)
		return -EINVAL;
	if (n < len) {
		size_t m;

		if (text[n] != '-')
			return -EINVAL;
		m = parse_number(text + n + 1, len - n - 1, &id.fd);
		if (!m || n + 1 + m != len)
			return -EINVAL;
		id.has_fd = true;
	}
	*ret = id;
	return 0;
}
