// SPDX-License-Identifier: GPL-2.0-or-later
/* The queue of names to read, while all its threads hang. */
#include "resolver.h"
#include "check.h"
#include "clock.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HANG  40 /* more than there are threads */
#define QUEUE 2000

static char dir[] = "/tmp/resolver.XXXXXX";

static void path_of(uint32_t pid, const char *file, char *ret, size_t size)
{
	snprintf(ret, size, "%s/%u%s", dir, pid, file);
}

/* A process whose command line is a pipe that nobody writes to. */
static void make_hanging(uint32_t pid)
{
	char path[128];

	path_of(pid, "", path, sizeof(path));
	mkdir(path, 0755);
	path_of(pid, "/cmdline", path, sizeof(path));
	mkfifo(path, 0644);
}

static void let_go(uint32_t pid)
{
	char path[128];
	int fd;

	path_of(pid, "/cmdline", path, sizeof(path));
	/* Nobody reads one whose job was dropped: not to wait for that. */
	fd = open(path, O_WRONLY | O_NONBLOCK);
	if (fd >= 0)
		close(fd);
	unlink(path);
	path_of(pid, "", path, sizeof(path));
	rmdir(path);
}

int main(void)
{
	struct identity_job *hanging[HANG], *jobs[QUEUE];
	struct resolver *r;
	struct identity id;
	size_t in_vain;

	if (!mkdtemp(dir) || resolver_new(dir, &r))
		return 1;
	for (uint32_t i = 0; i < HANG; i++) {
		make_hanging(i + 1);
		hanging[i] = resolver_submit(r, i + 1);
	}
	in_vain = resolver_wait(r, clock_ns() + 2 * NS_PER_S);
	check("all that hang are waited for in vain", in_vain == HANG);
	check("once", resolver_wait(r, clock_ns() + NS_PER_S) == 0);
	check("a bounded number is being read", resolver_queued(r) == HANG - 16);
	for (size_t i = 0; i < QUEUE; i++)
		jobs[i] = resolver_submit(r, (uint32_t)(1000 + i));
	check("others wait behind them", resolver_queued(r) == HANG - 16 + QUEUE);
	/* First, last, and those between. */
	resolver_drop(r, jobs[0]);
	resolver_drop(r, jobs[QUEUE - 1]);
	for (size_t i = 1; i < QUEUE - 1; i++)
		resolver_drop(r, jobs[i]);
	check("what is not wanted any more is not kept", resolver_queued(r) == HANG - 16);
	check("nor waited for", resolver_wait(r, clock_ns() + NS_PER_S) == 0);
	for (size_t i = 16; i < HANG; i++)
		resolver_drop(r, hanging[i]);
	check("nothing is left", resolver_queued(r) == 0);
	jobs[0] = resolver_submit(r, 1000);
	check("the queue takes more", resolver_queued(r) == 1);
	for (uint32_t i = 0; i < HANG; i++)
		let_go(i + 1);
	check("and is worked on when threads come back",
	      resolver_wait(r, clock_ns() + 10 * NS_PER_S) == 0 && resolver_queued(r) == 0);
	check("with a result", resolver_result(r, jobs[0], &id) && !id.name);
	resolver_drop(r, jobs[0]);
	for (size_t i = 0; i < 16; i++)
		resolver_drop(r, hanging[i]);
	resolver_free(r);
	rmdir(dir);
	return 0;
}
