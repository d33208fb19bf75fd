// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accounting of VM-Exits: what is off the hot path.  See exit_stats.h for the
 * picture, and for the two hooks that run at every exit and entry.
 *
 * Locking: the counters of a vCPU are written by the holder of vcpu->mutex,
 * plainly, and read by anyone with READ_ONCE().  What is slow (user space,
 * blocking, pauses) is published under a seqlock, so that a reader sees time
 * that is still passing, and so that whoever switches the accounting off can
 * end it: with the hot hooks off, and under the seqlock, that is the one other
 * writer.
 */
#include <linux/moduleparam.h>

#include "exit_stats.h"

struct static_key_true kvm_exit_stats_enabled = STATIC_KEY_TRUE_INIT;
EXPORT_SYMBOL_GPL(kvm_exit_stats_enabled);

/*
 * The same for the slow hooks, who look at it under the seqlock.  Cleared
 * before the hot hooks go, so that no phase begins that nobody will end.
 */
bool kvm_exit_stats_on = true;

int kvm_exit_stats_vcpu_create(struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_exit_stats *stats;

	stats = kzalloc(struct_size(stats, slots, kvm_exit_stats_nr_slots()), GFP_KERNEL_ACCOUNT);
	if (!stats)
		return -ENOMEM;

	seqlock_init(&stats->slow);
	stats->phase = KVM_EXIT_STATS_NONE;
	stats->start = KVM_EXIT_STATS_CLOSED;
	stats->open = stats->slots;
	vcpu->arch.exit_stats = stats;
	return 0;
}

void kvm_exit_stats_vcpu_destroy(struct kvm_vcpu *vcpu)
{
	kfree(vcpu->arch.exit_stats);
	vcpu->arch.exit_stats = NULL;
}

/*
 * The interval up to an entry came out negative: none was open, or the TSCs
 * of two CPUs disagree, or a slow phase came out longer than the whole.
 */
void kvm_exit_stats_negative(struct kvm_vcpu_exit_stats *stats)
{
	if (stats->start != KVM_EXIT_STATS_CLOSED)
		WRITE_ONCE(stats->dropped, stats->dropped + 1);
}
EXPORT_SYMBOL_GPL(kvm_exit_stats_negative);

/*
 * The time of a change, for the writer of @slow.  A reader that did not see
 * the sequence number change has read its own TSC before this one.
 */
static u64 exit_stats_now(void)
{
	/* The new sequence number is visible before the TSC is read: pairs with rmb(). */
	smp_mb();
	return rdtsc_ordered();
}

/* Add the open slow phase, if any, to what it belongs to. */
static void exit_stats_close_phase(struct kvm_vcpu_exit_stats *stats, u64 now)
{
	enum kvm_exit_stats_phase phase = stats->phase;
	u64 delta = now - stats->phase_start;

	lockdep_assert_held(&stats->slow.lock);

	if (phase == KVM_EXIT_STATS_NONE)
		return;

	stats->phase = KVM_EXIT_STATS_NONE;
	if ((s64)delta < 0) {
		/* The TSCs disagree.  What is left of the interval is as wrong. */
		WRITE_ONCE(stats->dropped, stats->dropped + 1);
		stats->start = KVM_EXIT_STATS_CLOSED;
		return;
	}

	if (phase == KVM_EXIT_STATS_PAUSED)
		stats->paused += delta;
	else
		stats->open->cycles[phase] += delta;

	if (stats->start != KVM_EXIT_STATS_CLOSED)
		stats->start += delta;
}

/*
 * End the slow phase that is open, and begin another.  User space and blocking
 * count only for an open exit.  Whoever finds the accounting switched off
 * forgets the open exit.
 */
static void exit_stats_change_phase(struct kvm_vcpu_exit_stats *stats,
				    enum kvm_exit_stats_phase phase)
{
	u64 now;

	/* Switched off, and nothing left to forget: don't take the lock. */
	if (!READ_ONCE(kvm_exit_stats_on) && READ_ONCE(stats->start) == KVM_EXIT_STATS_CLOSED &&
	    READ_ONCE(stats->phase) == KVM_EXIT_STATS_NONE)
		return;

	write_seqlock(&stats->slow);
	now = exit_stats_now();
	exit_stats_close_phase(stats, now);

	if (!READ_ONCE(kvm_exit_stats_on))
		stats->start = KVM_EXIT_STATS_CLOSED;
	else if (phase == KVM_EXIT_STATS_PAUSED || stats->start != KVM_EXIT_STATS_CLOSED)
		stats->phase = phase;
	stats->phase_start = now;
	write_sequnlock(&stats->slow);
}

/* Close the open exit where its vCPU stops for a reason that is not the exit. */
static void exit_stats_close_exit(struct kvm_vcpu_exit_stats *stats)
{
	s64 delta;

	write_seqlock(&stats->slow);
	delta = exit_stats_now() - stats->start;
	if (delta < 0) {
		kvm_exit_stats_negative(stats);
	} else if (READ_ONCE(kvm_exit_stats_on)) {
		stats->open->cycles[KVM_EXIT_STATS_KERNEL] += delta;
		stats->kernel += delta;
	}
	stats->start = KVM_EXIT_STATS_CLOSED;
	write_sequnlock(&stats->slow);
}

/* KVM_RUN is about to run the vCPU. */
void kvm_exit_stats_run_begin(struct kvm_vcpu *vcpu)
{
	exit_stats_change_phase(vcpu->arch.exit_stats, KVM_EXIT_STATS_NONE);
}

/* KVM_RUN is about to return @r to user space. */
void kvm_exit_stats_run_end(struct kvm_vcpu *vcpu, int r)
{
	exit_stats_change_phase(vcpu->arch.exit_stats,
				r == -EINTR ? KVM_EXIT_STATS_PAUSED : KVM_EXIT_STATS_USER);
}

/*
 * The vCPU is about to wait for an event, halt polling included.  A processor
 * that waits for INIT or SIPI is not yet, or no longer, in use: that is not
 * the time of any exit.
 */
void kvm_exit_stats_block_begin(struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_exit_stats *stats = vcpu->arch.exit_stats;

	switch (vcpu->arch.mp_state) {
	case KVM_MP_STATE_UNINITIALIZED:
	case KVM_MP_STATE_INIT_RECEIVED:
	case KVM_MP_STATE_AP_RESET_HOLD:
		exit_stats_close_exit(stats);
		break;
	default:
		exit_stats_change_phase(stats, KVM_EXIT_STATS_BLOCKED);
		break;
	}
}

void kvm_exit_stats_block_end(struct kvm_vcpu *vcpu)
{
	exit_stats_change_phase(vcpu->arch.exit_stats, KVM_EXIT_STATS_NONE);
}

/*
 * Forget every open exit, and end every open slow phase, of all VMs.  The hot
 * hooks are off; the slow ones see that under the lock of each vCPU.
 */
static void exit_stats_forget_open(void)
{
	struct kvm_vcpu_exit_stats *stats;
	struct kvm_vcpu *vcpu;
	unsigned long i;
	struct kvm *kvm;

	mutex_lock(&kvm_lock);
	list_for_each_entry(kvm, &vm_list, vm_list) {
		kvm_for_each_vcpu(i, vcpu, kvm) {
			stats = vcpu->arch.exit_stats;
			write_seqlock(&stats->slow);
			exit_stats_close_phase(stats, exit_stats_now());
			stats->start = KVM_EXIT_STATS_CLOSED;
			write_sequnlock(&stats->slow);
		}
	}
	mutex_unlock(&kvm_lock);
}

/* Serialized by the module's parameter lock. */
static int exit_stats_param_set(const char *val, const struct kernel_param *kp)
{
	bool on;
	int r;

	r = kstrtobool(val ?: "1", &on);
	if (r || on == kvm_exit_stats_on)
		return r;

	WRITE_ONCE(kvm_exit_stats_on, on);
	if (on) {
		static_branch_enable(&kvm_exit_stats_enabled);
		return 0;
	}

	static_branch_disable(&kvm_exit_stats_enabled);
	/* The hot hooks run with IRQs disabled: wait for those under way. */
	synchronize_rcu();
	exit_stats_forget_open();
	return 0;
}

static const struct kernel_param_ops exit_stats_param_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = exit_stats_param_set,
	.get = param_get_bool,
};
module_param_cb(exit_stats, &exit_stats_param_ops, &kvm_exit_stats_on, 0644);
MODULE_PARM_DESC(exit_stats, "Account VM-Exits per vCPU and reason (default on)");
// part debugfs

/*
 * Add a vCPU's numbers to @sum, those of a slow phase that is open up to now.
 * Takes no lock that a vCPU holds for long; what is read never goes backwards.
 */
void kvm_exit_stats_add_vcpu(struct kvm_exit_stats_sum *sum, struct kvm_vcpu *vcpu)
{
	struct kvm_vcpu_exit_stats *stats = vcpu->arch.exit_stats;
	struct kvm_exit_stats_slot *open;
	enum kvm_exit_stats_phase phase;
	u64 paused, begun, now, passed = 0;
	unsigned int seq;
	u32 i, p;

	/*
	 * The slow phase that is open, and the counter that it will be added
	 * to, as of one moment: else a phase that ends meanwhile would count
	 * twice now and once the next time.
	 */
	do {
		seq = read_seqbegin(&stats->slow);
		phase = stats->phase;
		begun = stats->phase_start;
		paused = stats->paused;
		open = READ_ONCE(stats->open);
		if (phase < KVM_EXIT_STATS_NR_PHASES)
			passed = READ_ONCE(open->cycles[phase]);
		now = rdtsc_ordered();
		/* LFENCE: the sequence number is read after the TSC. */
		rmb();
	} while (read_seqretry(&stats->slow, seq));

	now -= begun;
	if ((s64)now < 0)
		now = 0;

	sum->vcpus++;
	sum->paused += paused + (phase == KVM_EXIT_STATS_PAUSED ? now : 0);
	sum->dropped += READ_ONCE(stats->dropped);
	for (i = 0; i < kvm_exit_stats_nr_slots(); i++) {
		sum->slots[i].count += READ_ONCE(stats->slots[i].count);
		for (p = 0; p < KVM_EXIT_STATS_NR_PHASES; p++)
			if (p == phase && &stats->slots[i] == open)
				sum->slots[i].cycles[p] += passed + now;
			else
				sum->slots[i].cycles[p] += READ_ONCE(stats->slots[i].cycles[p]);
	}
}
// end
