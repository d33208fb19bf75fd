// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The filter of system calls, from within: each test is a process of its own that applies it and
 * then tries. All that must be refused is tried before, too: there it may fail, but for other
 * reasons.
 */
#include "sandbox.h"
#include "check.h"

#include <linux/kvm_exit_stats.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOWHERE "/nonexistent/x"

struct call {
	const char *name;
	long number;
	uintptr_t args[6];
};

static const struct rlimit limit = {64, 64};
static const char *const no_args[] = {NULL};

#define P(pointer) ((uintptr_t)(pointer))

/* Refused whatever is configured. */
static const struct call forbidden[] = {
	{"execve", SYS_execve, {P(NOWHERE), P(no_args), P(no_args)}},
	{"execveat", SYS_execveat, {(uintptr_t)-1, P(NOWHERE), P(no_args), P(no_args), 0}},
	{"socket, IPv4", SYS_socket, {AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0}},
	{"socket, IPv6", SYS_socket, {AF_INET6, SOCK_DGRAM, 0}},
	{"socket, Unix stream", SYS_socket, {AF_UNIX, SOCK_STREAM, 0}},
	{"socket, netlink", SYS_socket, {16, SOCK_RAW, 0}},
	{"socketpair", SYS_socketpair, {0, 0, 0, 0}},
	{"connect", SYS_connect, {(uintptr_t)-1, 0, 0}},
	{"bind", SYS_bind, {(uintptr_t)-1, 0, 0}},
	{"listen", SYS_listen, {(uintptr_t)-1, 1}},
	{"open to write", SYS_open, {P(NOWHERE), O_WRONLY, 0}},
	{"openat to write", SYS_openat, {(uintptr_t)AT_FDCWD, P(NOWHERE), O_WRONLY | O_CLOEXEC, 0}},
	{"openat to read and write", SYS_openat, {(uintptr_t)AT_FDCWD, P(NOWHERE), O_RDWR, 0}},
	{"openat to create", SYS_openat, {(uintptr_t)AT_FDCWD, P(NOWHERE), O_CREAT, 0600}},
	{"openat2", SYS_openat2, {(uintptr_t)AT_FDCWD, P(NOWHERE), 0, 0}},
	{"creat", SYS_creat, {P(NOWHERE), 0600}},
	{"mkdir", SYS_mkdir, {P(NOWHERE), 0700}},
	{"unlink", SYS_unlink, {P(NOWHERE)}},
	{"rename", SYS_rename, {P(NOWHERE), P(NOWHERE)}},
	{"chmod", SYS_chmod, {P(NOWHERE), 0777}},
	{"mount", SYS_mount, {P(NOWHERE), P(NOWHERE), P("none"), 0, 0}},
	{"chroot", SYS_chroot, {P(NOWHERE)}},
	{"unshare", SYS_unshare, {0xffffffff}},
	{"kill", SYS_kill, {0x7fffffff, 0}},
	{"process_vm_writev", SYS_process_vm_writev, {0x7fffffff, 0, 0, 0, 0, 0}},
	{"mmap to execute", SYS_mmap, {0, 0, PROT_READ | PROT_EXEC, MAP_PRIVATE, 0, 0}},
	{"mprotect to execute", SYS_mprotect, {1, 4096, PROT_EXEC}},
	{"prlimit64, to set", SYS_prlimit64, {0, 0x7fffffff, P(&limit), 0}},
	{"prlimit64, another's", SYS_prlimit64, {0x7fffffff, RLIMIT_NOFILE, 0, 0}},
	{"setrlimit", SYS_setrlimit, {0x7fffffff, P(&limit)}},
	{"setresuid", SYS_setresuid, {(uintptr_t)-1, (uintptr_t)-1, (uintptr_t)-1}},
	{"capset", SYS_capset, {0, 0}},
	{"ioctl, another", SYS_ioctl, {(uintptr_t)-1, TIOCSTI, 0}},
	{"io_uring_setup", SYS_io_uring_setup, {0, 0}},
	{"memfd_create", SYS_memfd_create, {0, 0}},
	{"keyctl", SYS_keyctl, {0xffff, 0, 0, 0, 0}},
	{"shmget", SYS_shmget, {0, 0, 0}},
	{"seccomp", SYS_seccomp, {0xffff, 0, 0}},
};

/* Refused unless a sanitizer needs it. */
static const struct call forbidden_plain[] = {
	{"ptrace", SYS_ptrace, {PTRACE_DETACH, 0x7fffffff, 0, 0}},
	{"prctl, another", SYS_prctl, {0xffff, 0, 0, 0, 0}},
	{"tgkill, another process", SYS_tgkill, {0x7fffffff, 0x7fffffff, 0}},
	{"process_vm_readv", SYS_process_vm_readv, {0x7fffffff, 0, 0, 0, 0, 0}},
	{"wait4", SYS_wait4, {(uintptr_t)-1, 0, WNOHANG, 0}},
	{"clone, a process",
	 SYS_clone,
	 {CLONE_VM | CLONE_SIGHAND | CLONE_FS | CLONE_NEWNS, 0, 0, 0, 0}},
};

/* Refused unless VMs may be read with the ioctl. */
static const struct call for_ioctl[] = {
	{"pidfd_open", SYS_pidfd_open, {(uintptr_t)-1, 0}},
	{"pidfd_getfd", SYS_pidfd_getfd, {(uintptr_t)-1, 0, 0}},
	{"kcmp", SYS_kcmp, {0x7fffffff, 0x7fffffff, 0, 0, 0}},
	{"ioctl KVM_GET_EXIT_STATS", SYS_ioctl, {(uintptr_t)-1, KVM_GET_EXIT_STATS, 0}},
};

/* Refused unless systemd is told things. */
static const struct call for_datagrams[] = {
	{"socket, Unix datagrams", SYS_socket, {AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0}},
};

static const struct call allowed[] = {
	{"openat to read", SYS_openat, {(uintptr_t)AT_FDCWD, P("/proc/self/stat"), O_CLOEXEC, 0}},
	{"mmap", SYS_mmap, {0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, (uintptr_t)-1, 0}},
	{"prlimit64, to read", SYS_prlimit64, {0, RLIMIT_NOFILE, 0, 0}},
};

static int try(const struct call *c)
{
	const uintptr_t *a = c->args;

	return syscall(c->number, a[0], a[1], a[2], a[3], a[4], a[5]) < 0 ? errno : 0;
}

static void report(const char *what, const char *name, bool good)
{
	char text[128];

	snprintf(text, sizeof(text), "%s: %s", what, name);
	check(text, good);
}

static void refused(const char *what, const struct call *calls, size_t n, const int *before)
{
	for (size_t i = 0; i < n; i++)
		report(what, calls[i].name, before[i] != EPERM && try(&calls[i]) == EPERM);
}

static void let_through(const char *what, const struct call *calls, size_t n)
{
	for (size_t i = 0; i < n; i++)
		report(what, calls[i].name, try(&calls[i]) != EPERM);
}

static void *nothing(void *arg)
{
	return arg;
}

static pthread_barrier_t filtered;

/* A thread that was there before the filter. */
static void *early(void *arg)
{
	static int err;

	(void)arg;
	pthread_barrier_wait(&filtered);
	err = try(&forbidden[0]);
	return &err;
}

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static void try_all(const struct call *calls, size_t n, int *ret)
{
	for (size_t i = 0; i < n; i++)
		ret[i] = try(&calls[i]);
}

static void run(const struct sandbox *want)
{
	int before[4][LENGTH(forbidden)];
	pthread_t thread;
	void *result;

	try_all(forbidden, LENGTH(forbidden), before[0]);
	try_all(forbidden_plain, LENGTH(forbidden_plain), before[1]);
	try_all(for_ioctl, LENGTH(for_ioctl), before[2]);
	try_all(for_datagrams, LENGTH(for_datagrams), before[3]);
	pthread_barrier_init(&filtered, NULL, 2);
	if (pthread_create(&thread, NULL, early, NULL))
		abort();
	check("the filter is taken", !sandbox_filter_calls(want));
	pthread_barrier_wait(&filtered);
	check("is in force in older threads",
	      !pthread_join(thread, &result) && *(int *)result == EPERM);
	check("a new thread may be started",
	      !pthread_create(&thread, NULL, nothing, NULL) && !pthread_join(thread, NULL));
	refused("refused", forbidden, LENGTH(forbidden), before[0]);
#ifndef __SANITIZE_ADDRESS__
	refused("refused", forbidden_plain, LENGTH(forbidden_plain), before[1]);
#endif
	let_through("allowed", allowed, LENGTH(allowed));
	check("allowed: a signal to ourselves, as abort() sends it", !raise(SIGURG));
	if (want->ioctl)
		let_through("the ioctl may", for_ioctl, LENGTH(for_ioctl));
	else
		refused("without the ioctl", for_ioctl, LENGTH(for_ioctl), before[2]);
	if (want->datagrams)
		let_through("systemd is told", for_datagrams, LENGTH(for_datagrams));
	else
		refused("no systemd", for_datagrams, LENGTH(for_datagrams), before[3]);
}

int main(void)
{
	static const struct sandbox wants[] = {{false, false}, {true, false}, {false, true}};
	bool all = true;

	for (size_t i = 0; i < LENGTH(wants); i++) {
		pid_t child;
		int status;

		fflush(stdout);
		child = fork();
		if (!child) {
			run(&wants[i]);
			fflush(stdout);
			/* The leak checker has had its say in other tests. */
			_exit(0);
		}
		all &= child > 0 && waitpid(child, &status, 0) == child && !status;
	}
	check("each process ends by itself", all);
	return 0;
}
