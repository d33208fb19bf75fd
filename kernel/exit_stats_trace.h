/* SPDX-License-Identifier: GPL-2.0-only */
#if !defined(__KVM_X86_EXIT_STATS_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define __KVM_X86_EXIT_STATS_TRACE_H

#include <linux/tracepoint.h>

#undef TRACE_SYSTEM
#define TRACE_SYSTEM kvm

/*
 * The answer to KVM_HC_VCPU_INFO: a vCPU of the guest's, as it finds itself.
 */
TRACE_EVENT(kvm_vcpu_info,
	TP_PROTO(struct kvm_vcpu *vcpu, const unsigned long *regs, unsigned long rip,
		 unsigned long rflags, u64 exits),
	TP_ARGS(vcpu, regs, rip, rflags, exits),

	TP_STRUCT__entry(
		__field(unsigned int, vcpu_id)
		__field(pid_t, vcpu_pid)
		__array(unsigned long, regs, 16)
		__field(unsigned long, rip)
		__field(unsigned long, rflags)
		__field(u64, exits)
	),

	TP_fast_assign(
		__entry->vcpu_id	= vcpu->vcpu_id;
		__entry->vcpu_pid	= current->pid;
		memcpy(__entry->regs, regs, sizeof(__entry->regs));
		__entry->rip		= rip;
		__entry->rflags		= rflags;
		__entry->exits		= exits;
	),

	TP_printk("vcpu %u pid %d rax 0x%lx rbx 0x%lx rcx 0x%lx rdx 0x%lx rsi 0x%lx rdi 0x%lx rsp 0x%lx rbp 0x%lx r8 0x%lx r9 0x%lx r10 0x%lx r11 0x%lx r12 0x%lx r13 0x%lx r14 0x%lx r15 0x%lx rip 0x%lx rflags 0x%lx exits %llu",
		  __entry->vcpu_id, __entry->vcpu_pid,
		  __entry->regs[__VCPU_REGS_RAX], __entry->regs[__VCPU_REGS_RBX],
		  __entry->regs[__VCPU_REGS_RCX], __entry->regs[__VCPU_REGS_RDX],
		  __entry->regs[__VCPU_REGS_RSI], __entry->regs[__VCPU_REGS_RDI],
		  __entry->regs[__VCPU_REGS_RSP], __entry->regs[__VCPU_REGS_RBP],
		  __entry->regs[8], __entry->regs[9], __entry->regs[10], __entry->regs[11],
		  __entry->regs[12], __entry->regs[13], __entry->regs[14], __entry->regs[15],
		  __entry->rip, __entry->rflags, __entry->exits)
);

#endif /* __KVM_X86_EXIT_STATS_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH ../../arch/x86/kvm
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE exit_stats_trace

/* This part must be outside protection */
#include <trace/define_trace.h>
