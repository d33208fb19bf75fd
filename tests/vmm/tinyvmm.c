/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Output, a line each: "vm <tid>-<fd> mapped <0 or 1> tids <tid>,..." for each VM,
 * "ready" (with --gate), and when all guests have ended "done <tid>-<fd> ..." with
 * the numbers of what the VMM handled, and "bench <ns>" with --bench.
 */
#include "tinyvmm.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct machine {
	struct config config;
	struct vm *vms;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned int started, finished; /* vCPUs */
	bool open;			/* the gate */
	sem_t kicks;
};

struct vcpu_start {
	struct machine *machine;
	struct vcpu *vcpu;
};

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void sleep_seconds(double seconds)
{
	struct timespec left = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};

	if (seconds <= 0)
		return;
	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

static void start_thread(pthread_t *ret_thread, void *(*function)(void *), void *argument)
{
	int error = pthread_create(ret_thread, NULL, function, argument);

	if (error)
		die("pthread_create: %s", strerrordesc_np(error));
}

static void *vcpu_thread(void *argument)
{
	const struct vcpu_start start = *(struct vcpu_start *)argument;
	struct machine *machine = start.machine;

	start.vcpu->tid = (pid_t)syscall(SYS_gettid);
	pthread_mutex_lock(&machine->lock);
	machine->started++;
	pthread_cond_broadcast(&machine->changed);
	while (!machine->open)
		pthread_cond_wait(&machine->changed, &machine->lock);
	pthread_mutex_unlock(&machine->lock);

	vcpu_run(start.vcpu);

	pthread_mutex_lock(&machine->lock);
	start.vcpu->finished = true;
	machine->finished++;
	pthread_cond_broadcast(&machine->changed);
	/* Stays, so that no other thread gets its id: counts are told apart by it. */
	for (;;)
		pthread_cond_wait(&machine->changed, &machine->lock);
	return NULL;
}

static void *creator_thread(void *argument)
{
	struct machine *machine = argument;

	for (unsigned int i = 0; i < machine->config.vms; i++)
		vm_create(&machine->vms[i], &machine->config);
	return NULL;
}

/* Kicks each vCPU that asked for it, when it is likely in its guest. */
static void *kick_thread(void *argument)
{
	struct machine *machine = argument;

	for (;;) {
		while (sem_wait(&machine->kicks) && errno == EINTR)
			;
		sleep_seconds(0.05);
		for (unsigned int i = 0; i < machine->config.vms * machine->config.vcpus; i++) {
			struct vm *vm = &machine->vms[i / machine->config.vcpus];
			struct vcpu *vcpu = &vm->vcpus[i % machine->config.vcpus];

			if (__atomic_exchange_n(&vcpu->kick, false, __ATOMIC_ACQUIRE))
				vcpu_kick(vcpu);
		}
	}
	return NULL;
}

static void *wake_thread(void *argument)
{
	const struct machine *machine = argument;

	for (;;) {
		sleep_seconds(machine->config.wake);
		for (unsigned int i = 0; i < machine->config.vms * machine->config.vcpus; i++) {
			const struct vm *vm = &machine->vms[i / machine->config.vcpus];
			struct kvm_msi msi = {
				.address_lo = 0xfee00000 | i % machine->config.vcpus << 12,
				.data = WAKE_VECTOR,
			};

			/* 0: the interrupt was still pending. */
			if (ioctl(vm->fd, KVM_SIGNAL_MSI, &msi) < 0)
				die("KVM_SIGNAL_MSI: %s", strerrordesc_np(errno));
		}
	}
	return NULL;
}

static void start_vcpus(struct machine *machine)
{
	const unsigned int all = machine->config.vms * machine->config.vcpus;

	for (unsigned int i = 0; i < all; i++) {
		struct vm *vm = &machine->vms[i / machine->config.vcpus];
		struct vcpu *vcpu = &vm->vcpus[i % machine->config.vcpus];
		struct vcpu_start *start = malloc(sizeof(*start));

		if (!start)
			die("out of memory");
		*start = (struct vcpu_start){machine, vcpu};
		vcpu->kicks = &machine->kicks;
		start_thread(&vcpu->thread, vcpu_thread, start);
		pthread_mutex_lock(&machine->lock);
		while (machine->started <= i)
			pthread_cond_wait(&machine->changed, &machine->lock);
		pthread_mutex_unlock(&machine->lock);
		free(start);
	}
}

static void print_vms(const struct machine *machine)
{
	for (unsigned int v = 0; v < machine->config.vms; v++) {
		const struct vm *vm = &machine->vms[v];

		printf("vm %d-%d mapped %d tids ", vm->creator, vm->fd, vm->mapped);
		for (unsigned int i = 0; i < machine->config.vcpus; i++)
			printf("%s%d", i ? "," : "", vm->vcpus[i].tid);
		printf("\n");
	}
}

static void print_results(const struct machine *machine)
{
	const struct config *config = &machine->config;

	for (unsigned int v = 0; v < config->vms; v++) {
		const struct vm *vm = &machine->vms[v];
		uint64_t outs = 0, mmios = 0, hlts = 0, interrupted = 0;

		for (unsigned int i = 0; i < config->vcpus; i++) {
			outs += vm->vcpus[i].outs;
			mmios += vm->vcpus[i].mmios;
			hlts += vm->vcpus[i].hlts;
			interrupted += vm->vcpus[i].interrupted;
		}
		printf("done %d-%d out %" PRIu64 " mmio %" PRIu64 " hlt %" PRIu64
		       " interrupted %" PRIu64 "\n",
		       vm->creator, vm->fd, outs, mmios, hlts, interrupted);
	}
	if (config->bench) {
		const struct vcpu *vcpu = &machine->vms[0].vcpus[0];

		for (size_t i = 0; i + 1 < config->op_count; i++) {
			if (config->ops[i].kind == OP_MARK && config->ops[i + 1].count) {
				printf("bench %.2f\n", (double)(vcpu->marks[1] - vcpu->marks[0]) /
							       config->ops[i + 1].count);
				break;
			}
		}
	}
}

static void ignore_signal(int number)
{
	(void)number;
}

int main(int argc, char **argv)
{
	/* Without SA_RESTART: KVM_RUN returns EINTR. */
	const struct sigaction action = {.sa_handler = ignore_signal};
	struct machine machine = {
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER,
	};
	pthread_t helper;

	options_parse(argc, argv, &machine.config);
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGUSR1, &action, NULL);
	sem_init(&machine.kicks, 0, 0);
	machine.vms = calloc(machine.config.vms, sizeof(*machine.vms));
	if (!machine.vms)
		die("out of memory");

	if (machine.config.thread) {
		start_thread(&helper, creator_thread, &machine);
		pthread_join(helper, NULL);
	} else {
		creator_thread(&machine);
	}
	start_thread(&helper, kick_thread, &machine);
	start_vcpus(&machine);
	print_vms(&machine);
	if (machine.config.gate) {
		int c;

		printf("ready\n");
		while ((c = getchar()) != '\n' && c != EOF)
			;
	}

	pthread_mutex_lock(&machine.lock);
	machine.open = true;
	pthread_cond_broadcast(&machine.changed);
	if (machine.config.wake > 0)
		start_thread(&helper, wake_thread, &machine);
	while (machine.finished < machine.config.vms * machine.config.vcpus)
		pthread_cond_wait(&machine.changed, &machine.lock);
	pthread_mutex_unlock(&machine.lock);

	print_results(&machine);
	while (getchar() != EOF)
		;
	exit(0);
}
