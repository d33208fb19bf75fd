// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accounting of VM-Exits: the ioctl KVM_GET_EXIT_STATS.
 */
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <asm/tsc.h>

#include "exit_stats.h"

static int exit_stats_sum(struct kvm *kvm, s32 vcpu_id, struct kvm_exit_stats_sum *sum)
{
	struct kvm_vcpu *vcpu;
	unsigned long i;

	if (vcpu_id == KVM_EXIT_STATS_ALL_VCPUS) {
		kvm_for_each_vcpu(i, vcpu, kvm) {
			kvm_exit_stats_add_vcpu(sum, vcpu);
			cond_resched();
		}
		return 0;
	}

	vcpu = kvm_get_vcpu_by_id(kvm, vcpu_id);
	if (!vcpu)
		return -EINVAL;
	kvm_exit_stats_add_vcpu(sum, vcpu);
	return 0;
}

static u64 exit_stats_code(u32 slot)
{
	if (slot == kvm_exit_stats_nr_slots() - 1)
		return KVM_EXIT_STATS_CODE_OTHER;
	return kvm_exit_stats_slot_to_code(slot);
}

static int exit_stats_copy_entries(struct kvm_exit_stats_entry __user *to,
				   const struct kvm_exit_stats_slot *slots, u32 nr)
{
	struct kvm_exit_stats_entry *entries;
	int r = 0;
	u32 i;

	entries = kcalloc(nr, sizeof(*entries), GFP_KERNEL_ACCOUNT);
	if (!entries)
		return -ENOMEM;

	for (i = 0; i < nr; i++) {
		entries[i] = (struct kvm_exit_stats_entry) {
			.code = exit_stats_code(i),
			.count = slots[i].count,
			.kernel = slots[i].cycles[KVM_EXIT_STATS_KERNEL],
			.user = slots[i].cycles[KVM_EXIT_STATS_USER],
			.blocked = slots[i].cycles[KVM_EXIT_STATS_BLOCKED],
		};
	}
	if (copy_to_user(to, entries, nr * sizeof(*entries)))
		r = -EFAULT;
	kfree(entries);
	return r;
}

/*
 * Takes no lock: neither a vCPU that is stuck nor the creation of one holds it
 * up, and a vCPU that is being created is either in the sum or not.
 */
int kvm_vm_ioctl_get_exit_stats(struct kvm *kvm, struct kvm_exit_stats __user *argp)
{
	u32 nr = kvm_exit_stats_nr_slots();
	struct kvm_exit_stats_sum *sum;
	struct kvm_exit_stats head;
	int r;

	BUILD_BUG_ON(sizeof(head) != 64);
	BUILD_BUG_ON(sizeof(struct kvm_exit_stats_entry) != 40);

	if (copy_from_user(&head, argp, sizeof(head)))
		return -EFAULT;
	if (head.flags || head.reserved[0] || head.reserved[1])
		return -EINVAL;
	if (head.nr_entries < nr)
		return put_user(nr, &argp->nr_entries) ? -EFAULT : -E2BIG;

	sum = kzalloc(struct_size(sum, slots, nr), GFP_KERNEL_ACCOUNT);
	if (!sum)
		return -ENOMEM;

	r = exit_stats_sum(kvm, head.vcpu_id, sum);
	if (r)
		goto out;

	head.isa = kvm_exit_stats_isa();
	head.on = READ_ONCE(kvm_exit_stats_on);
	head.tsc_khz = tsc_khz;
	head.entry_size = sizeof(struct kvm_exit_stats_entry);
	head.nr_entries = nr;
	head.vcpus = sum->vcpus;
	head.paused = sum->paused;
	head.dropped = sum->dropped;

	r = exit_stats_copy_entries(argp->entries, sum->slots, nr);
	if (!r && copy_to_user(argp, &head, sizeof(head)))
		r = -EFAULT;
out:
	kfree(sum);
	return r;
}
