/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A virtual machine monitor for tests. Its guest, a few bytes of real-mode code,
 * does an exact number of exits of chosen kinds, the same on every vCPU.
 *
 *   options.c   command line -> struct config
 *   guest.c     struct config's list of operations -> machine code
 *   vm.c        creates the VM, its memory and its vCPUs
 *   kvmcalls.c  what of that it has in common with asker
 *   vcpu.c      a thread a vCPU: KVM_RUN and what its exits ask for
 *   tinyvmm.c   main: threads, gate, wake-ups, reports
 */
#ifndef TINYVMM_H
#define TINYVMM_H

#include "kvmcalls.h"

#include <pthread.h>
#include <semaphore.h>
#include <sys/types.h>

enum {
	MAX_OPS = 64,
	MAX_VCPUS = 64,
	MAX_VMS = 16,
};

/* What the guest can be told to do, N times in a loop. */
enum op_kind {
	OP_CPUID,
	OP_HLT,
	OP_OUT,
	OP_RDMSR,
	OP_WRMSR,
	OP_MMIO,
	OP_HYPERCALL,
	OP_SPIN,      /* a turn of an empty loop, no exit */
	OP_PAUSE,     /* the VMM runs the vCPU with immediate_exit and waits */
	OP_KICK,      /* the VMM signals the vCPU's thread out of the guest and waits */
	OP_MARK,      /* the VMM takes the time */
	OP_BAD_ENTRY, /* the VMM makes the next VM entry fail */
};

struct op {
	enum op_kind kind;
	uint32_t count;
	uint32_t leaf, index; /* of OP_CPUID */
};

/* Ports the guest writes to. All but PORT_OUT are means to an end. */
enum {
	PORT_OUT = 0x10,
	PORT_PAUSE = 0x11,
	PORT_KICK = 0x12,
	PORT_MARK = 0x13,
	PORT_BAD_ENTRY = 0x14,
};

struct config {
	struct op ops[MAX_OPS];
	size_t op_count;
	unsigned int vcpus;
	unsigned int vms;
	double wake;	 /* s between interrupts; in-kernel irqchip if >= 0 */
	double io_sleep; /* s the VMM sleeps in each OP_OUT */
	double pause;	 /* s the VMM waits in each OP_PAUSE and OP_KICK */
	bool gate;	 /* wait for a line on stdin before the guests start */
	bool thread;	 /* create VMs in a thread that is not the first */
	bool bench;	 /* print the time per exit */
};

/*
 * Guest-physical memory. Each vCPU has a page of its own, the base of its DS
 * and SS: the stack grows down from its end.
 */
enum {
	GUEST_ISR = 0x600,
	GUEST_CODE = 0x1000,
	GUEST_CODE_SIZE = 0x2000,
	GUEST_DATA = 0x10000,
	GUEST_DATA_SIZE = 0x1000,
	GUEST_MEMORY = GUEST_DATA + MAX_VCPUS * GUEST_DATA_SIZE,
	/* Backed by nothing; a page for each vCPU. */
	GUEST_MMIO = 0xd0000,
	WAKE_VECTOR = 0x21,
};

/* Offsets in a vCPU's page. */
enum {
	DATA_EOI = 0x00,  /* KVM's paravirtual end of interrupt */
	DATA_FLAG = 0x08, /* set by the VMM to end a wait for OP_KICK */
	DATA_IDT = 0x10,  /* six zeros, an empty IDT: the next trap is a shutdown */
};

struct vm;

struct vcpu {
	struct vm *vm;
	unsigned int id;
	int fd;
	struct kvm_run *run;
	pthread_t thread;
	pid_t tid;
	sem_t *kicks;  /* posted when the guest asks to be kicked */
	bool kick;     /* asked for, not yet done */
	bool finished; /* the guest came to its end */
	bool bad_tr;   /* in a state that no VM entry accepts */
	uint64_t marks[2];
	unsigned int mark_count;
	/* Exits to user space, by what they were for. */
	uint64_t outs, mmios, hlts, interrupted;
};

struct vm {
	const struct config *config;
	int fd;
	pid_t creator; /* thread: KVM names the VM's debugfs directory after it */
	uint8_t *memory;
	bool mapped; /* the guest's memory, before it runs */
	struct vcpu vcpus[MAX_VCPUS];
};

/* Fills *ret_config from the command line; exits with status 2 if it is wrong. */
void options_parse(int argc, char **argv, struct config *ret_config);

/* Writes the guest's code and interrupt handler into its memory. */
void guest_write(const struct config *config, uint8_t *memory);

/* Is the processor AMD's? (vmmcall, not vmcall) */
bool guest_is_amd(void);

/* Creates the VM with its vCPUs, ready to run. */
void vm_create(struct vm *vm, const struct config *config);

/*
 * Runs the vCPU until its guest ends. Exits the process with a message if KVM
 * reports an error.
 */
void vcpu_run(struct vcpu *vcpu);

/* Makes a vCPU's KVM_RUN return -EINTR, from another thread. */
void vcpu_kick(struct vcpu *vcpu);

/* CLOCK_MONOTONIC in ns. */
uint64_t now_ns(void);

void sleep_seconds(double seconds);

#endif
