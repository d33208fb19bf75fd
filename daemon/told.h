/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the log says of passes: that something has changed, once; never the same at each scrape. */
#ifndef TOLD_H
#define TOLD_H

#include "log.h"
#include "snapshot.h"
#include "source.h"

/* What was told last. */
struct told {
	const char *failure; /* why of a failure that lasts, NULL: none */
	const char *instead; /* why auto does not use debugfs' exit statistics, NULL: it does */
	bool denied;	     /* that VMs may be missing */
	bool unseen;	     /* that processes of VMs are not to be seen */
};

/*
 * list is what the pass that s is from began with; its keys are not looked at. unseen: VMs whose
 * processes /proc does not show.
 */
void told_pass(struct told *told, const struct log *log, const struct snapshot *s,
	       const struct listing *list, const char *debugfs, size_t unseen);

#endif
