/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's program: for each operation a loop, with the count in ESI, which
 * no operation's body touches. Real mode: 0x66 selects 32-bit operands.
 */
#include "tinyvmm.h"

#include <cpuid.h>
#include <string.h>

/*
 * Both are handled in the kernel, and their values stay as they are:
 * IA32_APIC_BASE is read, IA32_MCG_STATUS is written with 0.
 */
enum {
	MSR_READ = 0x1b,
	MSR_WRITTEN = 0x17a,
};

/* KVM_HC_VAPIC_POLL_IRQ does nothing. */
enum { HYPERCALL_NOTHING = 1 };

struct code {
	uint8_t *bytes;
	size_t size;
	size_t max;
};

static void emit(struct code *code, const void *bytes, size_t size)
{
	if (size > code->max - code->size)
		die("the guest's program is too long");
	memcpy(code->bytes + code->size, bytes, size);
	code->size += size;
}

#define EMIT(code, ...)                                     \
	do {                                                \
		const uint8_t emit_bytes[] = {__VA_ARGS__}; \
		emit(code, emit_bytes, sizeof(emit_bytes)); \
	} while (0)

static void emit32(struct code *code, uint32_t value)
{
	EMIT(code, value & 0xff, value >> 8 & 0xff, value >> 16 & 0xff, value >> 24);
}

bool guest_is_amd(void)
{
	unsigned int eax, ebx = 0, ecx, edx;

	__get_cpuid(0, &eax, &ebx, &ecx, &edx);
	return ebx == signature_AMD_ebx;
}

static void emit_body(struct code *code, const struct config *config, const struct op *op)
{
	switch (op->kind) {
	case OP_CPUID: /* mov eax,LEAF; mov ecx,INDEX; cpuid */
		EMIT(code, 0x66, 0xb8);
		emit32(code, op->leaf);
		EMIT(code, 0x66, 0xb9);
		emit32(code, op->index);
		EMIT(code, 0x0f, 0xa2);
		break;
	case OP_HLT: /* sti's shadow lets no interrupt in before hlt; cli after */
		if (config->wake >= 0)
			EMIT(code, 0xfb, 0xf4, 0xfa);
		else
			EMIT(code, 0xf4);
		break;
	case OP_OUT: /* out PORT,al */
		EMIT(code, 0xe6, PORT_OUT);
		break;
	case OP_PAUSE:
		EMIT(code, 0xe6, PORT_PAUSE);
		break;
	case OP_MARK:
		EMIT(code, 0xe6, PORT_MARK);
		break;
	case OP_BAD_ENTRY:
		EMIT(code, 0xe6, PORT_BAD_ENTRY);
		break;
	case OP_KICK:
		/*
		 * mov byte [FLAG],0; out PORT,al; sti; wait: cmp byte [FLAG],0; je wait; cli
		 *
		 * Without sti Bochs 2.7 lets no interrupt of the host's into the loop.
		 */
		EMIT(code, 0xc6, 0x06, DATA_FLAG, 0x00, 0x00);
		EMIT(code, 0xe6, PORT_KICK, 0xfb);
		EMIT(code, 0x80, 0x3e, DATA_FLAG, 0x00, 0x00, 0x74, 0xf9, 0xfa);
		break;
	case OP_RDMSR: /* mov ecx,MSR; rdmsr */
		EMIT(code, 0x66, 0xb9);
		emit32(code, MSR_READ);
		EMIT(code, 0x0f, 0x32);
		break;
	case OP_WRMSR: /* mov ecx,MSR; xor eax,eax; xor edx,edx; wrmsr */
		EMIT(code, 0x66, 0xb9);
		emit32(code, MSR_WRITTEN);
		EMIT(code, 0x66, 0x31, 0xc0, 0x66, 0x31, 0xd2, 0x0f, 0x30);
		break;
	case OP_MMIO: /* mov es:[0],al */
		EMIT(code, 0x26, 0xa2, 0x00, 0x00);
		break;
	case OP_HYPERCALL: /* mov eax,NR; vmmcall or vmcall */
		EMIT(code, 0x66, 0xb8);
		emit32(code, HYPERCALL_NOTHING);
		EMIT(code, 0x0f, 0x01, guest_is_amd() ? 0xd9 : 0xc1);
		break;
	case OP_SPIN:
		break;
	}
}

static void emit_op(struct code *code, const struct config *config, const struct op *op)
{
	size_t body;

	if (!op->count)
		return;
	EMIT(code, 0x66, 0xbe); /* mov esi,COUNT */
	emit32(code, op->count);
	body = code->size;
	emit_body(code, config, op);
	EMIT(code, 0x66, 0x4e, 0x0f, 0x85); /* dec esi; jnz body */
	const int back = (int)body - (int)(code->size + 2);

	EMIT(code, back & 0xff, back >> 8 & 0xff);
}

void guest_write(const struct config *config, uint8_t *memory)
{
	struct code code = {memory + GUEST_CODE, 0, GUEST_CODE_SIZE};
	struct code isr = {memory + GUEST_ISR, 0, 0x100};
	const uint16_t vector[2] = {GUEST_ISR, 0};

	for (size_t i = 0; i < config->op_count; i++)
		emit_op(&code, config, &config->ops[i]);
	/* lidt [DATA_IDT]; int3: a triple fault, a kind of exit of its own */
	EMIT(&code, 0x0f, 0x01, 0x1e, DATA_IDT, 0x00, 0xcc);

	/*
	 * End of interrupt without an exit: clear the bit that KVM set for it
	 * (btr word [DATA_EOI],0; jc out). Else by the APIC, which is at FS:
	 * mov dword fs:[0xb0],0. out: iret
	 */
	EMIT(&isr, 0x0f, 0xba, 0x36, DATA_EOI, 0x00, 0x00, 0x72, 0x0a);
	EMIT(&isr, 0x64, 0x66, 0xc7, 0x06, 0xb0, 0x00, 0x00, 0x00, 0x00, 0x00);
	EMIT(&isr, 0xcf);
	memcpy(memory + (size_t)4 * WAKE_VECTOR, vector, sizeof(vector));
}
