/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * asker.c     commands, threads
 * asker_vm.c  the VM: memory, 64-bit mode, the guest's code
 * kvmcalls.c  what it has in common with tinyvmm
 */
#ifndef ASKER_H
#define ASKER_H

#include "kvmcalls.h"

#include <pthread.h>
#include <semaphore.h>
#include <sys/types.h>

enum { ASKER_MAX_VCPUS = 64 };

/* Guest addresses of what the guest can do. */
enum {
	STUB_CPUID = 0x4000,
	STUB_HYPERCALL = 0x4100,
	STUB_SPIN = 0x4200,
	STUB_HALT = 0x4300,
	STUB_ASK = 0x4400,
};

struct asker_vcpu {
	unsigned int id;
	int fd;
	struct kvm_run *run;
	pthread_t thread;
	pid_t tid;
	sem_t begin, finished;
	bool busy;
	/* The job: registers at its start, how often, and at its end. */
	struct kvm_regs in, out;
	uint32_t times;
};

struct asker {
	int kvm, vm;
	const char *vendor; /* of CPUID leaf 0, or NULL: the processor's own */
	unsigned int vcpu_count;
	struct asker_vcpu vcpus[ASKER_MAX_VCPUS];
};

/* Both exit the process with a message if KVM reports an error. */
void asker_create_vm(struct asker *asker);
struct asker_vcpu *asker_create_vcpu(struct asker *asker);

/* Fills vcpu->in with values that tell registers and vCPUs apart, and rip. */
void asker_set_regs(struct asker_vcpu *vcpu, uint64_t rip);

/* Sets the privilege level, 0 or 3, of a vCPU that does not run. */
void asker_set_cpl(struct asker_vcpu *vcpu, unsigned int cpl);

#endif
