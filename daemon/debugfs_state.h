/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the sources that read debugfs share. */
#ifndef DEBUGFS_STATE_H
#define DEBUGFS_STATE_H

#include "source.h"

struct debugfs {
	char *path;
	int kvm; /* <debugfs>/kvm during a pass, else -1 */
	char *buffer;
	size_t size;
	const char *name; /* of the source */
	const char *why_eperm;
};

/* What debugfs answers for a VM that goes away under the reader is -ENOENT, err else. */
int debugfs_gone_or(int err);

/*
 * A VM's directory is made before its files and removed after them, so a young one without a file
 * may be on its way in or out. Has this one stood for a second?
 */
bool debugfs_is_settled(const struct debugfs *d, const struct vm_key *key);

#endif
