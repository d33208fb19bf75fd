// SPDX-License-Identifier: GPL-2.0-only
/*
 * vcpu-info [VCPU]...: has the host report these vCPUs of the guest that it runs
 * in, or without arguments the vCPU of every CPU that is online.  One line for
 * each; exit status 1 if any failed.
 */
#include <cpuid.h>
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vcpu_info.h"

#define CPUS_ONLINE "/sys/devices/system/cpu/online"

/*
 * The APIC id of the CPU that this runs on, which is the id of its vCPU: KVM
 * makes a vCPU's id its APIC's.  It need not be the CPU's number: ids have gaps
 * where a socket does not have 2^n cores.  Leaf 1 has only 8 bits of it.
 */
static int own_vcpu(void)
{
	unsigned int eax, ebx, ecx, edx;

	if (__get_cpuid_count(0xb, 0, &eax, &ebx, &ecx, &edx) && (ebx & 0xffff))
		return edx;
	__cpuid(1, eax, ebx, ecx, edx);
	return ebx >> 24;
}

/* Moves to @cpu, and stays there.  0, or a negative errno. */
static int run_on(int cpu)
{
	size_t size = CPU_ALLOC_SIZE(cpu + 1);
	cpu_set_t *set = CPU_ALLOC(cpu + 1);
	int ret;

	if (!set)
		return -ENOMEM;
	CPU_ZERO_S(size, set);
	CPU_SET_S(cpu, size, set);
	ret = sched_setaffinity(0, size, set) ? -errno : 0;
	CPU_FREE(set);
	return ret;
}

static int say(int ret)
{
	printf("%s\n", ret ? strerror(-ret) : "reported");
	return ret;
}

static int ask_cpu(int cpu)
{
	int ret, vcpu;

	printf("cpu %d ", cpu);
	ret = run_on(cpu);
	if (ret) {
		printf("cannot run there: ");
		return say(ret);
	}
	vcpu = own_vcpu();
	printf("vcpu %d: ", vcpu);
	return say(vcpu_info(vcpu));
}

/* @list: as in "0-3,5". */
static int ask_list(const char *list)
{
	long cpu, last;
	int failed = 0;
	char *end;

	for (;; list = end + 1) {
		cpu = strtol(list, &end, 10);
		last = *end == '-' ? strtol(end + 1, &end, 10) : cpu;
		for (; cpu <= last; cpu++)
			failed |= ask_cpu(cpu) != 0;
		if (*end != ',')
			return failed;
	}
}

static int ask_online(void)
{
	FILE *f = fopen(CPUS_ONLINE, "re");
	int failed = 1;
	char *list = NULL;
	size_t size = 0;

	if (f && getline(&list, &size, f) > 0)
		failed = ask_list(list);
	else
		perror("vcpu-info: " CPUS_ONLINE);
	free(list);
	if (f)
		fclose(f);
	return failed;
}

static int ask_vcpu(const char *word)
{
	char *end;
	long id;

	errno = 0;
	id = strtol(word, &end, 10);
	if (errno || end == word || *end || id < INT_MIN || id > INT_MAX) {
		fprintf(stderr, "vcpu-info: '%s' is not a vCPU id\n", word);
		exit(2);
	}
	printf("vcpu %ld: ", id);
	return say(vcpu_info(id));
}

int main(int argc, char **argv)
{
	int i, failed = 0;

	if (argc < 2)
		return ask_online();
	for (i = 1; i < argc; i++)
		failed |= ask_vcpu(argv[i]) != 0;
	return failed;
}
