// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc_fds.h"

#include "snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The longest name of KVM's is a vCPU's with its id; what is longer is cut, and none of KVM's. */
#define LINK_SIZE 64

static int add(uint32_t **list, size_t *n, size_t *room, uint32_t value)
{
	if (*n == *room) {
		size_t more = *room ? *room * 2 : 16;
		uint32_t *new = reallocarray(*list, more, sizeof(*new));

		if (!new)
			return -ENOMEM;
		*list = new;
		*room = more;
	}
	(*list)[(*n)++] = value;
	return 0;
}

/* As a string; empty if it is cut off. -ENOENT for what has been closed meanwhile. */
static int read_link(int dir, const char *name, char target[LINK_SIZE])
{
	ssize_t n = readlinkat(dir, name, target, LINK_SIZE);

	if (n < 0)
		return -errno;
	target[n < LINK_SIZE ? n : 0] = '\0';
	return 0;
}

static int look_at(int dir, const char *name, struct proc_fds *fds)
{
	const size_t prefix = strlen(LINK_VCPU);
	char target[LINK_SIZE];
	uint32_t number, id;
	int err;

	if (number_parse(name, strlen(name), &number))
		return 0;
	err = read_link(dir, name, target);
	if (err)
		return err == -EACCES || err == -EPERM ? -EACCES : 0;
	if (strcmp(target, LINK_VM) == 0)
		return add(&fds->vms, &fds->n_vms, &fds->room_vms, number);
	if (strncmp(target, LINK_VCPU, prefix) == 0 &&
	    !number_parse(target + prefix, strlen(target + prefix), &id))
		return add(&fds->vcpus, &fds->n_vcpus, &fds->room_vcpus, id);
	return 0;
}

static int compare_numbers(const void *pa, const void *pb)
{
	const uint32_t *a = pa, *b = pb;

	return (*a > *b) - (*a < *b);
}

/* Each once: a process may have several VMs with the same ids of vCPUs. */
static void sort_numbers(uint32_t *list, size_t *n)
{
	size_t kept = 0;

	if (*n)
		qsort(list, *n, sizeof(*list), compare_numbers);
	for (size_t i = 0; i < *n; i++)
		if (!kept || list[i] != list[kept - 1])
			list[kept++] = list[i];
	*n = kept;
}

/* What it means that the directory does not open. */
static int why_closed(int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return -EACCES;
	case ENOENT:
	case ESRCH:
	case ENOTDIR:
		return -ENOENT;
	default:
		return -error;
	}
}

int proc_fds_read(const char *procfs, uint32_t pid, struct proc_fds *ret)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%u/fd", procfs, pid);
	DIR *dir;
	const struct dirent *entry;
	size_t seen = 0;
	int err = 0;

	ret->n_vms = ret->n_vcpus = 0;
	ret->cut = false;
	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	dir = opendir(path);
	if (!dir)
		return why_closed(errno);
	while (!err && (entry = readdir(dir))) {
		ret->cut = seen++ == PROC_FDS_MAX + 2; /* with . and .. */
		if (ret->cut)
			break;
		err = look_at(dirfd(dir), entry->d_name, ret);
	}
	closedir(dir);
	sort_numbers(ret->vms, &ret->n_vms);
	sort_numbers(ret->vcpus, &ret->n_vcpus);
	return err;
}

void proc_fds_clear(struct proc_fds *fds)
{
	free(fds->vms);
	free(fds->vcpus);
	*fds = (struct proc_fds){0};
}

int proc_fds_own_is_vm(int number)
{
	char path[32], target[LINK_SIZE];
	int err;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", number);
	err = read_link(AT_FDCWD, path, target);
	if (err)
		return err;
	return strcmp(target, LINK_VM) == 0 ? 0 : -ENOENT;
}
