/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kvmcalls.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

void die(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

int must(int result, const char *what)
{
	if (result < 0)
		die("%s: %s", what, strerrordesc_np(errno));
	return result;
}

void *allocate(size_t size)
{
	void *memory = calloc(1, size);

	if (!memory)
		die("out of memory");
	return memory;
}

int create_vm(int kvm, bool irqchip)
{
	int vm = must(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");

	/* Intel processors need it for real mode; AMD's do not care. */
	must(ioctl(vm, KVM_SET_TSS_ADDR, 0xfffbd000), "KVM_SET_TSS_ADDR");
	if (irqchip)
		must(ioctl(vm, KVM_CREATE_IRQCHIP, 0), "KVM_CREATE_IRQCHIP");
	return vm;
}

uint8_t *add_memory(int vm, size_t size)
{
	struct kvm_userspace_memory_region region = {.memory_size = size};
	uint8_t *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap of the guest's memory: %s", strerrordesc_np(errno));
	region.userspace_addr = (uintptr_t)memory;
	must(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
	return memory;
}

static void set_cpuid(int kvm, int vcpu, const char *vendor)
{
	enum { ENTRIES = 256 };
	struct kvm_cpuid2 *cpuid =
		allocate(sizeof(*cpuid) + ENTRIES * sizeof(struct kvm_cpuid_entry2));

	cpuid->nent = ENTRIES;
	must(ioctl(kvm, KVM_GET_SUPPORTED_CPUID, cpuid), "KVM_GET_SUPPORTED_CPUID");
	for (uint32_t i = 0; vendor && i < cpuid->nent; i++) {
		if (cpuid->entries[i].function == 0) {
			memcpy(&cpuid->entries[i].ebx, vendor, 4);
			memcpy(&cpuid->entries[i].edx, vendor + 4, 4);
			memcpy(&cpuid->entries[i].ecx, vendor + 8, 4);
		}
	}
	must(ioctl(vcpu, KVM_SET_CPUID2, cpuid), "KVM_SET_CPUID2");
	free(cpuid);
}

int add_vcpu(int kvm, int vm, unsigned int id, const char *vendor, struct kvm_run **ret_run)
{
	const int size = must(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");
	const int vcpu = must(ioctl(vm, KVM_CREATE_VCPU, id), "KVM_CREATE_VCPU");

	*ret_run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	if (*ret_run == MAP_FAILED)
		die("mmap of a vCPU: %s", strerrordesc_np(errno));
	set_cpuid(kvm, vcpu, vendor);
	return vcpu;
}
