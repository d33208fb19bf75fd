/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a server of metrics costs, by the CPU clock of its process.
 *
 *   scrape cost PID PORT TIMES [KVM_DIRECTORY]
 *	"cpu <ns> bytes <n> gzip <n or n/a> packed <ns> series <n>", and with a directory "floor
 *<ns> files <n>". Medians of TIMES scrapes one after the other on one connection. The floor is the
 *CPU time of opening, reading and closing each VM's exit_stats once, in turn with the scrapes, so
 *that whatever slows this machine down slows both. packed is the CPU time where gzip is asked for.
 *   scrape load PID PORT CLIENTS TIMES
 *	"median <us> p99 <us> cpu <ns>": so many clients at once, TIMES scrapes each; the CPU time
 *	is per answer.
 *   scrape burst PORT CLIENTS
 *	so many requests at once: "answers <n> different <n>"
 *   scrape fetch PORT [gzip]
 *	the answer's body
 */
#include "client.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FILES_MAX = 100000, TIMES_MAX = 100000, CLIENTS_MAX = 64 };

static int64_t clock_now(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now))
		die("clock");
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static clockid_t clock_of(const char *pid)
{
	clockid_t clock;
	int err = clock_getcpuclockid((pid_t)strtol(pid, NULL, 10), &clock);

	if (err) {
		errno = err;
		die(pid);
	}
	return clock;
}

static int compare(const void *pa, const void *pb)
{
	const int64_t a = *(const int64_t *)pa, b = *(const int64_t *)pb;

	return (a > b) - (a < b);
}

static int64_t quantile(int64_t *values, size_t n, unsigned int percent)
{
	qsort(values, n, sizeof(*values), compare);
	return values[(n - 1) * percent / 100];
}

static size_t count_series(const struct answer *a)
{
	size_t n = 0;

	for (const char *at = a->body, *end;
	     (end = memchr(at, '\n', (size_t)(a->body + a->len - at))); at = end + 1)
		n += *at != '#';
	return n;
}

/* The names of the VMs' files. */
static size_t list_files(int kvm, char (*names)[64])
{
	DIR *dir = fdopendir(dup(kvm));
	const struct dirent *entry;
	size_t n = 0;

	if (!dir)
		die("directory");
	while (n < FILES_MAX && (entry = readdir(dir)))
		if (strchr(entry->d_name, '-'))
			snprintf(names[n++], sizeof(*names), "%.40s/exit_stats", entry->d_name);
	closedir(dir);
	return n;
}

static int64_t floor_pass(int kvm, char (*names)[64], size_t n)
{
	static char buffer[65536];
	const int64_t begin = clock_now(CLOCK_PROCESS_CPUTIME_ID);

	for (size_t i = 0; i < n; i++) {
		int fd = openat(kvm, names[i], O_RDONLY | O_CLOEXEC);

		if (fd < 0 || read(fd, buffer, sizeof(buffer)) <= 0)
			die(names[i]);
		close(fd);
	}
	return clock_now(CLOCK_PROCESS_CPUTIME_ID) - begin;
}

static void cost(const char *pid, const char *port, size_t times, const char *directory)
{
	static char names[FILES_MAX][64];
	static int64_t cpu[TIMES_MAX], packing[TIMES_MAX], floors[TIMES_MAX];
	const clockid_t clock = clock_of(pid);
	struct answer a = {0}, packed = {0};
	int fd = connect_to(port), kvm = -1;
	size_t n = 0;

	if (directory) {
		kvm = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (kvm < 0)
			die(directory);
		n = list_files(kvm, names);
	}
	for (int i = 0; i < 3; i++)
		scrape(fd, false, &a);
	for (size_t i = 0; i < times; i++) {
		int64_t before;

		floors[i] = floor_pass(kvm, names, n);
		before = clock_now(clock);
		scrape(fd, false, &a);
		/* What it does after the answer, it does for this scrape too. */
		usleep(2000);
		cpu[i] = clock_now(clock) - before;
	}
	for (size_t i = 0; i < times; i++) {
		const int64_t before = clock_now(clock);

		scrape(fd, true, &packed);
		usleep(2000);
		packing[i] = clock_now(clock) - before;
	}
	printf("cpu %lld bytes %zu gzip ", (long long)quantile(cpu, times, 50), a.len);
	if (packed.gzip)
		printf("%zu packed %lld", packed.len, (long long)quantile(packing, times, 50));
	else
		printf("n/a packed 0");
	printf(" series %zu", count_series(&a));
	if (directory)
		printf(" floor %lld files %zu", (long long)quantile(floors, times, 50), n);
	puts("");
}

struct client {
	pthread_t thread;
	const char *port;
	size_t times;
	int64_t *took;
};

static void *run_client(void *arg)
{
	struct client *c = arg;
	struct answer a = {0};
	int fd = connect_to(c->port);

	for (size_t i = 0; i < c->times; i++) {
		const int64_t begin = clock_now(CLOCK_MONOTONIC);

		scrape(fd, false, &a);
		c->took[i] = clock_now(CLOCK_MONOTONIC) - begin;
	}
	close(fd);
	free(a.body);
	return NULL;
}

static void load(const char *pid, const char *port, size_t clients, size_t times)
{
	static int64_t took[TIMES_MAX];
	static struct client all[CLIENTS_MAX];
	const clockid_t clock = clock_of(pid);
	const int64_t before = clock_now(clock);
	int64_t cpu;

	for (size_t i = 0; i < clients; i++) {
		all[i] = (struct client){.port = port, .times = times, .took = took + i * times};
		if (pthread_create(&all[i].thread, NULL, run_client, &all[i]))
			die("thread");
	}
	for (size_t i = 0; i < clients; i++)
		pthread_join(all[i].thread, NULL);
	cpu = (clock_now(clock) - before) / (int64_t)(clients * times);
	printf("median %lld ", (long long)quantile(took, clients * times, 50) / 1000);
	printf("p99 %lld cpu %lld\n", (long long)quantile(took, clients * times, 99) / 1000,
	       (long long)cpu);
}

static void burst(const char *port, size_t clients)
{
	static struct answer answers[CLIENTS_MAX];
	int fds[CLIENTS_MAX];
	size_t different = 0;

	for (size_t i = 0; i < clients; i++)
		fds[i] = connect_to(port);
	for (size_t i = 0; i < clients; i++)
		ask(fds[i], false);
	for (size_t i = 0; i < clients; i++) {
		size_t same = 0;

		read_answer(fds[i], &answers[i]);
		while (same < i &&
		       (answers[same].len != answers[i].len ||
			memcmp(answers[same].body, answers[i].body, answers[i].len) != 0))
			same++;
		different += same == i;
	}
	printf("answers %zu different %zu\n", clients, different);
}

static size_t number(const char *text, size_t max)
{
	const size_t n = strtoul(text, NULL, 10);

	if (!n || n > max) {
		fputs("scrape: a number is wrong or too large\n", stderr);
		exit(2);
	}
	return n;
}

int main(int argc, char **argv)
{
	if (argc >= 5 && argc <= 6 && strcmp(argv[1], "cost") == 0) {
		cost(argv[2], argv[3], number(argv[4], TIMES_MAX), argv[5]);
	} else if (argc == 6 && strcmp(argv[1], "load") == 0) {
		const size_t clients = number(argv[4], CLIENTS_MAX);

		load(argv[2], argv[3], clients, number(argv[5], TIMES_MAX / clients));
	} else if (argc == 4 && strcmp(argv[1], "burst") == 0) {
		burst(argv[2], number(argv[3], CLIENTS_MAX));
	} else if (argc >= 3 && strcmp(argv[1], "fetch") == 0) {
		struct answer a = {0};

		scrape(connect_to(argv[2]), argc == 4, &a);
		fwrite(a.body, 1, a.len, stdout);
	} else {
		fputs("usage: scrape cost PID PORT TIMES [KVM_DIRECTORY] | load PID PORT CLIENTS TIMES"
		      " | burst PORT CLIENTS | fetch PORT [gzip]\n",
		      stderr);
		return 2;
	}
	return 0;
}
