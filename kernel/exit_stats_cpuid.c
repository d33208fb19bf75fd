// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accounting of VM-Exits: the CPUID leaves by which a guest reads its own VM's
 * counters.  Off by default; the parameter exit_stats_cpuid chooses a layout:
 *
 *	leaf		desc				asc
 *	0x4FFFFFFF	total exits, total cycles	cycles of reason ECX
 *	0x4FFFFFFE	total cycles			exits for reason ECX
 *	0x4FFFFFFD	exits for reason ECX		total cycles
 *	0x4FFFFFFC	cycles of reason ECX		total exits
 *
 * Exits in EAX, modulo 2^32; cycles in EBX (high) and ECX (low).  In both
 * layouts, 0x4FFFFF00 says that the leaves are there, 0x4FFFFF01 which layout
 * they have, and 0x4FFFFF02 has exits and cycles of reason ECX with 64 bits.
 * Cycles are those of the kernel phase, up to the last interval that was closed.
 */
#include <linux/moduleparam.h>
#include <linux/nospec.h>

#include <asm/tsc.h>

#include "exit_stats.h"

#define LEAF_SIGNATURE	0x4fffff00u
#define LEAF_LAYOUT	0x4fffff01u
#define LEAF_REASON64	0x4fffff02u
#define LEAF_FIRST	0x4ffffffcu
#define LEAF_LAST	0x4fffffffu

enum exit_stats_layout {
	LAYOUT_OFF,
	LAYOUT_DESC,
	LAYOUT_ASC,
};

static const char *const layout_names[] = { "off", "desc", "asc" };
static enum exit_stats_layout exit_stats_layout;

struct static_key_false kvm_exit_stats_cpuid_enabled = STATIC_KEY_FALSE_INIT;

/* Exits and the kernel's cycles, of one reason or of all. */
struct exit_stats_pair {
	u64 exits;
	u64 cycles;
};

struct exit_stats_regs {
	u32 *eax;
	u32 *ebx;
	u32 *ecx;
	u32 *edx;
};

/*
 * The highest code below SVM's negative ones.  Intel: SDM vol. 3, 325384-083US
 * (March 2024), table C-1, WRMSRLIST.  AMD: APM vol. 2, 24593 rev. 3.42 (March
 * 2024), table C-1, VMGEXIT; up to 0xa6 (IDLE_HLT) all is defined, and so is -4
 * (INVALID_PMC) to -1 (INVALID).
 */
#define VMX_LAST_REASON		79
#define SVM_LAST_CODE		SVM_EXIT_VMGEXIT
#define SVM_LAST_INTERCEPT	0xa6u
#define SVM_FIRST_NEGATIVE	((u32)-4)

/* Is it an exit code of this processor's, by the manuals above? */
static bool exit_stats_code_defined(u32 code)
{
	if (kvm_exit_stats_is_svm())
		return code <= SVM_LAST_INTERCEPT || code >= SVM_FIRST_NEGATIVE ||
		       (code >= SVM_EXIT_NPF && code <= SVM_LAST_CODE);

	switch (code) {
	/* 65 is PCONFIG by now; those who know these leaves know it as none. */
	case 35:
	case 38:
	case 42:
	case 65:
	case 71:
		return false;
	default:
		return code <= VMX_LAST_REASON;
	}
}

/* @code is defined, and the guest's choice. */
static struct exit_stats_pair exit_stats_of_code(struct kvm *kvm, u32 code)
{
	u32 slot = kvm_exit_stats_is_svm() ? kvm_exit_stats_svm_slot(code) : code;
	struct exit_stats_pair sum = {};
	struct kvm_exit_stats_slot *s;
	int i, n = atomic_read(&kvm->online_vcpus);
	struct kvm_vcpu *vcpu;

	/* KVM doesn't know this one: it shares a slot with all such codes. */
	if (kvm_exit_stats_is_svm() && slot == KVM_EXIT_STATS_SVM_OTHER)
		return sum;

	slot = array_index_nospec(slot, kvm_exit_stats_nr_slots());
	/* Half the instructions of kvm_for_each_vcpu(): a guest may read all day. */
	for (i = 0; i < n && (vcpu = kvm_get_vcpu(kvm, i)); i++) {
		s = &vcpu->arch.exit_stats->slots[slot];
		sum.exits += READ_ONCE(s->count);
		sum.cycles += READ_ONCE(s->cycles[KVM_EXIT_STATS_KERNEL]);
	}
	return sum;
}

static struct exit_stats_pair exit_stats_totals(struct kvm *kvm)
{
	int i, n = atomic_read(&kvm->online_vcpus);
	struct exit_stats_pair sum = {};
	struct kvm_vcpu *vcpu;

	for (i = 0; i < n && (vcpu = kvm_get_vcpu(kvm, i)); i++) {
		sum.exits += READ_ONCE(vcpu->arch.exit_stats->exits);
		sum.cycles += READ_ONCE(vcpu->arch.exit_stats->kernel);
	}
	return sum;
}

static void exit_stats_set_cycles(struct exit_stats_regs *regs, u64 cycles)
{
	*regs->ebx = upper_32_bits(cycles);
	*regs->ecx = lower_32_bits(cycles);
}

static void exit_stats_cpuid_signature(struct exit_stats_regs *regs)
{
	static const char name[] = "KVMEXITSTATS";

	*regs->eax = LEAF_LAST;
	memcpy(regs->ebx, name, 4);
	memcpy(regs->ecx, name + 4, 4);
	memcpy(regs->edx, name + 8, 4);
}

static void exit_stats_cpuid_layout(struct exit_stats_regs *regs, enum exit_stats_layout layout)
{
	*regs->eax = layout;
	*regs->ebx = kvm_exit_stats_isa();
	*regs->ecx = tsc_khz;
	*regs->edx = kvm_exit_stats_is_svm() ? SVM_LAST_CODE : VMX_LAST_REASON;
}

static void exit_stats_cpuid_reason64(struct kvm *kvm, u32 code, struct exit_stats_regs *regs)
{
	struct exit_stats_pair p;

	if (!exit_stats_code_defined(code)) {
		*regs->eax = *regs->ebx = *regs->ecx = *regs->edx = U32_MAX;
		return;
	}

	p = exit_stats_of_code(kvm, code);
	*regs->eax = lower_32_bits(p.exits);
	*regs->ebx = upper_32_bits(p.exits);
	*regs->ecx = lower_32_bits(p.cycles);
	*regs->edx = upper_32_bits(p.cycles);
}

/* @leaf as the layout desc numbers them. */
static void exit_stats_cpuid_seed(struct kvm *kvm, u32 leaf, u32 code, bool desc,
				  struct exit_stats_regs *regs)
{
	struct exit_stats_pair p;

	switch (leaf) {
	case LEAF_LAST:
		p = exit_stats_totals(kvm);
		*regs->eax = lower_32_bits(p.exits);
		/* In the other layout the cycles have a leaf of their own. */
		if (desc)
			exit_stats_set_cycles(regs, p.cycles);
		return;
	case LEAF_LAST - 1:
		exit_stats_set_cycles(regs, exit_stats_totals(kvm).cycles);
		return;
	}

	if (!exit_stats_code_defined(code)) {
		*regs->edx = U32_MAX;
		return;
	}

	p = exit_stats_of_code(kvm, code);
	if (leaf == LEAF_FIRST)
		exit_stats_set_cycles(regs, p.cycles);
	else
		*regs->eax = lower_32_bits(p.exits);
}

/* False: the leaf is none of ours, and the registers are untouched. */
bool __kvm_exit_stats_cpuid(struct kvm *kvm, u32 leaf, u32 index,
			    u32 *eax, u32 *ebx, u32 *ecx, u32 *edx)
{
	struct exit_stats_regs regs = { .eax = eax, .ebx = ebx, .ecx = ecx, .edx = edx };
	enum exit_stats_layout layout = READ_ONCE(exit_stats_layout);

	if (layout == LAYOUT_OFF ||
	    (leaf < LEAF_FIRST && !(leaf >= LEAF_SIGNATURE && leaf <= LEAF_REASON64)))
		return false;

	*eax = *ebx = *ecx = *edx = 0;
	switch (leaf) {
	case LEAF_SIGNATURE:
		exit_stats_cpuid_signature(&regs);
		break;
	case LEAF_LAYOUT:
		exit_stats_cpuid_layout(&regs, layout);
		break;
	case LEAF_REASON64:
		exit_stats_cpuid_reason64(kvm, index, &regs);
		break;
	default:
		if (layout == LAYOUT_ASC)
			leaf ^= LEAF_FIRST ^ LEAF_LAST; /* turns the four around */
		exit_stats_cpuid_seed(kvm, leaf, index, layout == LAYOUT_DESC, &regs);
		break;
	}
	return true;
}

/* Serialized by the module's parameter lock. */
static int exit_stats_cpuid_set(const char *val, const struct kernel_param *kp)
{
	int layout = sysfs_match_string(layout_names, val);

	if (layout < 0)
		return layout;

	WRITE_ONCE(exit_stats_layout, layout);
	if (layout == LAYOUT_OFF)
		static_branch_disable(&kvm_exit_stats_cpuid_enabled);
	else
		static_branch_enable(&kvm_exit_stats_cpuid_enabled);
	return 0;
}

static int exit_stats_cpuid_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%s\n", layout_names[exit_stats_layout]);
}

static const struct kernel_param_ops exit_stats_cpuid_ops = {
	.set = exit_stats_cpuid_set,
	.get = exit_stats_cpuid_get,
};
module_param_cb(exit_stats_cpuid, &exit_stats_cpuid_ops, NULL, 0644);
MODULE_PARM_DESC(exit_stats_cpuid,
		 "Show guests their VM's exits in CPUID leaves: off (default), desc or asc");
