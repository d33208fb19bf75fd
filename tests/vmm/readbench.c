/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * readbench DEBUGFS-FILE PID FD N
 *
 * Reads one VM's statistics N times each way, as the exporter does, and prints the
 * nanoseconds that a read takes: "debugfs <ns> ioctl <ns>". By debugfs: open, read,
 * close. By ioctl: pidfd_open, pidfd_getfd, the ioctl, and both closed.
 */
#include <fcntl.h>
#include <linux/kvm_exit_stats.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { ENTRIES = 256 };

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int read_file(const char *path)
{
	static char text[65536];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n, all = 0;

	if (fd < 0)
		return -1;
	while ((n = read(fd, text, sizeof(text))) > 0)
		all += n;
	close(fd);
	return n < 0 || !all ? -1 : 0;
}

static int read_ioctl(pid_t pid, int number)
{
	static char room[sizeof(struct kvm_exit_stats) +
			 ENTRIES * sizeof(struct kvm_exit_stats_entry)] __attribute__((aligned(8)));
	struct kvm_exit_stats *stats = (void *)room;
	int process = (int)syscall(SYS_pidfd_open, pid, 0);
	int fd = (int)syscall(SYS_pidfd_getfd, process, number, 0);
	int result;

	memset(stats, 0, sizeof(*stats));
	stats->vcpu_id = KVM_EXIT_STATS_ALL_VCPUS;
	stats->nr_entries = ENTRIES;
	result = ioctl(fd, KVM_GET_EXIT_STATS, stats);
	close(fd);
	close(process);
	return result;
}

int main(int argc, char **argv)
{
	double start, by_file, by_ioctl;
	int times;

	if (argc != 5 || (times = (int)strtol(argv[4], NULL, 10)) <= 0) {
		fputs("usage: readbench DEBUGFS-FILE PID FD N\n", stderr);
		return 2;
	}
	start = now_ns();
	for (int i = 0; i < times; i++) {
		if (read_file(argv[1])) {
			perror(argv[1]);
			return 1;
		}
	}
	by_file = (now_ns() - start) / times;
	start = now_ns();
	for (int i = 0; i < times; i++) {
		if (read_ioctl((pid_t)strtol(argv[2], NULL, 10), (int)strtol(argv[3], NULL, 10))) {
			perror("KVM_GET_EXIT_STATS");
			return 1;
		}
	}
	by_ioctl = (now_ns() - start) / times;
	printf("debugfs %.0f ioctl %.0f\n", by_file, by_ioctl);
	return 0;
}
