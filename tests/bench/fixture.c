/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fixture DIRECTORY VMS
 *
 * Makes DIRECTORY/debugfs and DIRECTORY/proc as a host has them that runs so many VMs, in the form
 * that KVM and the kernel give them: each with 4 vCPUs and 20 exit reasons, and a process of its
 * own. As on a host in use the numbers are long, every reason has time in the kernel, one in three
 * in user space, and HLT is blocked. Prints the number of series that such a host has, without
 * those of the exporter itself.
 */
#include <asm/svm.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { VCPUS = 4, REASONS = 20, FIRST_PID = 10000 };

/* The reasons that a busy Linux guest has. */
static const struct {
	unsigned int code;
	const char *name;
} reasons[REASONS] = {
	{SVM_EXIT_READ_CR0, "READ_CR0"},
	{SVM_EXIT_WRITE_CR0, "WRITE_CR0"},
	{SVM_EXIT_WRITE_CR4, "WRITE_CR4"},
	{SVM_EXIT_WRITE_DR7, "WRITE_DR7"},
	{SVM_EXIT_EXCP_BASE + 1, "DB_EXCP"},
	{SVM_EXIT_EXCP_BASE + 6, "UD_EXCP"},
	{SVM_EXIT_EXCP_BASE + 17, "AC_EXCP"},
	{SVM_EXIT_INTR, "INTERRUPT"},
	{SVM_EXIT_NMI, "NMI"},
	{SVM_EXIT_VINTR, "VINTR"},
	{SVM_EXIT_CPUID, "CPUID"},
	{SVM_EXIT_PAUSE, "PAUSE"},
	{SVM_EXIT_HLT, "HLT"},
	{SVM_EXIT_IOIO, "IO"},
	{SVM_EXIT_MSR, "MSR"},
	{SVM_EXIT_VMMCALL, "HYPERCALL"},
	{SVM_EXIT_WBINVD, "WBINVD"},
	{SVM_EXIT_XSETBV, "XSETBV"},
	{SVM_EXIT_NPF, "NPF"},
	{SVM_EXIT_AVIC_INCOMPLETE_IPI, "AVIC_INCOMPLETE_IPI"},
};

static unsigned long series;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "fixture: %s: %s\n", what, strerrordesc_np(errno));
	exit(1);
}

/* The same numbers in every run. */
static uint64_t random_number(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void make_directory(int at, const char *path)
{
	if (mkdirat(at, path, 0755) && errno != EEXIST)
		die(path);
}

static void write_file(int at, const char *path, const void *data, size_t len)
{
	int fd = openat(at, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, data, len) != (ssize_t)len || close(fd))
		die(path);
}

__attribute__((format(printf, 3, 4))) static void print_file(int at, const char *path,
							     const char *format, ...)
{
	char text[2048];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof(text))
		die(path);
	write_file(at, path, text, (size_t)n);
}

/* exit_stats of a VM, or of one vCPU; whole: counts its series. */
static void write_stats(int at, const char *path, int vcpus, int whole)
{
	char text[8192];
	size_t n = 0;

	n += (size_t)snprintf(text, sizeof(text),
			      "# isa svm tsc_khz 2445404 on 1 vcpus %d paused %" PRIu64
			      " dropped 0\n"
			      "# code name count kernel user blocked\n",
			      vcpus, random_number() >> 20);
	for (int i = 0; i < REASONS; i++) {
		const uint64_t user = i % 3 ? 0 : random_number() >> 24;
		const uint64_t blocked =
			reasons[i].code == SVM_EXIT_HLT ? random_number() >> 14 : 0;

		n += (size_t)snprintf(text + n, sizeof(text) - n,
				      "%u %s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
				      reasons[i].code, reasons[i].name, (random_number() >> 34) + 1,
				      (random_number() >> 24) + 1, user, blocked);
		series += whole ? 2 + (user != 0) + (blocked != 0) : 0;
	}
	/* paused, dropped, start time, vcpus, info */
	series += whole ? 5 : 0;
	write_file(at, path, text, n);
}

static void make_vm(int kvm, unsigned int pid)
{
	char path[64];

	snprintf(path, sizeof(path), "%u-9", pid);
	make_directory(kvm, path);
	snprintf(path, sizeof(path), "%u-9/exit_stats", pid);
	write_stats(kvm, path, VCPUS, 1);
	/* Upstream's own files stand beside ours. */
	snprintf(path, sizeof(path), "%u-9/exits", pid);
	print_file(kvm, path, "17\n");
	for (int id = 0; id < VCPUS; id++) {
		snprintf(path, sizeof(path), "%u-9/vcpu%d", pid, id);
		make_directory(kvm, path);
		snprintf(path, sizeof(path), "%u-9/vcpu%d/exit_stats", pid, id);
		write_stats(kvm, path, 1, 0);
		snprintf(path, sizeof(path), "%u-9/vcpu%d/pid", pid, id);
		print_file(kvm, path, "%u\n", pid + 2 + (unsigned int)id);
	}
}

static void make_process(int proc, unsigned int pid)
{
	char path[64], cmdline[512];
	int n = snprintf(
		cmdline, sizeof(cmdline),
		"/usr/bin/qemu-system-x86_64%c-name%cguest=instance-%08x,debug-threads=on%c"
		"-uuid%c00000000-1111-2222-3333-%012x%c-smp%c%d",
		0, 0, pid, 0, 0, pid, 0, 0, VCPUS);

	snprintf(path, sizeof(path), "%u", pid);
	make_directory(proc, path);
	snprintf(path, sizeof(path), "%u/cmdline", pid);
	write_file(proc, path, cmdline, (size_t)n + 1);
	snprintf(path, sizeof(path), "%u/status", pid);
	print_file(
		proc, path,
		"Name:\tqemu-system-x86\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t%u\nNgid:\t0\n"
		"Pid:\t%u\n",
		pid, pid);
	snprintf(path, sizeof(path), "%u/stat", pid);
	print_file(proc, path,
		   "%u (qemu-system-x86) S 1 %u %u 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 4 0 %u 1 1\n",
		   pid, pid, pid, pid);
}

static int open_directory(const char *top, const char *name)
{
	char path[1024];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	make_directory(AT_FDCWD, path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		die(path);
	return fd;
}

int main(int argc, char **argv)
{
	const unsigned long vms = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	int kvm, proc;

	if (!vms || vms > 100000) {
		fputs("usage: fixture DIRECTORY VMS\n", stderr);
		return 2;
	}
	make_directory(AT_FDCWD, argv[1]);
	close(open_directory(argv[1], "debugfs"));
	kvm = open_directory(argv[1], "debugfs/kvm");
	proc = open_directory(argv[1], "proc");
	print_file(proc, "stat",
		   "cpu  1 2 3 4\ncpu0 1 2 3 4\nintr 1 2 3\nctxt 5\nbtime 1700000000\n");
	for (unsigned int i = 0; i < vms; i++) {
		make_vm(kvm, FIRST_PID + 10 * i);
		make_process(proc, FIRST_PID + 10 * i);
	}
	close(kvm);
	close(proc);
	printf("%lu\n", series);
	return 0;
}
