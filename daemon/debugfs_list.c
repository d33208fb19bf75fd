// SPDX-License-Identifier: GPL-2.0-or-later
#include "debugfs_list.h"

#include "clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VCPUS_MAX 4096 /* KVM_MAX_VCPUS is at most that on x86 */

void debugfs_vm_path(const struct vm_key *key, const char *file, char *ret, size_t size)
{
	snprintf(ret, size, "%u-%u/%s", key->tid, key->fd, file);
}

/* Why is there no kvm directory? An empty /sys/kernel/debug means that nothing is mounted there. */
static const char *why_missing(const char *debugfs)
{
	DIR *dir = opendir(debugfs);
	struct dirent *entry;
	bool empty = true;

	if (!dir)
		return errno == EACCES ? WHY_PERMISSION : WHY_NO_DEBUGFS;
	while (empty && (entry = readdir(dir)))
		empty = entry->d_name[0] == '.';
	closedir(dir);
	return empty ? WHY_NO_DEBUGFS : WHY_NO_KVM;
}

int debugfs_open_kvm(const char *debugfs, const char **ret_why)
{
	int root = open(debugfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int kvm = -1, err = 0;

	if (root >= 0)
		kvm = openat(root, "kvm", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (kvm < 0)
		err = -errno;
	if (root >= 0)
		close(root);
	if (!err)
		return kvm;
	if (err == -EACCES || err == -EPERM)
		*ret_why = WHY_PERMISSION;
	else if (err == -ENOENT)
		*ret_why = why_missing(debugfs);
	else
		*ret_why = WHY_UNREADABLE;
	return err;
}

/* A stream over <at>/<path>, with its own place in the directory. NULL with errno. */
static DIR *open_dir(int at, const char *path)
{
	int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

/* Make room for one more of size bytes in the array *ret of n. */
static int make_room(void **ret, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 32;
	void *new;

	if (n < *room)
		return 0;
	new = reallocarray(*ret, more, size);
	if (!new)
		return -ENOMEM;
	*ret = new;
	*room = more;
	return 0;
}

/* Beside the VMs' directories there are files with the host's sums. */
static bool is_vm(int kvm, const char *name, struct watch *watch, struct vm_key *ret)
{
	struct vm_id id;
	struct stat st;

	if (vm_id_parse(name, strlen(name), &id) || !id.has_fd ||
	    !watch_enter(watch, watch_vm(id.pid, id.fd)) ||
	    fstatat(kvm, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISDIR(st.st_mode))
		return false;
	*ret = (struct vm_key){
		.tid = id.pid,
		.fd = id.fd,
		.inode = st.st_ino,
		.created = (int64_t)st.st_ctim.tv_sec * NS_PER_S + st.st_ctim.tv_nsec,
		.of_host = true,
	};
	return true;
}

int debugfs_list_vms(int kvm, size_t max, struct watch *watch, struct vm_key **ret, size_t *ret_n)
{
	void *keys = NULL;
	size_t n = 0, room = 0;
	struct dirent *entry;
	DIR *dir = open_dir(kvm, ".");
	int err = dir ? 0 : -errno;

	while (!err && n < max && (entry = readdir(dir))) {
		struct vm_key key;

		if (!is_vm(kvm, entry->d_name, watch, &key))
			continue;
		err = make_room(&keys, n, &room, sizeof(key));
		if (!err)
			((struct vm_key *)keys)[n++] = key;
	}
	watch_leave(watch);
	if (dir)
		closedir(dir);
	if (err) {
		free(keys);
		return err;
	}
	*ret = keys;
	*ret_n = n;
	return 0;
}

static int compare_ids(const void *pa, const void *pb)
{
	const uint32_t *a = pa, *b = pb;

	return (*a > *b) - (*a < *b);
}

int debugfs_list_vcpus(int kvm, const struct vm_key *key, uint32_t **ret, size_t *ret_n)
{
	void *ids = NULL;
	size_t n = 0, room = 0;
	struct dirent *entry;
	char path[64];
	DIR *dir;
	int err;

	debugfs_vm_path(key, "", path, sizeof(path));
	dir = open_dir(kvm, path);
	err = dir ? 0 : -errno;
	while (!err && n < VCPUS_MAX && (entry = readdir(dir))) {
		const char *name = entry->d_name;
		uint32_t id;

		if (strncmp(name, "vcpu", 4) != 0 || number_parse(name + 4, strlen(name + 4), &id))
			continue;
		err = make_room(&ids, n, &room, sizeof(id));
		if (!err)
			((uint32_t *)ids)[n++] = id;
	}
	if (dir)
		closedir(dir);
	if (err) {
		free(ids);
		return err;
	}
	if (n)
		qsort(ids, n, sizeof(uint32_t), compare_ids);
	*ret = ids;
	*ret_n = n;
	return 0;
}
