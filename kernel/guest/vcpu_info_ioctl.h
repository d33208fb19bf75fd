/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
#ifndef VCPU_INFO_IOCTL_H
#define VCPU_INFO_IOCTL_H

/*
 * /dev/vcpu_info, in a KVM guest: what the module vcpu_info.ko and its callers
 * share.
 */

#include <linux/ioctl.h>

#define VCPU_INFO_DEVICE "vcpu_info"

/*
 * The argument is a vCPU id (a number, not a pointer): the host is to report
 * that vCPU of this VM in its tracepoint kvm:kvm_vcpu_info.  0: it did, or will
 * in a moment.  EINVAL: no such vCPU; ENOSYS: the host does not serve it.
 */
#define VCPU_INFO_REPORT _IO(0xb9, 0x01)

#endif /* VCPU_INFO_IOCTL_H */
