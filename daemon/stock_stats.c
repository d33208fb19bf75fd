// SPDX-License-Identifier: GPL-2.0-or-later
#include "stock_stats.h"

#include <errno.h>

const struct stock_name stock_names[STOCK_STATS] = {
	{"remote_tlb_flush", "remote_tlb_flush", false},
	{"remote_tlb_flush_requests", "remote_tlb_flush_requests", false},
	{"mmu_shadow_zapped", "mmu_shadow_zapped", false},
	{"mmu_pte_write", "mmu_pte_write", false},
	{"mmu_pde_zapped", "mmu_pde_zapped", false},
	{"mmu_flooded", "mmu_flooded", false},
	{"mmu_recycled", "mmu_recycled", false},
	{"mmu_cache_miss", "mmu_cache_miss", false},
	{"halt_successful_poll", "halt_successful_poll", false},
	{"halt_attempted_poll", "halt_attempted_poll", false},
	{"halt_poll_invalid", "halt_poll_invalid", false},
	{"halt_wakeup", "halt_wakeup", false},
	{"halt_poll_success_ns", "halt_poll_success_seconds", true},
	{"halt_poll_fail_ns", "halt_poll_fail_seconds", true},
	{"halt_wait_ns", "halt_wait_seconds", true},
	{"pf_taken", "pf_taken", false},
	{"pf_fixed", "pf_fixed", false},
	{"pf_emulate", "pf_emulate", false},
	{"pf_spurious", "pf_spurious", false},
	{"pf_fast", "pf_fast", false},
	{"pf_mmio_spte_created", "pf_mmio_spte_created", false},
	{"pf_guest", "pf_guest", false},
	{"tlb_flush", "tlb_flush", false},
	{"invlpg", "invlpg", false},
	{"exits", "exits", false},
	{"io_exits", "io_exits", false},
	{"mmio_exits", "mmio_exits", false},
	{"signal_exits", "signal_exits", false},
	{"irq_window_exits", "irq_window_exits", false},
	{"nmi_window_exits", "nmi_window_exits", false},
	{"l1d_flush", "l1d_flush", false},
	{"halt_exits", "halt_exits", false},
	{"request_irq_exits", "request_irq_exits", false},
	{"irq_exits", "irq_exits", false},
	{"host_state_reload", "host_state_reload", false},
	{"fpu_reload", "fpu_reload", false},
	{"insn_emulation", "insn_emulation", false},
	{"insn_emulation_fail", "insn_emulation_fail", false},
	{"hypercalls", "hypercalls", false},
	{"irq_injections", "irq_injections", false},
	{"nmi_injections", "nmi_injections", false},
	{"req_event", "req_event", false},
	{"nested_run", "nested_run", false},
	{"directed_yield_attempted", "directed_yield_attempted", false},
	{"directed_yield_successful", "directed_yield_successful", false},
	{"preemption_reported", "preemption_reported", false},
	{"preemption_other", "preemption_other", false},
	{"notify_window_exits", "notify_window_exits", false},
};

int stock_number(const char *text, size_t len, uint64_t *ret)
{
	uint64_t value = 0;

	if (len < 2 || text[len - 1] != '\n')
		return -EBADMSG;
	for (size_t i = 0; i < len - 1; i++) {
		const unsigned int digit = (unsigned int)text[i] - '0';

		if (digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return -EBADMSG;
	}
	*ret = value;
	return 0;
}
