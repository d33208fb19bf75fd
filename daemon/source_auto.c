// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The best source that works, chosen anew in each pass: debugfs; where that cannot be read, the
 * ioctl, if it reads at least one VM. A host without VMs does not show whether the ioctl would
 * work: then, and when neither does, what is said is why debugfs cannot be read. Where no VM has
 * exit statistics, upstream's own.
 */
#include "source.h"

#include <errno.h>
#include <stdlib.h>

enum { DEBUGFS, IOCTL, STOCK, SOURCES };

struct automatic {
	struct source sources[SOURCES];
	const struct source *used; /* in this pass */
};

/* Does the source read any of the VMs that it has listed? */
static bool reads_any(const struct source *source, struct watch *watch, const struct listing *list)
{
	size_t i;

	for (i = 0; i < list->n; i++) {
		struct exit_stats st;

		if (!watch_enter(watch, watch_counters(list->keys[i].tid, list->keys[i].fd)))
			continue;
		if (!source->read(source->state, &list->keys[i], &st)) {
			exit_stats_clear(&st);
			break;
		}
	}
	watch_leave(watch);
	return i < list->n;
}

static int auto_begin(void *state, struct watch *watch, struct listing *ret)
{
	struct automatic *a = state;
	const struct source *ioctl = &a->sources[IOCTL];
	struct listing list;
	int err;

	a->used = &a->sources[DEBUGFS];
	err = a->used->begin(a->used->state, watch, ret);
	if (!err)
		ret->why = WHY_AVAILABLE;
	if (!err || err == -ENOMEM || ioctl->begin(ioctl->state, watch, &list))
		return err;
	if (!reads_any(ioctl, watch, &list)) {
		ioctl->end(ioctl->state);
		free(list.keys);
		return err;
	}
	/* That debugfs cannot be read is why. */
	list.why = ret->why;
	*ret = list;
	a->used = ioctl;
	return 0;
}

static void auto_fall_back(void *state)
{
	struct automatic *a = state;

	if (a->used == &a->sources[DEBUGFS])
		a->used = &a->sources[STOCK];
}

static int auto_read(void *state, const struct vm_key *key, struct exit_stats *ret)
{
	const struct automatic *a = state;

	return a->used->read(a->used->state, key, ret);
}

static int auto_read_vcpus(void *state, const struct vm_key *key, struct vcpu **ret, size_t *ret_n,
			   size_t *ret_errors)
{
	const struct automatic *a = state;

	return a->used->read_vcpus(a->used->state, key, ret, ret_n, ret_errors);
}

static int auto_vcpu_thread(void *state, const struct vm_key *key, size_t index, uint32_t *ret)
{
	const struct automatic *a = state;

	if (!a->used->vcpu_thread)
		return -ENOENT;
	return a->used->vcpu_thread(a->used->state, key, index, ret);
}

static void auto_end(void *state)
{
	const struct automatic *a = state;

	a->used->end(a->used->state);
}

static void auto_free(void *state)
{
	struct automatic *a = state;

	for (int i = 0; i < SOURCES; i++)
		if (a->sources[i].free)
			a->sources[i].free(a->sources[i].state);
	free(a);
}

int source_auto_new(const char *debugfs, const char *procfs, struct source *ret)
{
	struct automatic *a = calloc(1, sizeof(*a));
	int err = a ? source_debugfs_new(debugfs, &a->sources[DEBUGFS]) : -ENOMEM;

	if (!err) {
		a->sources[STOCK] = source_stock_share(&a->sources[DEBUGFS]);
		err = source_ioctl_new(procfs, &a->sources[IOCTL]);
	}
	if (err) {
		if (a)
			auto_free(a);
		return err;
	}
	*ret = (struct source){
		.state = a,
		.begin = auto_begin,
		.fall_back = auto_fall_back,
		.read = auto_read,
		.read_vcpus = auto_read_vcpus,
		.vcpu_thread = auto_vcpu_thread,
		.end = auto_end,
		.free = auto_free,
	};
	return 0;
}
