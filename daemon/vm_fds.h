/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The VMs of a host by their file descriptors. A VM may be open in several processes and under
 * several numbers (fork, dup, SCM_RIGHTS), and is one all the same: kcmp(2) tells.
 */
#ifndef VM_FDS_H
#define VM_FDS_H

#include "source.h"

struct vm_fds {
	struct vm_key *keys; /* each VM once; tid is the process, inode its start in ticks */
	size_t n;
	bool cut;    /* more than SOURCE_VMS_MAX VMs, or than PROC_FDS_MAX descriptors */
	bool denied; /* there are processes that may not be looked into */
};

/*
 * List the VMs that procfs shows; the caller frees ret->keys. A VM is named after the process that
 * has vCPUs before one that merely holds it (another exporter that is just reading), then after the
 * one that began first (fork: the parent), and the lowest descriptor in it. 0 or negative errno.
 */
int vm_fds_list(const char *procfs, struct watch *watch, struct vm_fds *ret);

#endif
