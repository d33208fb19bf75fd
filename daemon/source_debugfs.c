// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads <debugfs>/kvm/<tid>-<fd>/exit_stats and .../vcpu<N>/exit_stats (virt/kvm/kvm_main.c,
 * kvm_create_vm_debugfs() and kvm_create_vcpu_debugfs() make the directories).
 */
#include "debugfs_list.h"
#include "debugfs_state.h"
#include "exit_stats.h"
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define READ_AT_FIRST ((size_t)8192)

int debugfs_gone_or(int err)
{
	return err == -ENODEV || err == -EIO || err == -ESRCH ? -ENOENT : err;
}

static int grow(struct debugfs *d)
{
	size_t more = d->size ? d->size * 2 : READ_AT_FIRST;
	char *new;

	if (d->size > EXIT_STATS_FILE_MAX)
		return -EFBIG;
	new = realloc(d->buffer, more);
	if (!new)
		return -ENOMEM;
	d->buffer = new;
	d->size = more;
	return 0;
}

/*
 * Read a whole file into the buffer. It never waits: O_NONBLOCK, and debugfs files do not block.
 * The number of bytes, -EFBIG, -ENOENT for what is gone, or what open or read said.
 */
static ssize_t read_file(struct debugfs *d, const char *path)
{
	int fd = openat(d->kvm, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	size_t len = 0;
	ssize_t n;
	int err = 0;

	if (fd < 0)
		return debugfs_gone_or(-errno);
	do {
		if (len == d->size && (err = grow(d)))
			break;
		n = read(fd, d->buffer + len, d->size - len);
		if (n > 0)
			len += (size_t)n;
		else if (n < 0 && errno != EINTR)
			err = debugfs_gone_or(-errno);
	} while (!err && n);
	close(fd);
	if (!err && len > EXIT_STATS_FILE_MAX)
		err = -EFBIG;
	return err ? err : (ssize_t)len;
}

static int read_stats(struct debugfs *d, const char *path, struct exit_stats *ret)
{
	ssize_t n = read_file(d, path);

	return n < 0 ? (int)n : exit_stats_parse(d->buffer, (size_t)n, ret);
}

bool debugfs_is_settled(const struct debugfs *d, const struct vm_key *key)
{
	struct stat st;
	struct timespec now;
	char path[64];

	debugfs_vm_path(key, "", path, sizeof(path));
	if (fstatat(d->kvm, path, &st, 0) || clock_gettime(CLOCK_REALTIME, &now))
		return false;
	return now.tv_sec - st.st_mtim.tv_sec > 1;
}

static int debugfs_read(void *state, const struct vm_key *key, struct exit_stats *ret)
{
	struct debugfs *d = state;
	char path[64];
	int err;

	debugfs_vm_path(key, "exit_stats", path, sizeof(path));
	err = read_stats(d, path, ret);
	return err == -ENOENT && debugfs_is_settled(d, key) ? -EOPNOTSUPP : err;
}

static int debugfs_read_vcpus(void *state, const struct vm_key *key, struct vcpu **ret,
			      size_t *ret_n, size_t *ret_errors)
{
	struct debugfs *d = state;
	uint32_t *ids = NULL;
	struct vcpu *vcpus = NULL;
	size_t n_ids = 0, n = 0, errors = 0;
	int err = debugfs_list_vcpus(d->kvm, key, &ids, &n_ids);

	if (err)
		return debugfs_gone_or(err);
	vcpus = calloc(n_ids + 1, sizeof(*vcpus));
	if (!vcpus) {
		free(ids);
		return -ENOMEM;
	}
	for (size_t i = 0; i < n_ids; i++) {
		char file[32], path[64];

		snprintf(file, sizeof(file), "vcpu%u/exit_stats", ids[i]);
		debugfs_vm_path(key, file, path, sizeof(path));
		err = read_stats(d, path, &vcpus[n].stats);
		if (!err)
			vcpus[n++].id = ids[i];
		else if (err != -ENOENT)
			errors++;
	}
	free(ids);
	*ret = vcpus;
	*ret_n = n;
	*ret_errors = errors;
	return 0;
}

static int debugfs_vcpu_thread(void *state, const struct vm_key *key, size_t index, uint32_t *ret)
{
	struct debugfs *d = state;
	uint32_t *ids = NULL;
	size_t n_ids = 0;
	char file[32], path[64];
	ssize_t n;
	int err = debugfs_list_vcpus(d->kvm, key, &ids, &n_ids);

	if (err)
		return err;
	if (index >= n_ids) {
		free(ids);
		return -ENOENT;
	}
	snprintf(file, sizeof(file), "vcpu%u/pid", ids[index]);
	free(ids);
	debugfs_vm_path(key, file, path, sizeof(path));
	n = read_file(d, path);
	if (n > 0 && d->buffer[n - 1] == '\n')
		n--;
	if (n < 0)
		return (int)n;
	return number_parse(d->buffer, (size_t)n, ret);
}

static void debugfs_end(void *state)
{
	struct debugfs *d = state;

	if (d->kvm >= 0)
		close(d->kvm);
	d->kvm = -1;
}

static int debugfs_begin(void *state, struct watch *watch, struct listing *ret)
{
	struct debugfs *d = state;
	int err, kvm;

	*ret = (struct listing){
		.source = d->name, .why = WHY_CONFIGURED, .why_eperm = d->why_eperm};
	kvm = debugfs_open_kvm(d->path, &ret->why);
	if (kvm < 0)
		return kvm;
	err = debugfs_list_vms(kvm, SOURCE_VMS_MAX, watch, &ret->keys, &ret->n);
	if (err) {
		close(kvm);
		ret->why = err == -EACCES ? WHY_PERMISSION : WHY_UNREADABLE;
		return err;
	}
	d->kvm = kvm;
	ret->cut = ret->n == SOURCE_VMS_MAX;
	return 0;
}

static void debugfs_free(void *state)
{
	struct debugfs *d = state;

	debugfs_end(d);
	free(d->buffer);
	free(d->path);
	free(d);
}

int source_debugfs_new(const char *debugfs, struct source *ret)
{
	struct debugfs *d = calloc(1, sizeof(*d));

	if (!d)
		return -ENOMEM;
	d->kvm = -1;
	d->name = "debugfs";
	d->path = strdup(debugfs);
	if (!d->path) {
		free(d);
		return -ENOMEM;
	}
	*ret = (struct source){
		.state = d,
		.begin = debugfs_begin,
		.read = debugfs_read,
		.read_vcpus = debugfs_read_vcpus,
		.vcpu_thread = debugfs_vcpu_thread,
		.end = debugfs_end,
		.free = debugfs_free,
	};
	return 0;
}
