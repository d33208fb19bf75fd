/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VCPU_INFO_H
#define VCPU_INFO_H

/*
 * In a KVM guest: has the host report the vCPU with this id in its tracepoint
 * kvm:kvm_vcpu_info, with registers, thread and number of exits.  Returns 0, or a
 * negative errno:
 *   -EINVAL          this VM has no such vCPU
 *   -ENOSYS          the host does not serve it
 *   -ENOENT, -ENXIO  the module vcpu_info is not loaded
 *   -EACCES          no right to open /dev/vcpu_info: that is root's
 */
int vcpu_info(int vcpu_id);

#endif /* VCPU_INFO_H */
