// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads VMs with the ioctl KVM_GET_EXIT_STATS on a duplicate of their file descriptor, which
 * pidfd_getfd(2) gives to who may ptrace. A duplicate keeps a dead VM and its memory alive: it is
 * closed before anything else is done.
 *
 * Seen are VMs whose descriptor is open in a process of our own pid namespace that has not lost its
 * first thread. Listing takes CAP_SYS_PTRACE and, since the directory fd is its user's alone,
 * CAP_DAC_READ_SEARCH; the ioctl CAP_PERFMON.
 */
#include "ioctl_stats.h"
#include "proc.h"
#include "proc_fds.h"
#include "source.h"
#include "vm_fds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The number of entries is constant per isa: learnt once, and again should KVM be another. */
#define TRIES 3

/* More than any isa has: SVM has 172. */
#define ENTRIES_MAX 4096

struct ioctl_state {
	char *procfs;
	struct kvm_exit_stats *answer;
	uint32_t room; /* entries */
};

static size_t answer_size(uint32_t entries)
{
	return sizeof(struct kvm_exit_stats) + entries * sizeof(struct kvm_exit_stats_entry);
}

static int make_room(struct ioctl_state *s, uint32_t entries)
{
	struct kvm_exit_stats *new;

	if (entries > ENTRIES_MAX)
		return -EFBIG;
	new = realloc(s->answer, answer_size(entries));
	if (!new)
		return -ENOMEM;
	s->answer = new;
	s->room = entries;
	return 0;
}

/* What the kernel says of a process that has gone, or has closed its VM. */
static int gone_or(int err)
{
	return err == -ESRCH || err == -EBADF || err == -EINVAL ? -ENOENT : err;
}

/*
 * A duplicate of the VM's descriptor, or negative errno. The process that key means may have gone,
 * and another have its number: so its start is looked at once the pidfd holds on to whoever it is.
 */
static int get_duplicate(const struct ioctl_state *s, const struct vm_key *key)
{
	int pidfd = (int)syscall(SYS_pidfd_open, key->tid, 0);
	struct proc_stat st;
	int fd = -1, err = pidfd < 0 ? gone_or(-errno) : 0;

	if (err)
		return err;
	if (key->inode && (proc_stat(s->procfs, key->tid, &st) || st.start_ticks != key->inode))
		err = -ENOENT;
	if (!err) {
		fd = (int)syscall(SYS_pidfd_getfd, pidfd, key->fd, 0);
		err = fd < 0 ? gone_or(-errno) : 0;
	}
	close(pidfd);
	/* The number may be another file's by now, and our ioctl be anything to that. */
	if (!err)
		err = proc_fds_own_is_vm(fd);
	if (err && fd >= 0)
		close(fd);
	return err ? err : fd;
}

/* Into s->answer. */
static int ask(struct ioctl_state *s, int fd, int32_t vcpu_id)
{
	int err = s->room ? 0 : make_room(s, 0);

	for (int i = 0; !err && i < TRIES; i++) {
		memset(s->answer, 0, sizeof(*s->answer));
		s->answer->vcpu_id = vcpu_id;
		s->answer->nr_entries = s->room;
		if (!ioctl(fd, KVM_GET_EXIT_STATS, s->answer))
			return 0;
		if (errno != E2BIG)
			return -errno;
		err = make_room(s, s->answer->nr_entries);
	}
	return err ? err : -E2BIG;
}

static int read_one(struct ioctl_state *s, const struct vm_key *key, int32_t vcpu_id,
		    struct exit_stats *ret)
{
	int fd = get_duplicate(s, key);
	int err;

	if (fd < 0)
		return fd;
	err = ask(s, fd, vcpu_id);
	close(fd);
	return err ? err : ioctl_stats_convert(s->answer, answer_size(s->room), ret);
}

static int ioctl_read(void *state, const struct vm_key *key, struct exit_stats *ret)
{
	int err = read_one(state, key, KVM_EXIT_STATS_ALL_VCPUS, ret);

	/* An unpatched kernel's answer to all that are not the VM's process. */
	return err == -EIO ? -EOPNOTSUPP : err;
}

/* The ids are those of all VMs of the process: a VM knows which are its own. */
static int ioctl_read_vcpus(void *state, const struct vm_key *key, struct vcpu **ret, size_t *ret_n,
			    size_t *ret_errors)
{
	struct ioctl_state *s = state;
	struct proc_fds fds = {0};
	struct vcpu *vcpus = NULL;
	size_t n = 0, errors = 0;
	int err = proc_fds_read(s->procfs, key->tid, &fds);

	if (!err) {
		vcpus = calloc(fds.n_vcpus + 1, sizeof(*vcpus));
		err = vcpus ? 0 : -ENOMEM;
	}
	for (size_t i = 0; !err && i < fds.n_vcpus; i++) {
		int one = read_one(s, key, (int32_t)fds.vcpus[i], &vcpus[n].stats);

		if (!one)
			vcpus[n++].id = fds.vcpus[i];
		else if (one != -ENOENT && one != -EINVAL)
			errors++;
	}
	proc_fds_clear(&fds);
	if (err)
		return err;
	*ret = vcpus;
	*ret_n = n;
	*ret_errors = errors;
	return 0;
}

static int ioctl_begin(void *state, struct watch *watch, struct listing *ret)
{
	const struct ioctl_state *s = state;
	struct vm_fds fds;
	int err = vm_fds_list(s->procfs, watch, &fds);

	*ret = (struct listing){
		.source = "ioctl", .why = WHY_UNREADABLE, .why_eperm = WHY_CAPABILITY};
	if (err)
		return err;
	/* Nothing is seen, and not all is seen: VMs may be there. */
	if (!fds.n && fds.denied) {
		free(fds.keys);
		ret->why = WHY_CAPABILITY;
		return -EACCES;
	}
	ret->keys = fds.keys;
	ret->n = fds.n;
	ret->why = WHY_CONFIGURED;
	ret->cut = fds.cut;
	ret->denied = fds.denied;
	return 0;
}

static void ioctl_end(void *state)
{
	(void)state;
}

static void ioctl_free(void *state)
{
	struct ioctl_state *s = state;

	free(s->answer);
	free(s->procfs);
	free(s);
}

int source_ioctl_new(const char *procfs, struct source *ret)
{
	struct ioctl_state *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->procfs = strdup(procfs);
	if (!s->procfs) {
		free(s);
		return -ENOMEM;
	}
	*ret = (struct source){
		.state = s,
		.begin = ioctl_begin,
		.read = ioctl_read,
		.read_vcpus = ioctl_read_vcpus,
		.end = ioctl_end,
		.free = ioctl_free,
	};
	return 0;
}
