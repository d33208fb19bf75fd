/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes snapshots, one at a time, in a thread of its own. Requests that wait when it begins one
 * share it. Nothing is collected that nobody asked for.
 */
#ifndef COLLECTOR_H
#define COLLECTOR_H

#include "config.h"
#include "outcome.h"
#include "snapshot.h"

struct collector;

/* config is borrowed for the collector's life. 0 or -ENOMEM. */
int collector_new(const struct config *config, struct collector **ret);
/* The thread must not run. NULL is allowed. */
void collector_free(struct collector *c);

/* Start the thread. 0 or negative errno. */
int collector_start(struct collector *c);
/* Answer what waits, end the thread. Later requests are refused. */
void collector_stop(struct collector *c);

/*
 * Ask for a snapshot; any thread may. done() is called once, from the collector's thread, with a
 * reference that it takes over, or with NULL without memory. 0; -ENOMEM or -ESHUTDOWN: done() is
 * not called.
 */
int collector_request(void *collector, const struct snapshot_want *want, snapshot_done_fn *done,
		      void *arg);

/*
 * Has the thread come round since this was last asked? Asks it again if so. For the watchdog: one
 * thread may ask.
 */
bool collector_alive(struct collector *c);
/* How its passes end; lives as long as the collector. */
struct outcome *collector_outcome(struct collector *c);

/* Take one snapshot here and now, without the thread. NULL without memory. */
struct snapshot *collector_collect(struct collector *c, const struct snapshot_want *want);

#endif
