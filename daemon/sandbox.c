// SPDX-License-Identifier: GPL-2.0-or-later
#include "sandbox.h"

#include <linux/kvm_exit_stats.h>

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* Where the kernel's headers know it not yet. */
#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#endif

/* Has this thread no capability but these, as far as it could use one? */
static bool has_only(const unsigned int *kept, size_t n)
{
	if (capng_get_caps_process())
		return false;
	for (unsigned int cap = 0; cap <= CAP_LAST_CAP; cap++) {
		bool wanted = false;

		for (size_t i = 0; i < n; i++)
			wanted |= kept[i] == cap;
		if (!wanted && capng_have_capability(CAPNG_PERMITTED, cap))
			return false;
	}
	return true;
}

int sandbox_drop_capabilities(const struct sandbox *want)
{
	static const unsigned int needed[] = {CAP_DAC_READ_SEARCH, CAP_PERFMON, CAP_SYS_PTRACE};
	const capng_type_t sets =
		(capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_BOUNDING_SET);
	const size_t n = want->ioctl ? LENGTH(needed) : 1;
	unsigned int kept[LENGTH(needed)];
	size_t n_kept = 0;
	bool bounding;

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
		return -errno;
	if (capng_get_caps_process())
		return -EPERM;
	for (size_t i = 0; i < n; i++)
		if (capng_have_capability(CAPNG_PERMITTED, needed[i]))
			kept[n_kept++] = needed[i];
	/* The bounding set takes CAP_SETPCAP; without it, it was somebody else's to bound. */
	bounding = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);
	capng_clear(CAPNG_SELECT_ALL);
	for (size_t i = 0; i < n_kept; i++)
		capng_update(CAPNG_ADD, sets, kept[i]);
	if (bounding && capng_apply(CAPNG_SELECT_BOUNDS))
		return -EPERM;
	/*
	 * systemd may have given us the right ones, and no capset(2). What is inheritable then is
	 * of no use any more: there will be no new privileges.
	 */
	if (capng_apply(CAPNG_SELECT_CAPS) && !has_only(kept, n_kept))
		return -EPERM;
	return 0;
}

/* What takes no look at the arguments. */
static const int plain_calls[] = {
	/* Files and directories, all opened for reading, see below. */
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(pread64),
	SCMP_SYS(lseek),
	SCMP_SYS(getdents64),
	SCMP_SYS(close),
	SCMP_SYS(stat),
	SCMP_SYS(lstat),
	SCMP_SYS(fstat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(statx),
	SCMP_SYS(fstatfs),
	SCMP_SYS(statfs),
	SCMP_SYS(access),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(fadvise64),
	SCMP_SYS(fcntl),
	/* The log, and dump's output. */
	SCMP_SYS(write),
	SCMP_SYS(writev),
	/* Connections. */
	SCMP_SYS(accept),
	SCMP_SYS(accept4),
	SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg),
	SCMP_SYS(sendto),
	SCMP_SYS(sendmsg),
	SCMP_SYS(shutdown),
	SCMP_SYS(getsockname),
	SCMP_SYS(getpeername),
	SCMP_SYS(getsockopt),
	SCMP_SYS(setsockopt),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(epoll_create1),
	SCMP_SYS(epoll_ctl),
	SCMP_SYS(epoll_wait),
	SCMP_SYS(epoll_pwait),
	SCMP_SYS(eventfd2),
	/* Memory and threads; signals to ourselves, as abort() sends them. */
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(futex),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(gettid),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigtimedwait),
	SCMP_SYS(sigaltstack),
	/* Clocks, which are system calls where the vDSO has none; and who and where we are. */
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_getres),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(nanosleep),
	SCMP_SYS(getrandom),
	SCMP_SYS(getrusage),
	SCMP_SYS(sysinfo),
	SCMP_SYS(uname),
	SCMP_SYS(getpid),
	SCMP_SYS(getuid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getgid),
	SCMP_SYS(getegid),
};

/* The leak checker stops all threads as a debugger would, and the reports look around. */
static const int sanitizer_calls[] = {
	SCMP_SYS(clone), SCMP_SYS(prctl),   SCMP_SYS(ptrace),
	SCMP_SYS(wait4), SCMP_SYS(tgkill),  SCMP_SYS(process_vm_readv),
	SCMP_SYS(pipe2), SCMP_SYS(getppid), SCMP_SYS(getdents),
	SCMP_SYS(dup),	 SCMP_SYS(dup2),
};

static int allow(scmp_filter_ctx filter, const int *calls, size_t n)
{
	int err = 0;

	for (size_t i = 0; i < n && !err; i++)
		err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	return err;
}

/* Allow call if the bits of mask in its argument arg have this value. */
static int allow_masked(scmp_filter_ctx filter, int call, unsigned int arg, scmp_datum_t mask,
			scmp_datum_t value)
{
	const struct scmp_arg_cmp cmp = {arg, SCMP_CMP_MASKED_EQ, mask, value};

	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &cmp);
}

#define WORD 0xffffffffu /* an int; what is above it in the register is of no meaning */

/* The calls of which only some uses are allowed. */
static int allow_some(scmp_filter_ctx filter)
{
	const scmp_datum_t writing = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;
	const struct scmp_arg_cmp own_limits[] = {{0, SCMP_CMP_MASKED_EQ, WORD, 0},
						  {2, SCMP_CMP_EQ, 0, 0}};
	int err;

	err = allow_masked(filter, SCMP_SYS(open), 1, writing, O_RDONLY);
	if (!err)
		err = allow_masked(filter, SCMP_SYS(openat), 2, writing, O_RDONLY);
	if (!err)
		err = allow_masked(filter, SCMP_SYS(mmap), 2, PROT_EXEC, 0);
	if (!err)
		err = allow_masked(filter, SCMP_SYS(mprotect), 2, PROT_EXEC, 0);
	/* stdio asks whether dump writes to a terminal. */
	if (!err)
		err = allow_masked(filter, SCMP_SYS(ioctl), 1, WORD, TCGETS);
	/* Limits may be read, not set. */
	if (!err)
		err = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64),
					     LENGTH(own_limits), own_limits);
	/* The arguments of clone3() cannot be seen: without it glibc takes clone(). */
	if (!err)
		err = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (err || SANITIZED)
		return err;
	err = allow_masked(filter, SCMP_SYS(clone), 0, CLONE_VM | CLONE_THREAD,
			   CLONE_VM | CLONE_THREAD);
	if (!err)
		err = allow_masked(filter, SCMP_SYS(prctl), 0, WORD, PR_SET_NAME);
	if (!err)
		err = allow_masked(filter, SCMP_SYS(tgkill), 0, WORD, (scmp_datum_t)getpid());
	return err;
}

/* Of a VM's descriptor, and of no other file's, by source_ioctl.c. */
static int allow_ioctl(scmp_filter_ctx filter)
{
	const int calls[] = {SCMP_SYS(pidfd_open), SCMP_SYS(pidfd_getfd), SCMP_SYS(kcmp)};
	int err = allow(filter, calls, LENGTH(calls));

	return err ? err : allow_masked(filter, SCMP_SYS(ioctl), 1, WORD, KVM_GET_EXIT_STATS);
}

/* libsystemd opens a socket when it has something to say. */
static int allow_datagrams(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp datagrams[] = {
		{0, SCMP_CMP_MASKED_EQ, WORD, AF_UNIX},
		{1, SCMP_CMP_MASKED_EQ, WORD & ~(SOCK_CLOEXEC | SOCK_NONBLOCK), SOCK_DGRAM}};

	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), LENGTH(datagrams),
				      datagrams);
}

int sandbox_filter_calls(const struct sandbox *want)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int err;

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!filter)
		return -ENOMEM;
	err = allow(filter, plain_calls, LENGTH(plain_calls));
	if (!err && SANITIZED)
		err = allow(filter, sanitizer_calls, LENGTH(sanitizer_calls));
	if (!err)
		err = allow_some(filter);
	if (!err && want->ioctl)
		err = allow_ioctl(filter);
	if (!err && want->datagrams)
		err = allow_datagrams(filter);
	if (!err)
		err = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	if (!err) {
		/* A search tree; and the log, which older kernels do not have. */
		seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
		seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1);
		err = seccomp_load(filter);
	}
	seccomp_release(filter);
	return err;
}
