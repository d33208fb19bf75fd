// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accounting of VM-Exits: the hypercall KVM_HC_VCPU_INFO.  A guest asks about one
 * of its vCPUs, and the host's tracepoint kvm:kvm_vcpu_info shows that vCPU's
 * thread, registers and number of exits.  A vCPU reports itself, on its own
 * thread, where its registers are: nobody looks at them from outside, and nobody
 * waits.
 */
#include <linux/moduleparam.h>
#include <linux/kvm_host.h>
#include <uapi/linux/kvm_para.h>

#include "kvm_cache_regs.h"
#include "x86.h"
#include "exit_stats.h"

#define CREATE_TRACE_POINTS
#include "exit_stats_trace.h"

static bool vcpu_info_hypercall;
module_param(vcpu_info_hypercall, bool, 0644);
MODULE_PARM_DESC(vcpu_info_hypercall, "Serve the hypercall KVM_HC_VCPU_INFO (default off)");

/* In the vCPU's own thread, with the vCPU loaded. */
void kvm_exit_stats_report_vcpu(struct kvm_vcpu *vcpu)
{
	unsigned long regs[NR_VCPU_REGS] = {}, rip = 0, rflags = 0;
	int i;

	if (!trace_kvm_vcpu_info_enabled())
		return;

	BUILD_BUG_ON(ARRAY_SIZE(regs) < 16);
	/* The registers of a protected guest are not the host's to show. */
	if (!vcpu->arch.guest_state_protected) {
		for (i = 0; i < 16; i++)
			regs[i] = kvm_register_read_raw(vcpu, i);
		rip = kvm_rip_read(vcpu);
		rflags = kvm_get_rflags(vcpu);
	}
	trace_kvm_vcpu_info(vcpu, regs, rip, rflags, vcpu->arch.exit_stats->exits);
}

/*
 * Returns what the guest gets.  A request that is still queued is not queued
 * twice; a halted vCPU is let out of its sleep to report, and stays halted: for
 * this KVM_REQ_UNBLOCK is raised after the request, see vcpu_block().
 */
int kvm_exit_stats_hypercall(struct kvm_vcpu *vcpu, unsigned long id)
{
	struct kvm_vcpu *target;

	if (!READ_ONCE(vcpu_info_hypercall))
		return -KVM_ENOSYS;

	/* Before it is cut to an int. */
	if (id > INT_MAX)
		return -KVM_EINVAL;

	target = kvm_get_vcpu_by_id(vcpu->kvm, id);
	if (!target)
		return -KVM_EINVAL;

	if (target == vcpu) {
		kvm_exit_stats_report_vcpu(vcpu);
		return 0;
	}

	kvm_make_request(KVM_REQ_EXIT_STATS_REPORT, target);
	/* Out of its wait for INIT and SIPI it would go to user space. */
	if (READ_ONCE(target->arch.mp_state) == KVM_MP_STATE_UNINITIALIZED)
		return 0;
	kvm_make_request(KVM_REQ_UNBLOCK, target);
	kvm_vcpu_kick(target);
	return 0;
}
