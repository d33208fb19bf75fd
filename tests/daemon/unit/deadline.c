// SPDX-License-Identifier: GPL-2.0-or-later
/* A snapshot comes before its deadline, whatever hangs. */
#include "check.h"
#include "clock.h"
#include "collect.h"
#include "collector.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define VMS  20
#define HANG 10

static char top[] = "/tmp/deadline.XXXXXX";

static void path_of(char path[128], const char *dir, unsigned int pid, const char *file)
{
	snprintf(path, 128, "%s/%s/%u%s", top, dir, pid, file);
}

static void make_dir(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", top, name);
	mkdir(path, 0755);
}

static void make_vm(unsigned int pid)
{
	char path[128];
	FILE *f;

	path_of(path, "debugfs/kvm", pid, "-3");
	mkdir(path, 0755);
	path_of(path, "debugfs/kvm", pid, "-3/exit_stats");
	f = fopen(path, "we");
	if (!f)
		return;
	fputs("# isa svm tsc_khz 2000000 on 1 vcpus 1 paused 0 dropped 0\n"
	      "# code name count kernel user blocked\n114 CPUID 7 1 0 0\n",
	      f);
	fclose(f);
}

/* Its status is a pipe that nobody writes to. */
static void make_hanging(unsigned int pid)
{
	char path[128];

	path_of(path, "proc", pid, "");
	mkdir(path, 0755);
	path_of(path, "proc", pid, "/status");
	mkfifo(path, 0644);
}

static void let_go(unsigned int pid)
{
	char path[128];
	int fd;

	path_of(path, "proc", pid, "/status");
	fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	unlink(path);
}

static size_t count_good(const struct snapshot *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_vms; i++)
		n += !s->vms[i].failed;
	return n;
}

/* One snapshot: it takes at most ms, and shows as many VMs as there are or fewer. */
static size_t collect(struct collector *c, const char *name, int64_t deadline_ms, int64_t ms)
{
	const int64_t begin = clock_ns();
	const struct snapshot_want want = {
		.deadline_ns = deadline_ms ? begin + deadline_ms * NS_PER_MS : 0};
	struct snapshot *s = collector_collect(c, &want);
	const int64_t took = (clock_ns() - begin) / NS_PER_MS;
	size_t n = s ? count_good(s) : 0;
	char text[128];

	snprintf(text, sizeof(text), "%s: within %lld ms", name, (long long)ms);
	check(text, s && took <= ms);
	if (took > ms)
		fprintf(stderr, "%s: %lld ms\n", name, (long long)took);
	snapshot_unref(s);
	return n;
}

static void *let_go_soon(void *arg)
{
	usleep(400000);
	let_go(*(unsigned int *)arg);
	return NULL;
}

/*
 * One snapshot for two that ask at once, of whom one is in a hurry, while a VM takes 400 ms. How
 * many VMs it shows; a deadline of 0 is none.
 */
static size_t collect_two(const struct config *config, const char *name, int64_t first_ms,
			  int64_t second_ms)
{
	const int64_t now = clock_ns();
	struct snapshot_want both[] = {
		{.deadline_ns = now + first_ms * NS_PER_MS},
		{.deadline_ns = second_ms ? now + second_ms * NS_PER_MS : 0},
	};
	const struct read_wants wants = {both, second_ms == first_ms ? 1 : 2};
	unsigned int pid = 101;
	struct snapshot *s = NULL;
	struct collect c;
	pthread_t thread;
	size_t n;

	make_hanging(pid);
	if (!collect_init(&c, config) && !pthread_create(&thread, NULL, let_go_soon, &pid)) {
		s = collect_take(&c, &wants);
		pthread_join(thread, NULL);
		collect_free(&c);
	}
	n = s ? count_good(s) : 0;
	check(name, s && clock_ns() - now < 3 * NS_PER_S);
	snapshot_unref(s);
	return n;
}

static void test_hasty(const struct config *config)
{
	size_t n = collect_two(config, "in a hurry, alone: done soon", 300, 300);

	check("in a hurry, alone: without what takes long", n == VMS - 1);
	n = collect_two(config, "in a hurry, beside one with 10 s", 300, 10000);
	check("in a hurry, beside one with 10 s: all VMs", n == VMS);
	n = collect_two(config, "in a hurry, beside one with 4 s", 300, 4000);
	check("in a hurry, beside one with 4 s: all VMs", n == VMS);
	n = collect_two(config, "in a hurry, beside one without deadline", 300, 0);
	check("in a hurry, beside one without deadline: all VMs", n == VMS);
	n = collect_two(config, "too late, beside one with 4 s", -100, 4000);
	check("too late, beside one with 4 s: all VMs", n == VMS);
}

static void remove_tree(void)
{
	static const char *const dirs[] = {"debugfs/kvm", "debugfs", "proc"};
	char path[128];

	for (unsigned int pid = 100; pid < 100 + VMS; pid++) {
		path_of(path, "debugfs/kvm", pid, "-3/exit_stats");
		unlink(path);
		path_of(path, "debugfs/kvm", pid, "-3");
		rmdir(path);
		path_of(path, "proc", pid, "");
		rmdir(path);
	}
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", top, dirs[i]);
		rmdir(path);
	}
	rmdir(top);
}

int main(void)
{
	char debugfs[64], procfs[64];
	struct config config = {.log = {.level = LOG_ERROR}, .debugfs = debugfs, .procfs = procfs};
	struct collector *c;
	size_t n = 0;

	if (!mkdtemp(top))
		return 1;
	snprintf(debugfs, sizeof(debugfs), "%s/debugfs", top);
	snprintf(procfs, sizeof(procfs), "%s/proc", top);
	make_dir("debugfs");
	make_dir("debugfs/kvm");
	make_dir("proc");
	for (unsigned int i = 0; i < VMS; i++)
		make_vm(100 + i);
	for (unsigned int i = 0; i < HANG; i++)
		make_hanging(100 + 2 * i);
	if (collector_new(&config, &c))
		return 1;
	collect(c, "10 hang, a second", 1000, 1000);
	collect(c, "10 hang, half a second", 500, 500);
	collect(c, "10 hang, a deadline in the past", -100, 4500);
	for (int i = 0; i < 5 && n < VMS - HANG; i++)
		n = collect(c, "10 hang, no hurry", 0, 4500);
	check("all others are found", n == VMS - HANG);
	n = collect(c, "10 hang, and it is known", 0, 900);
	check("none of the others is lost", n == VMS - HANG);
	for (unsigned int i = 0; i < HANG; i++)
		let_go(100 + 2 * i);
	for (int i = 0; i < 50 && n < VMS; i++) {
		usleep(100000);
		n = collect(c, "they come back", 0, 4500);
	}
	check("all are found", n == VMS);
	collector_free(c);
	test_hasty(&config);
	remove_tree();
	return 0;
}
