/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who a VM is, from its VMM's command line. Pure. */
#ifndef IDENTITY_H
#define IDENTITY_H

#include "snapshot.h"

/* The longest name that is kept, in bytes of UTF-8. */
#define IDENTITY_NAME_MAX 256

/*
 * Find name, uuid and vmm in a command line as /proc/<pid>/cmdline has it: arguments ended by NUL,
 * any bytes, perhaps cut off. Knows QEMU, Firecracker, Cloud Hypervisor, kvmtool and crosvm; of
 * others takes --name and --uuid. What is not found is NULL. 0 or -ENOMEM; identity_clear() frees.
 *
 *	QEMU              -name [guest=]NAME[,...], -uuid UUID, -smbios type=1,uuid=UUID
 *	Firecracker       --id NAME (its jailer passes that on)
 *	Cloud Hypervisor  --api-socket [path=]PATH: has no name, so that of its socket;
 *	                  --platform uuid=UUID
 *	kvmtool, crosvm   --name NAME
 */
int identity_parse(const char *cmdline, size_t len, struct identity *ret);

#endif
