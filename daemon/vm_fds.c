// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm_fds.h"

#include "proc.h"
#include "proc_fds.h"

#include <dirent.h>
#include <errno.h>
#include <linux/kcmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* One descriptor of a VM. */
struct holder {
	uint32_t pid;
	uint32_t fd;
	uint64_t start; /* of the process, in ticks since boot */
	bool has_vcpus;
};

/* The VMs so far, each by the best of its holders, in the order that kcmp gives them. */
struct found {
	struct holder *holders;
	size_t n, room;
};

/*
 * The order of the open files behind two descriptors, 0 if it is one. Where the kernel cannot tell
 * (a process has gone, or a kernel without kcmp) they count as two.
 */
static int compare_files(const struct holder *a, const struct holder *b)
{
	const long order = syscall(SYS_kcmp, a->pid, b->pid, KCMP_FILE, a->fd, b->fd);

	if (order == 0)
		return 0;
	if (order == 1 || order == 2)
		return order == 1 ? -1 : 1;
	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	return a->fd < b->fd ? -1 : 1;
}

static bool is_better(const struct holder *a, const struct holder *b)
{
	if (a->has_vcpus != b->has_vcpus)
		return a->has_vcpus;
	if (a->start != b->start)
		return a->start < b->start;
	return a->pid != b->pid ? a->pid < b->pid : a->fd < b->fd;
}

/* Processes go while they are compared, so the order may be none: nothing here relies on it. */
static int add(struct found *found, const struct holder *h)
{
	size_t low = 0, high = found->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_files(h, &found->holders[middle]);

		if (!order) {
			if (is_better(h, &found->holders[middle]))
				found->holders[middle] = *h;
			return 0;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	if (found->n == SOURCE_VMS_MAX)
		return -E2BIG;
	if (found->n == found->room) {
		size_t more = found->room ? found->room * 2 : 32;
		struct holder *new = reallocarray(found->holders, more, sizeof(*new));

		if (!new)
			return -ENOMEM;
		found->holders = new;
		found->room = more;
	}
	memmove(&found->holders[low + 1], &found->holders[low],
		(found->n - low) * sizeof(*found->holders));
	found->holders[low] = *h;
	found->n++;
	return 0;
}

static int add_process(struct found *found, const char *procfs, uint32_t pid,
		       const struct proc_fds *fds)
{
	struct proc_stat st = {0};
	int err = 0;

	/* One that cannot be read is 0 each time. */
	if (fds->n_vms && proc_stat(procfs, pid, &st))
		st.start_ticks = 0;
	for (size_t i = 0; !err && i < fds->n_vms; i++) {
		const struct holder h = {pid, fds->vms[i], st.start_ticks, fds->n_vcpus > 0};

		err = add(found, &h);
	}
	return err;
}

static int make_keys(const struct found *found, struct vm_fds *ret)
{
	ret->keys = calloc(found->n + 1, sizeof(*ret->keys));
	if (!ret->keys)
		return -ENOMEM;
	for (size_t i = 0; i < found->n; i++)
		ret->keys[i] = (struct vm_key){
			.tid = found->holders[i].pid,
			.fd = found->holders[i].fd,
			.inode = found->holders[i].start,
			/* Unknown: no thread is younger than this. */
			.created = INT64_MAX,
		};
	ret->n = found->n;
	return 0;
}

int vm_fds_list(const char *procfs, struct watch *watch, struct vm_fds *ret)
{
	struct proc_fds fds = {0};
	struct found found = {0};
	const struct dirent *entry;
	DIR *dir = opendir(procfs);
	int err = 0;

	*ret = (struct vm_fds){0};
	if (!dir)
		return -errno;
	while (!err && (entry = readdir(dir))) {
		uint32_t pid;

		if (number_parse(entry->d_name, strlen(entry->d_name), &pid) || !pid)
			continue;
		if (!watch_enter(watch, watch_process(pid)))
			continue;
		err = proc_fds_read(procfs, pid, &fds);
		ret->denied |= err == -EACCES;
		ret->cut |= fds.cut;
		if (!err)
			err = add_process(&found, procfs, pid, &fds);
		if (err == -EACCES || err == -ENOENT)
			err = 0;
		if (err == -E2BIG) {
			ret->cut = true;
			err = 0;
			break;
		}
	}
	watch_leave(watch);
	closedir(dir);
	if (!err)
		err = make_keys(&found, ret);
	proc_fds_clear(&fds);
	free(found.holders);
	return err;
}
