// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accounting of VM-Exits: the files exit_stats in debugfs, of every VM and of
 * every vCPU.
 */
#include <linux/ctype.h>
#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include <linux/trace_events.h>

#include <asm/tsc.h>

#include "exit_stats.h"

/* The tracepoints' own tables, so that names are those people know. */
static const struct trace_print_flags vmx_reasons[] = { VMX_EXIT_REASONS, { -1, NULL } };
static const struct trace_print_flags svm_reasons[] = { SVM_EXIT_REASONS, { -1, NULL } };

static void exit_stats_show_reason(struct seq_file *m, u32 slot)
{
	const struct trace_print_flags *r = kvm_exit_stats_is_svm() ? svm_reasons : vmx_reasons;
	u32 code = kvm_exit_stats_slot_to_code(slot);
	const char *c;

	if (slot == kvm_exit_stats_nr_slots() - 1) {
		seq_puts(m, "-1 OTHER");
		return;
	}

	while (r->name && (u32)r->mask != code)
		r++;
	if (!r->name) {
		seq_printf(m, "%u 0x%x", code, code);
		return;
	}

	seq_printf(m, "%u ", code);
	for (c = r->name; *c; c++)
		seq_putc(m, *c == ' ' ? '_' : toupper(*c));
}

static void exit_stats_show(struct seq_file *m, const struct kvm_exit_stats_sum *sum)
{
	const struct kvm_exit_stats_slot *s;
	u32 i;

	seq_printf(m, "# isa %s tsc_khz %u on %d vcpus %u paused %llu dropped %llu\n",
		   kvm_exit_stats_is_svm() ? "svm" : "vmx", tsc_khz, READ_ONCE(kvm_exit_stats_on),
		   sum->vcpus, sum->paused, sum->dropped);
	seq_puts(m, "# code name count kernel user blocked\n");

	for (i = 0; i < kvm_exit_stats_nr_slots(); i++) {
		s = &sum->slots[i];
		if (!s->count)
			continue;
		exit_stats_show_reason(m, i);
		seq_printf(m, " %llu %llu %llu %llu\n", s->count, s->cycles[KVM_EXIT_STATS_KERNEL],
			   s->cycles[KVM_EXIT_STATS_USER], s->cycles[KVM_EXIT_STATS_BLOCKED]);
	}
}

/*
 * debugfs holds off the removal of a file, and with it the end of the VM, for
 * as long as a read lasts: no reference to the VM is needed, and none is kept
 * by a file that is merely open.
 */
static int exit_stats_vm_show(struct seq_file *m, void *unused)
{
	struct kvm *kvm = m->private;
	struct kvm_exit_stats_sum *sum;
	struct kvm_vcpu *vcpu;
	unsigned long i;

	sum = kzalloc(struct_size(sum, slots, kvm_exit_stats_nr_slots()), GFP_KERNEL);
	if (!sum)
		return -ENOMEM;

	kvm_for_each_vcpu(i, vcpu, kvm) {
		kvm_exit_stats_add_vcpu(sum, vcpu);
		cond_resched();
	}
	exit_stats_show(m, sum);
	kfree(sum);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(exit_stats_vm);

static int exit_stats_vcpu_show(struct seq_file *m, void *unused)
{
	struct kvm_exit_stats_sum *sum;

	sum = kzalloc(struct_size(sum, slots, kvm_exit_stats_nr_slots()), GFP_KERNEL);
	if (!sum)
		return -ENOMEM;

	kvm_exit_stats_add_vcpu(sum, m->private);
	exit_stats_show(m, sum);
	kfree(sum);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(exit_stats_vcpu);

void kvm_exit_stats_vm_debugfs(struct kvm *kvm)
{
	debugfs_create_file("exit_stats", 0444, kvm->debugfs_dentry, kvm, &exit_stats_vm_fops);
}

void kvm_exit_stats_vcpu_debugfs(struct kvm_vcpu *vcpu, struct dentry *dir)
{
	debugfs_create_file("exit_stats", 0444, dir, vcpu, &exit_stats_vcpu_fops);
}
