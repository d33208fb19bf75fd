/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in KVM's debugfs directory: VMs and their vCPUs. */
#ifndef DEBUGFS_LIST_H
#define DEBUGFS_LIST_H

#include "source.h"

/* Open <debugfs>/kvm. An fd, or negative errno with the reason for humans in *ret_why. */
int debugfs_open_kvm(const char *debugfs, const char **ret_why);

/* "<tid>-<fd>/<file>", the path of a VM's file below the kvm directory. */
void debugfs_vm_path(const struct vm_key *key, const char *file, char *ret, size_t size);

/*
 * List the VMs in the directory kvm, at most max, in the directory's order. The caller frees *ret.
 * 0 or negative errno.
 */
int debugfs_list_vms(int kvm, size_t max, struct watch *watch, struct vm_key **ret, size_t *ret_n);

/*
 * List the ids of a VM's vCPUs, ascending. The caller frees *ret. 0 or negative errno.
 */
int debugfs_list_vcpus(int kvm, const struct vm_key *key, uint32_t **ret, size_t *ret_n);

#endif
