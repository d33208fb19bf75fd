/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * statsioctl check                all that KVM_GET_EXIT_STATS can answer, as test results
 * statsioctl read PID FD [VCPU]   what it says of another process's VM, as debugfs has
 *                                 it, but for the names: the same first line, and rows
 *                                 of code count kernel user blocked
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/kvm_exit_stats.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	ROOM = 4096, /* entries: more than there are */
	VCPU_LOW = 0,
	VCPU_HIGH = 5,
	VCPUS = 2,
	NOBODY = 65534,
};

/* Fills the buffer, and returns 0 or a negative errno. */
typedef int call_fn(int fd, struct kvm_exit_stats *stats);

static int native(int fd, struct kvm_exit_stats *stats)
{
	return ioctl(fd, KVM_GET_EXIT_STATS, stats) ? -errno : 0;
}

/* As a 32-bit program calls: for this the buffer is below 4 GiB. */
static int compat(int fd, struct kvm_exit_stats *stats)
{
	int eax;

	__asm__ volatile("int $0x80"
			 : "=a"(eax)
			 : "a"(54), "b"(fd), "c"((uint32_t)KVM_GET_EXIT_STATS),
			   "d"((uint32_t)(uintptr_t)stats)
			 : "memory", "r8", "r9", "r10", "r11");
	return eax;
}

static void result(bool good, const char *who, const char *what, long got)
{
	if (good)
		printf("ok - ioctl, %s: %s\n", who, what);
	else
		printf("not ok - ioctl, %s: %s: got %ld\n", who, what, got);
}

static void expect(int want, int got, const char *who, const char *what)
{
	result(want == got, who, what, got);
}

static _Noreturn void give_up(const char *what)
{
	printf("not ok - ioctl: %s: %s\n", what, strerrordesc_np(errno));
	exit(1);
}

/* What a caller asks for. */
static struct kvm_exit_stats *ask(struct kvm_exit_stats *stats, int32_t vcpu_id, uint32_t room)
{
	memset(stats, 0, sizeof(*stats));
	stats->vcpu_id = vcpu_id;
	stats->nr_entries = room;
	return stats;
}

static struct kvm_exit_stats *map_low(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (memory == MAP_FAILED)
		give_up("mmap");
	return memory;
}

static void check_numbers(call_fn *call, const char *who, int vm, struct kvm_exit_stats *stats)
{
	uint32_t nr;
	bool sorted = true;

	expect(-E2BIG, call(vm, ask(stats, KVM_EXIT_STATS_ALL_VCPUS, 0)), who, "no room is E2BIG");
	nr = stats->nr_entries;
	result(nr == 172 || nr == 97, who, "and says how much it takes", nr);
	expect(-E2BIG, call(vm, ask(stats, KVM_EXIT_STATS_ALL_VCPUS, nr - 1)), who,
	       "one too few is E2BIG");
	expect(0, call(vm, ask(stats, KVM_EXIT_STATS_ALL_VCPUS, nr)), who, "just enough");
	result(stats->vcpus == VCPUS, who, "the sum is over all vCPUs", stats->vcpus);
	result(stats->entry_size == sizeof(stats->entries[0]), who, "size of an entry",
	       stats->entry_size);
	result(stats->on == 1 && stats->tsc_khz > 0, who, "it is on, and the TSC has a rate",
	       stats->tsc_khz);
	result(stats->isa == (nr == 172 ? KVM_EXIT_STATS_ISA_SVM : KVM_EXIT_STATS_ISA_VMX), who,
	       "isa", stats->isa);
	for (uint32_t i = 1; i < nr; i++)
		sorted = sorted && stats->entries[i].code > stats->entries[i - 1].code;
	result(sorted && stats->entries[nr - 1].code == KVM_EXIT_STATS_CODE_OTHER, who,
	       "codes ascend, the last is for all others", (long)stats->entries[nr - 1].code);

	stats->entries[nr].code = 4711;
	expect(0, call(vm, ask(stats, KVM_EXIT_STATS_ALL_VCPUS, ROOM)), who, "more than enough");
	result(stats->nr_entries == nr && stats->entries[nr].code == 4711, who,
	       "and no more is written than there is", stats->nr_entries);
	expect(0, call(vm, ask(stats, VCPU_HIGH, ROOM)), who, "a vCPU by its id");
	result(stats->vcpus == 1, who, "is one vCPU", stats->vcpus);
}

static void check_errors(call_fn *call, const char *who, int vm, struct kvm_exit_stats *stats)
{
	const int32_t wrong[] = {VCPU_HIGH - 1, VCPU_HIGH + 1, -2, INT_MAX, INT_MIN};
	const long page = sysconf(_SC_PAGESIZE);
	struct kvm_exit_stats *edge;
	bool all = true;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		all = all && call(vm, ask(stats, wrong[i], ROOM)) == -EINVAL;
	result(all, who, "ids without a vCPU are EINVAL", 0);
	ask(stats, -1, ROOM)->flags = 1;
	expect(-EINVAL, call(vm, stats), who, "an unknown flag is EINVAL");
	ask(stats, -1, ROOM)->reserved[0] = 1;
	expect(-EINVAL, call(vm, stats), who, "the first reserved field is EINVAL");
	ask(stats, -1, ROOM)->reserved[1] = 1ull << 63;
	expect(-EINVAL, call(vm, stats), who, "the second reserved field is EINVAL");
	expect(-EFAULT, call(vm, NULL), who, "no buffer is EFAULT");

	/* The header ends where the page does, and the next page is not there. */
	edge = (void *)((char *)map_low(2 * (size_t)page) + page - sizeof(*edge));
	if (munmap((char *)edge + sizeof(*edge), (size_t)page))
		give_up("munmap");
	expect(-EFAULT, call(vm, ask(edge, -1, ROOM)), who, "a buffer that is cut off is EFAULT");
	ask(edge, -1, 0);
	if (mprotect((char *)edge + sizeof(*edge) - page, (size_t)page, PROT_READ))
		give_up("mprotect");
	expect(-EFAULT, call(vm, edge), who, "a header that can't be written is EFAULT");
}

/* In a child: another process, though it has the descriptor. */
static void check_foreign(int vm, struct kvm_exit_stats *stats)
{
	pid_t child = fork();

	if (child) {
		waitpid(child, NULL, 0);
		return;
	}
	expect(0, native(vm, ask(stats, -1, ROOM)), "other process", "may read as root");
	expect(0, compat(vm, ask(stats, -1, ROOM)), "other process, 32 bit", "may read as root");
	result(ioctl(vm, KVM_CHECK_EXTENSION, 0) == -1 && errno == EIO, "other process",
	       "all else is EIO still", errno);
	if (setgid(NOBODY) || setuid(NOBODY))
		give_up("setuid");
	expect(-EPERM, native(vm, ask(stats, -1, ROOM)), "other process",
	       "without the capability: EPERM");
	expect(-EPERM, compat(vm, ask(stats, -1, ROOM)), "other process, 32 bit",
	       "without the capability: EPERM");
	fflush(stdout);
	_exit(0);
}

static int check(void)
{
	struct kvm_exit_stats *stats =
		map_low(sizeof(*stats) + (ROOM + 1) * sizeof(stats->entries[0]));
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (kvm < 0)
		give_up("/dev/kvm");
	vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm < 0 || ioctl(vm, KVM_CREATE_VCPU, VCPU_LOW) < 0 ||
	    ioctl(vm, KVM_CREATE_VCPU, VCPU_HIGH) < 0)
		give_up("creating a VM");
	result(ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_EXIT_STATS) > 0 &&
		       ioctl(vm, KVM_CHECK_EXTENSION, KVM_CAP_EXIT_STATS) > 0,
	       "native", "KVM says that it is there", 0);
	check_numbers(native, "native", vm, stats);
	check_numbers(compat, "32 bit", vm, stats);
	check_errors(native, "native", vm, stats);
	check_errors(compat, "32 bit", vm, stats);
	check_foreign(vm, stats);
	return 0;
}

static int read_other(pid_t pid, int number, int32_t vcpu)
{
	struct kvm_exit_stats *stats = map_low(sizeof(*stats) + ROOM * sizeof(stats->entries[0]));
	int process = (int)syscall(SYS_pidfd_open, pid, 0);
	int fd = (int)syscall(SYS_pidfd_getfd, process, number, 0);
	int error;

	if (fd < 0)
		give_up("pidfd_getfd");
	error = native(fd, ask(stats, vcpu, ROOM));
	if (error) {
		printf("%s\n", strerrordesc_np(-error));
		return 1;
	}
	printf("# isa %s tsc_khz %u on %u vcpus %u paused %llu dropped %llu\n",
	       stats->isa == KVM_EXIT_STATS_ISA_SVM ? "svm" : "vmx", stats->tsc_khz, stats->on,
	       stats->vcpus, stats->paused, stats->dropped);
	for (uint32_t i = 0; i < stats->nr_entries; i++) {
		const struct kvm_exit_stats_entry *e = &stats->entries[i];

		if (e->count)
			printf("%" PRId64 " %llu %llu %llu %llu\n", (int64_t)e->code, e->count,
			       e->kernel, e->user, e->blocked);
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "check"))
		return check();
	if (argc >= 4 && !strcmp(argv[1], "read"))
		return read_other((pid_t)strtol(argv[2], NULL, 10), (int)strtol(argv[3], NULL, 10),
				  argc > 4 ? (int)strtol(argv[4], NULL, 10) : -1);
	fputs("usage: statsioctl check | read PID FD [VCPU]\n", stderr);
	return 2;
}
