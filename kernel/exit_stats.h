/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef __KVM_X86_EXIT_STATS_H
#define __KVM_X86_EXIT_STATS_H

/*
 * Always-on accounting of VM-Exits, per vCPU and per exit reason.
 *
 *   guest --exit--> kvm_exit_stats_{vmx,svm}_exit()    count, open interval
 *                        |
 *     +------------------+----------------------+
 *   fast path      vcpu_block()         return from KVM_RUN
 *     |            "blocked"            "user", or "paused" if -EINTR
 *     +------------------+----------------------+
 *                        |
 *   guest <-entry-- kvm_exit_stats_entry()             close it: "kernel"
 *
 * The two hot hooks run with IRQs disabled, touch only memory of their own
 * vCPU, and take no lock.  The slow hooks measure the other phases where they
 * happen and move the start of the open interval forward by as much, so that
 * what is left at the entry is the time that KVM itself worked.
 */

#include <linux/jump_label.h>
// part ioctl
#include <linux/kvm_exit_stats.h>
// end
#include <linux/kvm_host.h>
#include <linux/seqlock.h>

#include <asm/msr.h>
#include <asm/svm.h>
#include <asm/vmx.h>

#ifdef CONFIG_KVM_EXIT_STATS

enum kvm_exit_stats_phase {
	KVM_EXIT_STATS_KERNEL,
	KVM_EXIT_STATS_USER,
	KVM_EXIT_STATS_BLOCKED,
	KVM_EXIT_STATS_NR_PHASES,

	/* A total per vCPU, of no reason. */
	KVM_EXIT_STATS_PAUSED = KVM_EXIT_STATS_NR_PHASES,
	/* No slow phase is open. */
	KVM_EXIT_STATS_NONE,
};

struct kvm_exit_stats_slot {
	u64 count;
	u64 cycles[KVM_EXIT_STATS_NR_PHASES];
};

/*
 * Start of the interval while no exit is open.  Larger than any TSC, so that
 * the hot path needs no test of its own: the interval comes out negative.
 */
#define KVM_EXIT_STATS_CLOSED	S64_MAX

struct kvm_vcpu_exit_stats {
	/*
	 * Written by the vCPU's thread, but by whoever switches the accounting
	 * off once the hot hooks are gone.  @open is valid, and means something
	 * while @start is not CLOSED.  @exits and @kernel are sums over @slots.
	 */
	struct kvm_exit_stats_slot *open;
	u64 start;
	u64 exits;
	u64 kernel;

	/*
	 * Off the hot path, all under @slow: readers see a slow phase grow
	 * while it lasts, and switching off ends it from another thread.
	 */
	seqlock_t slow;
	enum kvm_exit_stats_phase phase;
	u64 phase_start;
	u64 paused;
	u64 dropped;

	struct kvm_exit_stats_slot slots[];
};

/*
 * Slots.  VMX: the basic reason, then one for all other codes.  SVM's codes
 * are sparse: 0..0xa5, 0x400..0x403, -1, then one for all other codes.
 */
#define KVM_EXIT_STATS_VMX_OTHER	96
#define KVM_EXIT_STATS_VMX_SLOTS	(KVM_EXIT_STATS_VMX_OTHER + 1)

#define KVM_EXIT_STATS_SVM_LOW		0xa6
#define KVM_EXIT_STATS_SVM_HIGH		4
#define KVM_EXIT_STATS_SVM_ERR		(KVM_EXIT_STATS_SVM_LOW + KVM_EXIT_STATS_SVM_HIGH)
#define KVM_EXIT_STATS_SVM_OTHER	(KVM_EXIT_STATS_SVM_ERR + 1)
#define KVM_EXIT_STATS_SVM_SLOTS	(KVM_EXIT_STATS_SVM_OTHER + 1)

// part debugfs
/* What a reader gets: the sum over some vCPUs, with an entry for every slot. */
struct kvm_exit_stats_sum {
	u32 vcpus;
	u64 paused;
	u64 dropped;
	struct kvm_exit_stats_slot slots[];
};

// end
DECLARE_STATIC_KEY_TRUE(kvm_exit_stats_enabled);
// part cpuid
DECLARE_STATIC_KEY_FALSE(kvm_exit_stats_cpuid_enabled);
// end
extern bool kvm_exit_stats_on;

int kvm_exit_stats_vcpu_create(struct kvm_vcpu *vcpu);
void kvm_exit_stats_vcpu_destroy(struct kvm_vcpu *vcpu);
void kvm_exit_stats_block_begin(struct kvm_vcpu *vcpu);
void kvm_exit_stats_block_end(struct kvm_vcpu *vcpu);
void kvm_exit_stats_negative(struct kvm_vcpu_exit_stats *stats);
// part debugfs
void kvm_exit_stats_add_vcpu(struct kvm_exit_stats_sum *sum, struct kvm_vcpu *vcpu);
void kvm_exit_stats_vm_debugfs(struct kvm *kvm);
void kvm_exit_stats_vcpu_debugfs(struct kvm_vcpu *vcpu, struct dentry *dir);
// end
// part ioctl
int kvm_vm_ioctl_get_exit_stats(struct kvm *kvm, struct kvm_exit_stats __user *argp);
// end

/*
 * A CPU has one of the two.  Valid without a vCPU, and before there is a VM.  By the
 * vendor, as kvm-amd asks, since the size of a table depends on it: boot_cpu_has()
 * forgets SVM when a CPU has come online on which firmware disabled it.
 */
static inline bool kvm_exit_stats_is_svm(void)
{
	return boot_cpu_data.x86_vendor == X86_VENDOR_AMD ||
	       boot_cpu_data.x86_vendor == X86_VENDOR_HYGON;
}

// part ioctl
static inline u32 kvm_exit_stats_isa(void)
{
	return kvm_exit_stats_is_svm() ? KVM_EXIT_STATS_ISA_SVM : KVM_EXIT_STATS_ISA_VMX;
}

// end
static inline u32 kvm_exit_stats_nr_slots(void)
{
	return kvm_exit_stats_is_svm() ? KVM_EXIT_STATS_SVM_SLOTS : KVM_EXIT_STATS_VMX_SLOTS;
}

static __always_inline void __kvm_exit_stats_exit(struct kvm_vcpu *vcpu, u32 slot)
{
	struct kvm_vcpu_exit_stats *stats = vcpu->arch.exit_stats;
	struct kvm_exit_stats_slot *open = &stats->slots[slot];

	/* Let the compiler compute the address once, not for each use. */
	OPTIMIZER_HIDE_VAR(open);
	stats->start = rdtsc();
	stats->open = open;
	open->count++;
	stats->exits++;
}

// part vmx
/* Count an exit.  @reason is the 16-bit basic reason. */
static __always_inline void kvm_exit_stats_vmx_exit(struct kvm_vcpu *vcpu, u16 reason)
{
	if (static_branch_likely(&kvm_exit_stats_enabled))
		__kvm_exit_stats_exit(vcpu, min_t(u32, reason, KVM_EXIT_STATS_VMX_OTHER));
}

// end
// part svm
static __always_inline u32 kvm_exit_stats_svm_slot(u32 code)
{
	if (likely(code < KVM_EXIT_STATS_SVM_LOW))
		return code;
	if (likely(code - SVM_EXIT_NPF < KVM_EXIT_STATS_SVM_HIGH))
		return KVM_EXIT_STATS_SVM_LOW + code - SVM_EXIT_NPF;
	return code == (u32)SVM_EXIT_ERR ? KVM_EXIT_STATS_SVM_ERR : KVM_EXIT_STATS_SVM_OTHER;
}

/* Count an exit.  @code is the low half of the VMCB's EXITCODE. */
static __always_inline void kvm_exit_stats_svm_exit(struct kvm_vcpu *vcpu, u32 code)
{
	if (static_branch_likely(&kvm_exit_stats_enabled))
		__kvm_exit_stats_exit(vcpu, kvm_exit_stats_svm_slot(code));
}

// end
/*
 * Close the open interval, if any: KVM may enter the guest without an exit
 * before it, e.g. at the first entry, or after a VM-Entry that failed.
 */
static __always_inline void kvm_exit_stats_entry(struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_exit_stats *stats;
	s64 delta;

	if (!static_branch_likely(&kvm_exit_stats_enabled))
		return;

	stats = vcpu->arch.exit_stats;
	delta = rdtsc() - stats->start;
	if (likely(delta >= 0)) {
		stats->open->cycles[KVM_EXIT_STATS_KERNEL] += delta;
		stats->kernel += delta;
	} else {
		kvm_exit_stats_negative(stats);
	}
	stats->start = KVM_EXIT_STATS_CLOSED;
}

// part debugfs
/* The code that a slot is of, but for the last, which is of all other codes. */
static inline u32 kvm_exit_stats_slot_to_code(u32 slot)
{
	if (!kvm_exit_stats_is_svm() || slot < KVM_EXIT_STATS_SVM_LOW)
		return slot;
	if (slot < KVM_EXIT_STATS_SVM_ERR)
		return SVM_EXIT_NPF + slot - KVM_EXIT_STATS_SVM_LOW;
	return (u32)SVM_EXIT_ERR;
}

// end
// part cpuid
bool __kvm_exit_stats_cpuid(struct kvm *kvm, u32 leaf, u32 index,
			    u32 *eax, u32 *ebx, u32 *ecx, u32 *edx);

/* Answer a guest's CPUID, if the leaf is one of ours and they are switched on. */
static __always_inline bool kvm_exit_stats_cpuid(struct kvm *kvm, u32 leaf, u32 index,
						 u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	return static_branch_unlikely(&kvm_exit_stats_cpuid_enabled) && leaf >> 8 == 0x4fffff &&
	       __kvm_exit_stats_cpuid(kvm, leaf, index, eax, ebx, ecx, edx);
}

// end
// part hypercall
/* A vCPU was asked by another to report itself. */
#define KVM_REQ_EXIT_STATS_REPORT	KVM_ARCH_REQ(48)

int kvm_exit_stats_hypercall(struct kvm_vcpu *vcpu, unsigned long id);
void kvm_exit_stats_report_vcpu(struct kvm_vcpu *vcpu);

static inline void kvm_exit_stats_check_request(struct kvm_vcpu *vcpu)
{
	if (kvm_check_request(KVM_REQ_EXIT_STATS_REPORT, vcpu))
		kvm_exit_stats_report_vcpu(vcpu);
}

// end
#else /* !CONFIG_KVM_EXIT_STATS */

static inline int kvm_exit_stats_vcpu_create(struct kvm_vcpu *vcpu) { return 0; }
static inline void kvm_exit_stats_vcpu_destroy(struct kvm_vcpu *vcpu) {}
static inline void kvm_exit_stats_block_begin(struct kvm_vcpu *vcpu) {}
static inline void kvm_exit_stats_block_end(struct kvm_vcpu *vcpu) {}
// part vmx
static inline void kvm_exit_stats_vmx_exit(struct kvm_vcpu *vcpu, u16 reason) {}
// end
// part svm
static inline void kvm_exit_stats_svm_exit(struct kvm_vcpu *vcpu, u32 code) {}
// end
static inline void kvm_exit_stats_entry(struct kvm_vcpu *vcpu) {}
// part debugfs
static inline void kvm_exit_stats_vm_debugfs(struct kvm *kvm) {}
static inline void kvm_exit_stats_vcpu_debugfs(struct kvm_vcpu *vcpu, struct dentry *dir) {}
// end
// part hypercall
static inline void kvm_exit_stats_check_request(struct kvm_vcpu *vcpu) {}
// end

// part hypercall
static inline int kvm_exit_stats_hypercall(struct kvm_vcpu *vcpu, unsigned long id)
{
	return -KVM_ENOSYS;
}

// end
// part cpuid
static inline bool kvm_exit_stats_cpuid(struct kvm *kvm, u32 leaf, u32 index,
					u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	return false;
}

// end
#endif /* CONFIG_KVM_EXIT_STATS */

#endif /* __KVM_X86_EXIT_STATS_H */
