/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * asker [--vcpus N] [--vendor AuthenticAMD|GenuineIntel]
 *
 * A VMM whose guest executes single instructions on demand, in 64-bit mode, each
 * vCPU on a thread of its own. Says "vm <tid>-<fd> tids <tid>,..." and "ready", then
 * obeys lines of standard input until its end, with a line of answer for each:
 *
 *   V cpuid LEAF INDEX [TIMES]  vCPU V executes CPUID: "eax ebx ecx edx"
 *   V hammer LEAF INDEX TIMES   the same, but goes on in the background
 *   V hypercall NR ARGUMENT     "rax"
 *   V cpl 0|3                   the privilege of what follows
 *   V spin, V halt              runs on without an exit, or halted, with known registers,
 *                               which are the answer, as kvm:kvm_vcpu_info shows them
 *   V ask NR ARGUMENT TIMES     a loop of hypercalls; goes on in the background
 *   V wait                      for the end of hammer or ask: "rax"
 *   V stop                      ends what runs on, if anything does
 *   create                      one vCPU more: its number
 * Numbers as in C.
 */
#include "asker.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void ignore_signal(int number)
{
	(void)number;
}

/* In the vCPU's thread: where the guest was, and of an internal error which. */
static void die_of_exit(const struct asker_vcpu *vcpu)
{
	const struct kvm_run *run = vcpu->run;
	struct kvm_regs regs;

	must(ioctl(vcpu->fd, KVM_GET_REGS, &regs), "KVM_GET_REGS");
	die("KVM_RUN: exit reason %u (suberror %u) at rip 0x%llx, vCPU %u", run->exit_reason,
	    run->exit_reason == KVM_EXIT_INTERNAL_ERROR ? run->internal.suberror : 0, regs.rip,
	    vcpu->id);
}

/* Runs the vCPU until its stub writes to the port, or somebody stops it. */
static void run_to_out(struct asker_vcpu *vcpu)
{
	for (;;) {
		if (ioctl(vcpu->fd, KVM_RUN, 0) < 0) {
			if (errno == EAGAIN)
				continue;
			if (errno == EINTR && vcpu->run->immediate_exit)
				return;
			if (errno == EINTR)
				continue;
			die("KVM_RUN: %s", strerrordesc_np(errno));
		}
		if (vcpu->run->exit_reason == KVM_EXIT_IO)
			return;
		die_of_exit(vcpu);
	}
}

/* Does one job: its registers in, times over, its registers out. */
static void do_job(struct asker_vcpu *vcpu)
{
	struct kvm_mp_state runnable = {.mp_state = KVM_MP_STATE_RUNNABLE};

	/* It may have been stopped while it was halted. */
	must(ioctl(vcpu->fd, KVM_SET_MP_STATE, &runnable), "KVM_SET_MP_STATE");
	for (uint32_t i = 0; i < vcpu->times; i++) {
		must(ioctl(vcpu->fd, KVM_SET_REGS, &vcpu->in), "KVM_SET_REGS");
		run_to_out(vcpu);
	}
	vcpu->run->immediate_exit = 0;
	must(ioctl(vcpu->fd, KVM_GET_REGS, &vcpu->out), "KVM_GET_REGS");
}

static void *vcpu_thread(void *argument)
{
	struct asker_vcpu *vcpu = argument;

	vcpu->tid = (pid_t)syscall(SYS_gettid);
	sem_post(&vcpu->finished);
	for (;;) {
		while (sem_wait(&vcpu->begin))
			;
		do_job(vcpu);
		sem_post(&vcpu->finished);
	}
	return NULL;
}

static void wait_for(struct asker_vcpu *vcpu)
{
	while (sem_wait(&vcpu->finished))
		;
	vcpu->busy = false;
}

static void start_vcpu(struct asker *asker)
{
	struct asker_vcpu *vcpu = asker_create_vcpu(asker);
	int error;

	sem_init(&vcpu->begin, 0, 0);
	sem_init(&vcpu->finished, 0, 0);
	error = pthread_create(&vcpu->thread, NULL, vcpu_thread, vcpu);
	if (error)
		die("pthread_create: %s", strerrordesc_np(error));
	wait_for(vcpu);
}

static void begin(struct asker_vcpu *vcpu, uint32_t times)
{
	if (vcpu->busy)
		die("vCPU %u is busy", vcpu->id);
	vcpu->busy = true;
	vcpu->times = times;
	sem_post(&vcpu->begin);
}

static void do_now(struct asker_vcpu *vcpu, uint32_t times)
{
	begin(vcpu, times);
	wait_for(vcpu);
}

static void stop(struct asker_vcpu *vcpu)
{
	if (!vcpu->busy) {
		printf("stopped\n");
		return;
	}
	vcpu->run->immediate_exit = 1;
	while (sem_trywait(&vcpu->finished)) {
		syscall(SYS_tgkill, getpid(), vcpu->tid, SIGUSR1);
		usleep(1000);
	}
	/* The job may have ended by itself before it was told to. */
	vcpu->run->immediate_exit = 0;
	vcpu->busy = false;
	printf("stopped\n");
}

static void print_known(const struct asker_vcpu *vcpu, uint64_t rip)
{
	const struct kvm_regs *r = &vcpu->in;

	printf("rax 0x%llx rbx 0x%llx rcx 0x%llx rdx 0x%llx rsi 0x%llx rdi 0x%llx rsp 0x%llx "
	       "rbp 0x%llx r8 0x%llx r9 0x%llx r10 0x%llx r11 0x%llx r12 0x%llx r13 0x%llx "
	       "r14 0x%llx r15 0x%llx rip 0x%llx rflags 0x%llx\n",
	       r->rax, r->rbx, r->rcx, r->rdx, r->rsi, r->rdi, r->rsp, r->rbp, r->r8, r->r9, r->r10,
	       r->r11, r->r12, r->r13, r->r14, r->r15, (unsigned long long)rip, r->rflags);
}

static void obey_vcpu(struct asker_vcpu *vcpu, const char *verb, const unsigned long long *n)
{
	if (!strcmp(verb, "cpuid")) {
		asker_set_regs(vcpu, STUB_CPUID);
		vcpu->in.rax = n[0];
		vcpu->in.rcx = n[1];
		do_now(vcpu, n[2] ? (uint32_t)n[2] : 1);
		printf("%llu %llu %llu %llu\n", vcpu->out.rax, vcpu->out.rbx, vcpu->out.rcx,
		       vcpu->out.rdx);
	} else if (!strcmp(verb, "hammer")) {
		asker_set_regs(vcpu, STUB_CPUID);
		vcpu->in.rax = n[0];
		vcpu->in.rcx = n[1];
		begin(vcpu, (uint32_t)n[2]);
		printf("hammering\n");
	} else if (!strcmp(verb, "hypercall")) {
		asker_set_regs(vcpu, STUB_HYPERCALL);
		vcpu->in.rax = n[0];
		vcpu->in.rbx = n[1];
		do_now(vcpu, 1);
		printf("%lld\n", (long long)vcpu->out.rax);
	} else if (!strcmp(verb, "cpl")) {
		asker_set_cpl(vcpu, (unsigned int)n[0]);
		printf("ok\n");
	} else if (!strcmp(verb, "spin")) {
		asker_set_regs(vcpu, STUB_SPIN);
		print_known(vcpu, STUB_SPIN);
		begin(vcpu, 1);
	} else if (!strcmp(verb, "halt")) {
		asker_set_regs(vcpu, STUB_HALT);
		print_known(vcpu, STUB_HALT + 1);
		begin(vcpu, 1);
	} else if (!strcmp(verb, "ask")) {
		asker_set_regs(vcpu, STUB_ASK);
		vcpu->in.r12 = n[0];
		vcpu->in.rbx = n[1];
		vcpu->in.r13 = n[2];
		begin(vcpu, 1);
		printf("asking\n");
	} else if (!strcmp(verb, "wait")) {
		wait_for(vcpu);
		printf("%lld\n", (long long)vcpu->out.rax);
	} else if (!strcmp(verb, "stop")) {
		stop(vcpu);
	} else {
		die("'%s' is no command", verb);
	}
}

static void obey(struct asker *asker, char *line)
{
	const char *first = strtok(line, " \n"), *verb = strtok(NULL, " \n"), *word;
	unsigned long long n[3] = {0};
	unsigned long id;

	if (first && !strcmp(first, "create")) {
		start_vcpu(asker);
		printf("%u\n", asker->vcpu_count - 1);
		return;
	}
	if (!first || !verb)
		die("a command is missing");
	id = strtoul(first, NULL, 0);
	if (id >= asker->vcpu_count)
		die("no vCPU %lu", id);
	for (size_t i = 0; i < 3 && (word = strtok(NULL, " \n")); i++)
		n[i] = strtoull(word, NULL, 0);
	obey_vcpu(&asker->vcpus[id], verb, n);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"vcpus", required_argument, NULL, 'c'},
		{"vendor", required_argument, NULL, 'v'},
		{0},
	};
	/* Without SA_RESTART: KVM_RUN returns EINTR. */
	const struct sigaction action = {.sa_handler = ignore_signal};
	static struct asker asker;
	unsigned int vcpus = 1;
	char line[256];
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'c')
			vcpus = (unsigned int)strtoul(optarg, NULL, 10);
		else if (option == 'v' && strlen(optarg) == 12)
			asker.vendor = optarg;
		else
			die("wrong usage");
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGUSR1, &action, NULL);
	asker_create_vm(&asker);
	while (asker.vcpu_count < vcpus)
		start_vcpu(&asker);

	printf("vm %d-%d tids ", getpid(), asker.vm);
	for (unsigned int i = 0; i < vcpus; i++)
		printf("%s%d", i ? "," : "", asker.vcpus[i].tid);
	printf("\nready\n");
	while (fgets(line, sizeof(line), stdin))
		obey(&asker, line);
	exit(0);
}
