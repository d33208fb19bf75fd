/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "asker.h"

#include <cpuid.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>

enum {
	MEMORY = 0x10000,
	PML4 = 0x1000,
	PDPT = 0x2000,
	PD = 0x3000,
	STACK_TOP = 0x8000,
	/* Present, writable, for users too; and a page of 2 MiB. */
	PAGE_ALL = 0x7,
	PAGE_LARGE = 0x80,
};

static void write_stubs(uint8_t *memory)
{
	static const uint8_t cpuid[] = {0x0f, 0xa2, 0xe6, 0x10}; /* cpuid; out 0x10,al */
	static const uint8_t spin[] = {0xf3, 0x90, 0xeb, 0xfc};	 /* pause; jmp to it */
	static const uint8_t halt[] = {0xf4, 0xeb, 0xfd};	 /* hlt; jmp to it */
	uint8_t hypercall[] = {0x0f, 0x01, 0xc1, 0xe6, 0x10};	 /* vmcall; out 0x10,al */
	/* mov rax,r12; vmcall; dec r13; jnz to the first; out 0x10,al */
	uint8_t ask[] = {0x4c, 0x89, 0xe0, 0x0f, 0x01, 0xc1, 0x49,
			 0xff, 0xcd, 0x75, 0xf5, 0xe6, 0x10};
	unsigned int eax, ebx = 0, ecx, edx;

	__get_cpuid(0, &eax, &ebx, &ecx, &edx);
	if (ebx == signature_AMD_ebx)
		hypercall[2] = ask[5] = 0xd9; /* vmmcall */
	memcpy(memory + STUB_CPUID, cpuid, sizeof(cpuid));
	memcpy(memory + STUB_HYPERCALL, hypercall, sizeof(hypercall));
	memcpy(memory + STUB_SPIN, spin, sizeof(spin));
	memcpy(memory + STUB_HALT, halt, sizeof(halt));
	memcpy(memory + STUB_ASK, ask, sizeof(ask));
}

static void write_entry(uint8_t *memory, uint64_t table, uint64_t entry)
{
	memcpy(memory + table, &entry, sizeof(entry));
}

void asker_create_vm(struct asker *asker)
{
	uint8_t *memory;

	asker->kvm = must(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
	/* With an irqchip halts stay in the kernel. */
	asker->vm = create_vm(asker->kvm, true);
	memory = add_memory(asker->vm, MEMORY);
	write_entry(memory, PML4, PDPT | PAGE_ALL);
	write_entry(memory, PDPT, PD | PAGE_ALL);
	write_entry(memory, PD, PAGE_ALL | PAGE_LARGE);
	write_stubs(memory);
}

void asker_set_cpl(struct asker_vcpu *vcpu, unsigned int cpl)
{
	struct kvm_segment code = {
		.selector = (uint16_t)(0x8 | cpl),
		.limit = UINT32_MAX,
		.type = 0xb,
		.present = 1,
		.dpl = (uint8_t)cpl,
		.s = 1,
		.l = 1,
		.g = 1,
	};
	struct kvm_segment data = code;
	struct kvm_sregs sregs;

	must(ioctl(vcpu->fd, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
	data.selector = (uint16_t)(0x10 | cpl);
	data.type = 0x3;
	data.l = 0;
	data.db = 1;
	sregs.cs = code;
	sregs.ds = sregs.es = sregs.fs = sregs.gs = sregs.ss = data;
	/* VMX wants a busy 64-bit TSS. */
	sregs.tr = (struct kvm_segment){.limit = 0x67, .type = 0xb, .present = 1};
	sregs.cr3 = PML4;
	sregs.cr4 |= 0x20;	     /* PAE */
	sregs.cr0 |= 0x80000001;     /* PG, PE */
	sregs.efer |= 0x100 | 0x400; /* LME, LMA */
	must(ioctl(vcpu->fd, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
}

void asker_set_regs(struct asker_vcpu *vcpu, uint64_t rip)
{
	const uint64_t known = 0xabcd000000000000ull | (uint64_t)vcpu->id << 32;

	/* I/O is for everybody: IOPL 3. */
	vcpu->in = (struct kvm_regs){
		.rax = known | 1,
		.rbx = known | 2,
		.rcx = known | 3,
		.rdx = known | 4,
		.rsi = known | 5,
		.rdi = known | 6,
		.rsp = STACK_TOP,
		.rbp = known | 7,
		.r8 = known | 8,
		.r9 = known | 9,
		.r10 = known | 10,
		.r11 = known | 11,
		.r12 = known | 12,
		.r13 = known | 13,
		.r14 = known | 14,
		.r15 = known | 15,
		.rip = rip,
		.rflags = 0x3002,
	};
}

struct asker_vcpu *asker_create_vcpu(struct asker *asker)
{
	struct asker_vcpu *vcpu;

	if (asker->vcpu_count == ASKER_MAX_VCPUS)
		die("too many vCPUs");
	vcpu = &asker->vcpus[asker->vcpu_count];
	vcpu->id = asker->vcpu_count++;
	vcpu->fd = add_vcpu(asker->kvm, asker->vm, vcpu->id, asker->vendor, &vcpu->run);
	asker_set_cpl(vcpu, 0);
	return vcpu;
}
