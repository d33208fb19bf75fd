/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tinyvmm.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Not in Debian 12's headers; include/uapi/linux/kvm.h since 6.11. */
#ifndef KVM_PRE_FAULT_MEMORY
struct kvm_pre_fault_memory {
	__u64 gpa;
	__u64 size;
	__u64 flags;
	__u64 padding[5];
};
#define KVM_PRE_FAULT_MEMORY _IOWR(KVMIO, 0xd5, struct kvm_pre_fault_memory)
#endif

enum {
	MSR_KVM_PV_EOI_EN = 0x4b564d04,
	APIC_SPIV = 0xf0,
	APIC_SPIV_ENABLED = 0x100,
	APIC_BASE = 0xfee00000,
};

static void set_base(struct kvm_segment *segment, uint32_t base)
{
	segment->base = base;
	segment->selector = (uint16_t)(base >> 4);
}

static void set_registers(const struct vcpu *vcpu)
{
	const uint32_t data = GUEST_DATA + vcpu->id * GUEST_DATA_SIZE;
	struct kvm_regs regs = {.rip = GUEST_CODE, .rsp = GUEST_DATA_SIZE, .rflags = 2};
	struct kvm_sregs sregs;

	must(ioctl(vcpu->fd, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
	set_base(&sregs.cs, 0);
	set_base(&sregs.ds, data);
	set_base(&sregs.ss, data);
	set_base(&sregs.es, GUEST_MMIO + vcpu->id * GUEST_DATA_SIZE);
	set_base(&sregs.fs, APIC_BASE);
	must(ioctl(vcpu->fd, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
	must(ioctl(vcpu->fd, KVM_SET_REGS, &regs), "KVM_SET_REGS");
}

/*
 * Lets interrupts reach the guest without an exit of its own making: the local
 * APIC is on from the start, and its end of interrupt is a bit in memory.
 */
static void set_apic(const struct vcpu *vcpu)
{
	struct kvm_mp_state state = {.mp_state = KVM_MP_STATE_RUNNABLE};
	struct kvm_lapic_state lapic;
	struct kvm_msrs *msrs = allocate(sizeof(*msrs) + sizeof(struct kvm_msr_entry));
	uint32_t spiv;

	msrs->nmsrs = 1;
	msrs->entries[0] = (struct kvm_msr_entry){
		.index = MSR_KVM_PV_EOI_EN,
		.data = (GUEST_DATA + vcpu->id * GUEST_DATA_SIZE + DATA_EOI) | 1,
	};

	must(ioctl(vcpu->fd, KVM_GET_LAPIC, &lapic), "KVM_GET_LAPIC");
	memcpy(&spiv, lapic.regs + APIC_SPIV, sizeof(spiv));
	spiv |= APIC_SPIV_ENABLED;
	memcpy(lapic.regs + APIC_SPIV, &spiv, sizeof(spiv));
	must(ioctl(vcpu->fd, KVM_SET_LAPIC, &lapic), "KVM_SET_LAPIC");
	if (ioctl(vcpu->fd, KVM_SET_MSRS, msrs) != 1)
		die("KVM_SET_MSRS: no paravirtual end of interrupt");
	must(ioctl(vcpu->fd, KVM_SET_MP_STATE, &state), "KVM_SET_MP_STATE");
	free(msrs);
}

static void create_vcpu(struct vm *vm, int kvm, unsigned int id)
{
	struct vcpu *vcpu = &vm->vcpus[id];

	vcpu->vm = vm;
	vcpu->id = id;
	vcpu->fd = add_vcpu(kvm, vm->fd, id, NULL, &vcpu->run);
	set_registers(vcpu);
	if (vm->config->wake >= 0)
		set_apic(vcpu);
}

/*
 * Maps the guest's memory before it runs: then each of its page faults is an
 * access to GUEST_MMIO. Where KVM cannot (before 6.11), the first touch of each
 * page is one fault more: false.
 */
static bool map_memory(const struct vm *vm)
{
	struct kvm_pre_fault_memory range = {.gpa = 0, .size = GUEST_MEMORY};

	while (range.size && !ioctl(vm->vcpus[0].fd, KVM_PRE_FAULT_MEMORY, &range))
		;
	return !range.size;
}

void vm_create(struct vm *vm, const struct config *config)
{
	int kvm = must(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");

	vm->config = config;
	vm->creator = (pid_t)syscall(SYS_gettid);
	vm->fd = create_vm(kvm, config->wake >= 0);
	vm->memory = add_memory(vm->fd, GUEST_MEMORY);
	guest_write(config, vm->memory);
	for (unsigned int i = 0; i < config->vcpus; i++)
		create_vcpu(vm, kvm, i);
	vm->mapped = map_memory(vm);
	close(kvm);
}
