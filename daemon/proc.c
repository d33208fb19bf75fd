// SPDX-License-Identifier: GPL-2.0-or-later
#include "proc.h"

#include "read_some.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Open a file below procfs; pid 0 means procfs itself. */
static int open_file(const char *procfs, uint32_t pid, const char *name)
{
	char path[PATH_MAX];
	int n, fd;

	if (pid)
		n = snprintf(path, sizeof(path), "%s/%u/%s", procfs, pid, name);
	else
		n = snprintf(path, sizeof(path), "%s/%s", procfs, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Read the first size - 1 bytes of a file as a string. */
static ssize_t read_text(const char *procfs, uint32_t pid, const char *name, char *buffer,
			 size_t size)
{
	int fd = open_file(procfs, pid, name);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read_some(fd, buffer, size - 1);
	close(fd);
	if (n >= 0)
		buffer[n] = '\0';
	return n;
}

/* The digits after a line's key, which ends before blanks. */
static int find_number(const char *text, const char *key, uint64_t *ret)
{
	const char *at = strstr(text, key);
	char *end;

	if (!at)
		return -EBADMSG;
	at += strlen(key);
	at += strspn(at, " \t");
	if (*at < '0' || *at > '9')
		return -EBADMSG;
	errno = 0;
	*ret = strtoull(at, &end, 10);
	return errno || (*end && *end != '\n' && *end != ' ') ? -EBADMSG : 0;
}

int proc_tgid(const char *procfs, uint32_t tid, uint32_t *ret)
{
	char text[4096];
	uint64_t tgid;
	ssize_t n = read_text(procfs, tid, "status", text, sizeof(text));
	int err = n < 0 ? (int)n : find_number(text, "\nTgid:", &tgid);

	if (!err && (!tgid || tgid > INT32_MAX))
		err = -EBADMSG;
	if (!err)
		*ret = (uint32_t)tgid;
	return err;
}

/* PROC_PID_INIT_INO of include/linux/proc_ns.h */
#define FIRST_PID_NAMESPACE "pid:[4026531836]"

bool proc_is_foreign(const char *procfs)
{
	char text[4096], path[PATH_MAX];
	const char *numbers;
	ssize_t n;
	int len = snprintf(path, sizeof(path), "%s/self/ns/pid", procfs);

	if (len < 0 || (size_t)len >= sizeof(path))
		return false;
	n = readlink(path, text, sizeof(text) - 1);
	if (n < 0)
		return false;
	text[n] = '\0';
	if (strcmp(text, FIRST_PID_NAMESPACE) == 0)
		return false;
	/*
	 * proc(5): NSpid has our number in the namespace of procfs, and in each below. With more
	 * than one, procfs is of a namespace above ours: the host's, given to a container.
	 */
	if (read_text(procfs, 0, "self/status", text, sizeof(text)) < 0)
		return false;
	numbers = strstr(text, "\nNSpid:");
	if (!numbers)
		return false;
	numbers += strlen("\nNSpid:");
	numbers += strspn(numbers, " \t");
	numbers += strcspn(numbers, " \t\n");
	return *numbers != '\t' && *numbers != ' ';
}

int proc_stat(const char *procfs, uint32_t pid, struct proc_stat *ret)
{
	char text[4096];
	const char *open, *close, *at;
	struct proc_stat st = {0};
	size_t len;
	ssize_t n = read_text(procfs, pid, "stat", text, sizeof(text));

	if (n < 0)
		return (int)n;
	/* The name may hold parentheses and blanks itself: it ends at the last one. */
	open = strchr(text, '(');
	close = strrchr(text, ')');
	if (!open || !close || close < open)
		return -EBADMSG;
	len = (size_t)(close - open - 1);
	if (len >= sizeof(st.comm))
		len = sizeof(st.comm) - 1;
	memcpy(st.comm, open + 1, len);
	at = close + 1;
	for (int field = 3; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	if (!at || find_number(at, " ", &st.start_ticks))
		return -EBADMSG;
	*ret = st;
	return 0;
}

int proc_boot_time(const char *procfs, uint64_t *ret)
{
	/* btime stands after the lines of the CPUs and of the interrupts, which may be long. */
	char line[256];
	int fd = open_file(procfs, 0, "stat");
	FILE *f = fd < 0 ? NULL : fdopen(fd, "re");
	int err = -ENOENT;
	bool fresh = true;

	if (!f) {
		if (fd >= 0)
			close(fd);
		return fd < 0 ? fd : -ENOMEM;
	}
	while (err && fgets(line, sizeof(line), f)) {
		if (fresh && strncmp(line, "btime ", 6) == 0) {
			err = find_number(line, "btime", ret);
			break;
		}
		fresh = strchr(line, '\n') != NULL;
	}
	fclose(f);
	return err;
}

int proc_cmdline(const char *procfs, uint32_t pid, char **ret, size_t *ret_len)
{
	int fd = open_file(procfs, pid, "cmdline");
	char *buffer = NULL;
	size_t size = 0;
	ssize_t n = 0, len = 0;

	if (fd < 0)
		return fd;
	do {
		char *new = realloc(buffer, size = size ? size * 4 : 4096);

		if (!new) {
			n = -ENOMEM;
			break;
		}
		buffer = new;
		n = read_some(fd, buffer + len, size - (size_t)len);
		if (n > 0)
			len += n;
	} while (n >= 0 && (size_t)len == size && size < PROC_CMDLINE_MAX);
	close(fd);
	if (n < 0) {
		free(buffer);
		return (int)n;
	}
	*ret = buffer;
	*ret_len = (size_t)len;
	return 0;
}

static int64_t count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;
	int64_t n = -1; /* the stream itself does not count */

	if (!dir)
		return -1;
	while ((entry = readdir(dir)))
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

void proc_self(struct self_stats *ret)
{
	const double hz = (double)sysconf(_SC_CLK_TCK);
	const int64_t page = sysconf(_SC_PAGESIZE);
	uint64_t boot_time;
	struct proc_stat st;
	struct rusage usage;
	struct rlimit limit;
	char text[256];
	char *end;

	*ret = (struct self_stats){-1, ret->start_time, -1, -1, count_fds(), -1};
	if (!getrusage(RUSAGE_SELF, &usage))
		ret->cpu_seconds = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
				   (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
	if (!getrlimit(RLIMIT_NOFILE, &limit) && limit.rlim_cur != RLIM_INFINITY)
		ret->max_fds = (int64_t)limit.rlim_cur;
	/* The first two fields of statm are size and resident, in pages. */
	if (read_text("/proc/self", 0, "statm", text, sizeof(text)) > 0) {
		ret->virtual_bytes = strtoll(text, &end, 10) * page;
		ret->resident_bytes = strtoll(end, NULL, 10) * page;
	}
	if (ret->start_time <= 0 && !proc_stat("/proc", (uint32_t)getpid(), &st) &&
	    !proc_boot_time("/proc", &boot_time))
		ret->start_time = (double)boot_time + (double)st.start_ticks / hz;
}
