/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which processes hold KVM's file descriptors, from the links <procfs>/<pid>/fd/<number>. */
#ifndef PROC_FDS_H
#define PROC_FDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How KVM names its files: virt/kvm/kvm_main.c, kvm_dev_ioctl_create_vm(), create_vcpu_fd(). */
#define LINK_VM	  "anon_inode:kvm-vm"
#define LINK_VCPU "anon_inode:kvm-vcpu:"

/* More descriptors of one process are not looked at: VMMs have theirs among the first. */
#define PROC_FDS_MAX 65536

/* A process's descriptors that are KVM's. The owner frees it with proc_fds_clear(). */
struct proc_fds {
	uint32_t *vms; /* descriptors of VMs, ascending */
	size_t n_vms;
	uint32_t *vcpus; /* ids of vCPUs, ascending, each once */
	size_t n_vcpus;
	size_t room_vms, room_vcpus;
	bool cut; /* there were more than PROC_FDS_MAX */
};

/*
 * Look through the descriptors of pid. ret is emptied first, and keeps its memory. 0; -EACCES:
 * may not look (proc(5): the directory is the user's own, its links are for who may ptrace);
 * -ENOENT: the process has gone; or another error.
 */
int proc_fds_read(const char *procfs, uint32_t pid, struct proc_fds *ret);
void proc_fds_clear(struct proc_fds *fds);

/* Is number, a descriptor of this process, a VM of KVM? By the real procfs. 0, -ENOENT if not. */
int proc_fds_own_is_vm(int number);

#endif
