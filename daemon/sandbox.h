/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the process gives up for good once it has its sockets: capabilities, what execve(2) could
 * give it, and system calls. Under a sanitizer more system calls stay, those that its reports take.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>

struct sandbox {
	bool ioctl;	/* VMs may be read with the ioctl, on duplicates of their descriptors */
	bool datagrams; /* systemd or its journal is told things, through a Unix socket */
};

/*
 * Keep of the capabilities that there are only what the sources need: CAP_DAC_READ_SEARCH, and for
 * the ioctl CAP_PERFMON and CAP_SYS_PTRACE. For the calling thread and those that it starts: call
 * it before there are others. 0 or negative errno.
 */
int sandbox_drop_capabilities(const struct sandbox *want);

/*
 * No new privileges, and only the system calls on the list, for all threads. Any other call fails
 * with EPERM, and the kernel logs it: a library that asks for one more than we know must not end
 * the monitoring. 0 or negative errno, where the kernel has no seccomp.
 */
int sandbox_filter_calls(const struct sandbox *want);

#endif
