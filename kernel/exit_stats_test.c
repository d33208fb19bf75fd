// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test the accounting of VM-Exits: KVM_GET_EXIT_STATS, and the guest's CPUID
 * leaves if the host has them switched on.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/kvm_exit_stats.h>

#include "kselftest.h"
#include "kvm_util.h"
#include "processor.h"
#include "test_util.h"

#define NR_VCPUS	2
#define NR_CPUIDS	1000

/* The codes of the exits that this test causes. */
#define VMX_CPUID	10
#define VMX_IO		30
#define SVM_CPUID	0x72
#define SVM_IO		0x7b

#define LEAF_SIGNATURE	0x4fffff00
#define LEAF_LAYOUT	0x4fffff01
#define LEAF_REASON64	0x4fffff02
#define LEAF_LAST	0x4fffffff
#define LAYOUT_DESC	1
#define LAYOUT_ASC	2

/* Known to host and guest. */
static u32 isa, cpuid_code, layout;

static u64 guest_cpuid_exits(void)
{
	u32 eax, ebx, ecx, edx;

	__cpuid(LEAF_REASON64, cpuid_code, &eax, &ebx, &ecx, &edx);
	return (u64)ebx << 32 | eax;
}

static void guest_check_leaves(void)
{
	u32 per_reason = LEAF_LAST - (layout == LAYOUT_DESC ? 2 : 1);
	u32 eax, ebx, ecx, edx;
	u64 exits;

	cpuid(LEAF_SIGNATURE, &eax, &ebx, &ecx, &edx);
	GUEST_ASSERT_EQ(eax, LEAF_LAST);
	GUEST_ASSERT(ebx == 0x454d564b && ecx == 0x53544958 && edx == 0x53544154);

	cpuid(LEAF_LAYOUT, &eax, &ebx, &ecx, &edx);
	GUEST_ASSERT_EQ(eax, layout);
	GUEST_ASSERT_EQ(ebx, isa);

	/* The exit of the instruction that reads is counted. */
	exits = guest_cpuid_exits();
	GUEST_ASSERT_EQ(guest_cpuid_exits(), exits + 1);

	__cpuid(per_reason, cpuid_code, &eax, &ebx, &ecx, &edx);
	GUEST_ASSERT_EQ(eax, (u32)(exits + 2));
	GUEST_ASSERT_EQ(edx, 0);

	/* A reason that is not defined. */
	__cpuid(per_reason, 0x12345678, &eax, &ebx, &ecx, &edx);
	GUEST_ASSERT_EQ(eax, 0);
	GUEST_ASSERT_EQ(edx, 0xffffffff);

	GUEST_SYNC(guest_cpuid_exits());
}

static void guest_code(void)
{
	u32 eax, ebx, ecx, edx;
	int i;

	GUEST_SYNC(0);

	for (i = 0; i < NR_CPUIDS; i++)
		cpuid(0, &eax, &ebx, &ecx, &edx);
	GUEST_SYNC(0);

	guest_check_leaves();
}

/* Runs the vCPU to its next GUEST_SYNC(), and returns what that said. */
static u64 run_to_sync(struct kvm_vcpu *vcpu)
{
	struct ucall uc;

	vcpu_run(vcpu);
	if (get_ucall(vcpu, &uc) == UCALL_ABORT)
		REPORT_GUEST_ASSERT(uc);
	TEST_ASSERT_EQ(uc.cmd, UCALL_SYNC);
	return uc.args[1];
}

static void expect_error(struct kvm_vm *vm, struct kvm_exit_stats *stats, int error)
{
	int r = __vm_ioctl(vm, KVM_GET_EXIT_STATS, stats);

	TEST_ASSERT(r == -1 && errno == error, "Wanted errno %d, got rc %d errno %d (%s)",
		    error, r, errno, strerror(errno));
}

/* For all entries that KVM has, which it tells with the error. */
static struct kvm_exit_stats *alloc_stats(struct kvm_vm *vm, int vcpu_id)
{
	struct kvm_exit_stats head = { .vcpu_id = vcpu_id }, *stats;

	expect_error(vm, &head, E2BIG);
	TEST_ASSERT(head.nr_entries, "KVM does not say how many entries there are");

	stats = calloc(1, sizeof(head) + head.nr_entries * sizeof(head.entries[0]));
	TEST_ASSERT(stats, "-ENOMEM when allocating kvm_exit_stats");
	*stats = head;
	return stats;
}

static struct kvm_exit_stats *get_stats(struct kvm_vm *vm, int vcpu_id)
{
	struct kvm_exit_stats *stats = alloc_stats(vm, vcpu_id);

	vm_ioctl(vm, KVM_GET_EXIT_STATS, stats);
	return stats;
}

static struct kvm_exit_stats_entry get_entry(struct kvm_vm *vm, int vcpu_id, u64 code)
{
	struct kvm_exit_stats *stats = get_stats(vm, vcpu_id);
	struct kvm_exit_stats_entry entry;
	u32 i = 0;

	while (i < stats->nr_entries - 1 && stats->entries[i].code != code)
		i++;
	entry = stats->entries[i];
	TEST_ASSERT_EQ(entry.code, code);
	free(stats);
	return entry;
}

static void test_errors(struct kvm_vm *vm)
{
	struct kvm_exit_stats *stats = alloc_stats(vm, KVM_EXIT_STATS_ALL_VCPUS);
	u32 nr = stats->nr_entries;

	expect_error(vm, NULL, EFAULT);

	stats->flags = 1;
	expect_error(vm, stats, EINVAL);
	stats->flags = 0;
	stats->reserved[1] = 1;
	expect_error(vm, stats, EINVAL);
	stats->reserved[1] = 0;
	stats->vcpu_id = NR_VCPUS;
	expect_error(vm, stats, EINVAL);
	stats->vcpu_id = 0;
	stats->nr_entries = nr - 1;
	expect_error(vm, stats, E2BIG);
	TEST_ASSERT_EQ(stats->nr_entries, nr);
	vm_ioctl(vm, KVM_GET_EXIT_STATS, stats);
	free(stats);
	ksft_test_result_pass("errors\n");
}

static void test_header(struct kvm_vm *vm)
{
	struct kvm_exit_stats *stats = get_stats(vm, KVM_EXIT_STATS_ALL_VCPUS);
	u32 i;

	TEST_ASSERT_EQ(stats->vcpus, NR_VCPUS);
	TEST_ASSERT_EQ(stats->on, 1);
	TEST_ASSERT_EQ(stats->entry_size, sizeof(struct kvm_exit_stats_entry));
	TEST_ASSERT(stats->tsc_khz, "The host's TSC has no frequency");
	TEST_ASSERT_EQ(stats->isa, this_cpu_has(X86_FEATURE_VMX) ? KVM_EXIT_STATS_ISA_VMX :
							  KVM_EXIT_STATS_ISA_SVM);

	for (i = 1; i < stats->nr_entries; i++)
		TEST_ASSERT(stats->entries[i].code > stats->entries[i - 1].code, "Bad order");
	TEST_ASSERT_EQ(stats->entries[i - 1].code, KVM_EXIT_STATS_CODE_OTHER);

	isa = stats->isa;
	free(stats);
	ksft_test_result_pass("header\n");
}

/* The guest is before its loop, and then after it. */
static void test_counts(struct kvm_vm *vm, struct kvm_vcpu *vcpu)
{
	u32 io_code = isa == KVM_EXIT_STATS_ISA_VMX ? VMX_IO : SVM_IO;
	struct kvm_exit_stats_entry before, after, io, other;

	run_to_sync(vcpu);
	before = get_entry(vm, vcpu->id, cpuid_code);
	io = get_entry(vm, vcpu->id, io_code);
	run_to_sync(vcpu);
	after = get_entry(vm, vcpu->id, cpuid_code);

	TEST_ASSERT_EQ(after.count - before.count, NR_CPUIDS);
	TEST_ASSERT(after.kernel > before.kernel, "CPUID exits took no time");
	TEST_ASSERT_EQ(after.user + after.blocked, 0);

	/* The guest's GUEST_SYNC() is an OUT that user space handles. */
	after = get_entry(vm, vcpu->id, io_code);
	TEST_ASSERT_EQ(after.count - io.count, 1);
	TEST_ASSERT(after.user > io.user, "Time in user space is not counted");

	/* The other vCPU has never run. */
	other = get_entry(vm, vcpu->id + 1, cpuid_code);
	TEST_ASSERT_EQ(other.count, 0);
	other = get_entry(vm, KVM_EXIT_STATS_ALL_VCPUS, cpuid_code);
	TEST_ASSERT_EQ(other.count, before.count + NR_CPUIDS);
	ksft_test_result_pass("counts\n");
}

/* In a process other than the VM's: exits with 0 if all is as it should be. */
static void foreign_caller(struct kvm_vm *vm, struct kvm_exit_stats *stats)
{
	if (__vm_ioctl(vm, KVM_CHECK_EXTENSION, (void *)KVM_CAP_EXIT_STATS) != -1 || errno != EIO)
		_exit(1);
	/* Root, as most run this, is capable; nobody is not. */
	if (!geteuid() && (__vm_ioctl(vm, KVM_GET_EXIT_STATS, stats) ||
			   setresuid(65534, 65534, 65534)))
		_exit(2);
	if (__vm_ioctl(vm, KVM_GET_EXIT_STATS, stats) != -1 || errno != EPERM)
		_exit(3);
	_exit(0);
}

static void test_foreign_caller(struct kvm_vm *vm)
{
	struct kvm_exit_stats *stats = alloc_stats(vm, KVM_EXIT_STATS_ALL_VCPUS);
	int status;
	pid_t pid;

	pid = fork();
	TEST_ASSERT(pid >= 0, "fork() failed, errno: %d", errno);
	if (!pid)
		foreign_caller(vm, stats);

	TEST_ASSERT_EQ(waitpid(pid, &status, 0), pid);
	TEST_ASSERT(WIFEXITED(status) && !WEXITSTATUS(status),
		    "Another process got a wrong answer, step %d", WEXITSTATUS(status));
	free(stats);
	ksft_test_result_pass("foreign caller\n");
}

/* The layout of the leaves that the host has switched on, or 0. */
static u32 get_layout(void)
{
	int fd = open_path_or_exit("/sys/module/kvm/parameters/exit_stats_cpuid", O_RDONLY);
	char first;

	TEST_ASSERT_EQ(read(fd, &first, 1), 1);
	close(fd);
	return first == 'd' ? LAYOUT_DESC : first == 'a' ? LAYOUT_ASC : 0;
}

static void test_leaves(struct kvm_vm *vm, struct kvm_vcpu *vcpu)
{
	if (!layout) {
		ksft_test_result_skip("leaves: kvm.exit_stats_cpuid is off\n");
		return;
	}

	TEST_ASSERT_EQ(run_to_sync(vcpu), get_entry(vm, vcpu->id, cpuid_code).count);
	ksft_test_result_pass("leaves\n");
}

int main(void)
{
	struct kvm_vcpu *vcpus[NR_VCPUS];
	struct kvm_vm *vm;

	TEST_REQUIRE(kvm_has_cap(KVM_CAP_EXIT_STATS));
	TEST_REQUIRE(get_kvm_param_bool("exit_stats"));
	ksft_print_header();
	ksft_set_plan(5);

	vm = vm_create_with_vcpus(NR_VCPUS, guest_code, vcpus);
	test_errors(vm);
	test_header(vm);

	cpuid_code = isa == KVM_EXIT_STATS_ISA_VMX ? VMX_CPUID : SVM_CPUID;
	layout = get_layout();
	sync_global_to_guest(vm, isa);
	sync_global_to_guest(vm, cpuid_code);
	sync_global_to_guest(vm, layout);

	test_counts(vm, vcpus[0]);
	test_foreign_caller(vm);
	test_leaves(vm, vcpus[0]);

	kvm_vm_free(vm);
	ksft_finished();
}
