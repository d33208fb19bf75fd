/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading what is known of a process from <procfs>. All return 0 or negative errno. */
#ifndef PROC_H
#define PROC_H

#include "snapshot.h"

/* The most of a command line that is looked at, in bytes. */
#define PROC_CMDLINE_MAX ((size_t)256 * 1024)

struct proc_stat {
	char comm[64];	      /* as the kernel has it: any bytes */
	uint64_t start_ticks; /* since boot, in 1/sysconf(_SC_CLK_TCK) s */
};

/* The process that the thread tid belongs to: Tgid in <procfs>/<tid>/status. */
int proc_tgid(const char *procfs, uint32_t tid, uint32_t *ret);

/*
 * Does procfs show other numbers for processes than the host's first pid namespace, by which
 * debugfs names VMs? Only what is certain counts; our own entries in it tell.
 */
bool proc_is_foreign(const char *procfs);

/* Fields 2 and 22 of <procfs>/<pid>/stat (proc(5)). */
int proc_stat(const char *procfs, uint32_t pid, struct proc_stat *ret);

/* btime in <procfs>/stat: when the host booted, seconds since the epoch. */
int proc_boot_time(const char *procfs, uint64_t *ret);

/*
 * The arguments of a process, each ended by a NUL but perhaps the last. The caller frees *ret.
 * May wait for long: reading cmdline takes the process's mmap lock.
 */
int proc_cmdline(const char *procfs, uint32_t pid, char **ret, size_t *ret_len);

/*
 * This process, from /proc/self. What cannot be told is negative. start_time is only looked up if
 * ret does not hold it yet: /proc/stat is dear on a big host.
 */
void proc_self(struct self_stats *ret);

#endif
