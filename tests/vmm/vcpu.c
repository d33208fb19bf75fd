/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tinyvmm.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * With a task register that is not usable the guest's state is invalid to VMX (Intel
 * SDM, volume 3, "Checks on Guest Segment Registers"), and the exit is an entry that failed. KVM
 * takes such a state from us as it is, if the processor has unrestricted guests.
 */
static void set_tr(struct vcpu *vcpu, bool bad)
{
	struct kvm_sregs sregs;

	must(ioctl(vcpu->fd, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
	sregs.tr.unusable = bad;
	sregs.tr.present = !bad;
	must(ioctl(vcpu->fd, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
	vcpu->bad_tr = bad;
}

static void guest_out(struct vcpu *vcpu)
{
	const struct config *config = vcpu->vm->config;

	switch (vcpu->run->io.port) {
	case PORT_OUT:
		vcpu->outs++;
		sleep_seconds(config->io_sleep);
		break;
	case PORT_PAUSE:
		/* The next KVM_RUN returns before it enters the guest. */
		vcpu->run->immediate_exit = 1;
		break;
	case PORT_KICK:
		__atomic_store_n(&vcpu->kick, true, __ATOMIC_RELEASE);
		sem_post(vcpu->kicks);
		break;
	case PORT_MARK:
		if (vcpu->mark_count < 2)
			vcpu->marks[vcpu->mark_count++] = now_ns();
		break;
	case PORT_BAD_ENTRY:
		set_tr(vcpu, true);
		break;
	default:
		die("the guest wrote to port 0x%x", vcpu->run->io.port);
	}
}

static void interrupted(struct vcpu *vcpu)
{
	vcpu->interrupted++;
	sleep_seconds(vcpu->vm->config->pause);
	__atomic_store_n(&vcpu->run->immediate_exit, 0, __ATOMIC_RELAXED);
	/* A guest that waits for its kick goes on. */
	vcpu->vm->memory[GUEST_DATA + vcpu->id * GUEST_DATA_SIZE + DATA_FLAG] = 1;
}

void vcpu_run(struct vcpu *vcpu)
{
	for (;;) {
		if (ioctl(vcpu->fd, KVM_RUN, 0) < 0) {
			if (errno != EINTR)
				die("KVM_RUN: %s", strerrordesc_np(errno));
			interrupted(vcpu);
			continue;
		}
		switch (vcpu->run->exit_reason) {
		case KVM_EXIT_IO:
			guest_out(vcpu);
			break;
		case KVM_EXIT_MMIO:
			vcpu->mmios++;
			break;
		case KVM_EXIT_HLT:
			vcpu->hlts++;
			break;
		case KVM_EXIT_FAIL_ENTRY:
			if (!vcpu->bad_tr)
				die("KVM_RUN: the VM entry failed");
			set_tr(vcpu, false);
			break;
		case KVM_EXIT_SHUTDOWN:
			return;
		default:
			die("KVM_RUN: exit reason %u (suberror %u)", vcpu->run->exit_reason,
			    vcpu->run->internal.suberror);
		}
	}
}

void vcpu_kick(struct vcpu *vcpu)
{
	/* Both: the signal alone is lost on a thread that is not yet in KVM_RUN. */
	__atomic_store_n(&vcpu->run->immediate_exit, 1, __ATOMIC_RELAXED);
	syscall(SYS_tgkill, getpid(), vcpu->tid, SIGUSR1);
}
