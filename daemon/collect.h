/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes one snapshot: lists the VMs, reads them, and puts down who they are. */
#ifndef COLLECT_H
#define COLLECT_H

#include "config.h"
#include "readers.h"
#include "told.h"
#include "vm_table.h"

/* What lasts from one snapshot to the next. Used by one thread at a time. */
struct collect {
	const struct config *config;
	struct readers *readers;
	struct vm_table table;
	struct self_stats self;
	uint64_t read_errors;
	struct told told;
	bool foreign; /* see proc_is_foreign() */
};

/* config is borrowed for good. 0 or -ENOMEM. */
int collect_init(struct collect *c, const struct config *config);
void collect_free(struct collect *c);

/*
 * A snapshot for all that is wanted; what hangs is left out of it, so that it is there well before
 * the latest of the deadlines, and within seconds in any case. NULL without memory.
 */
struct snapshot *collect_take(struct collect *c, const struct read_wants *wants);

#endif
