// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Preloaded into the exporter: read() of a file hangs for as long as a file of the same name with
 * ".hangs" behind it exists; open() with an absolute path, with ".opens".
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define TAIL	  ".hangs"
#define TAIL_OPEN ".opens"

typedef int open_fn(const char *path, int flags, ...);
typedef ssize_t read_fn(int fd, void *buffer, size_t size);

static void wait_for(int fd)
{
	char own[64], target[PATH_MAX + sizeof(TAIL)];
	ssize_t n;

	snprintf(own, sizeof(own), "/proc/self/fd/%d", fd);
	n = readlink(own, target, PATH_MAX);
	if (n <= 0 || target[0] != '/')
		return;
	memcpy(target + n, TAIL, sizeof(TAIL));
	while (!access(target, F_OK))
		usleep(20000);
}

int open(const char *path, int flags, ...)
{
	static open_fn *next;
	open_fn *real = __atomic_load_n(&next, __ATOMIC_RELAXED);
	char marker[PATH_MAX + sizeof(TAIL_OPEN)];
	unsigned int mode = 0;

	if (!real) {
		*(void **)&real = dlsym(RTLD_NEXT, "open");
		__atomic_store_n(&next, real, __ATOMIC_RELAXED);
	}
	if (flags & (O_CREAT | O_TMPFILE)) {
		va_list args;

		va_start(args, flags);
		mode = va_arg(args, unsigned int);
		va_end(args);
	}
	snprintf(marker, sizeof(marker), "%s" TAIL_OPEN, path);
	while (path[0] == '/' && !access(marker, F_OK))
		usleep(20000);
	return real(path, flags, mode);
}

ssize_t read(int fd, void *buffer, size_t size)
{
	static read_fn *next;
	read_fn *real = __atomic_load_n(&next, __ATOMIC_RELAXED);

	if (!real) {
		/* ISO C knows no pointer to a function behind a void *. */
		*(void **)&real = dlsym(RTLD_NEXT, "read");
		__atomic_store_n(&next, real, __ATOMIC_RELAXED);
	}
	wait_for(fd);
	return real(fd, buffer, size);
}
