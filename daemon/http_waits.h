/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests that wait for a snapshot, each with a moment at which it goes on without. What is slow
 * or stuck in the collector so costs a scrape its counters, and nothing else.
 */
#ifndef HTTP_WAITS_H
#define HTTP_WAITS_H

#include "http_clients.h"
#include "log.h"
#include "snapshot.h"

struct http_waits;

/* s: a reference that it takes over, or NULL; late: it is NULL since the time has come. */
typedef void http_waits_fn(void *arg, struct snapshot *s, bool late);

/*
 * Starts a thread, which also sends slow clients away. All is borrowed. request(ctx) gets the
 * snapshots. 0 or negative errno.
 */
int http_waits_new(snapshot_request_fn *request, void *ctx, struct http_clients *clients,
		   const struct log *log, struct http_waits **ret);
/* Nobody may wait any more. What request() was asked for in vain may still come. NULL is allowed.
 */
void http_waits_free(struct http_waits *w);

/* A client has come: the thread may be asleep for want of one. */
void http_waits_wake(struct http_waits *w);

/*
 * Ask for a snapshot. done(arg) is called once, from another thread, at deadline (CLOCK_MONOTONIC,
 * ns) at the latest. The collector gets to know of it later if it has not come back with too many
 * that were asked for in vain. 0; -ETIME: less than 10 ms are left, too little to ask the collector
 * for anything; or any other negative errno. If not 0, done() is not called.
 */
int http_waits_ask(struct http_waits *w, const struct snapshot_want *want, int64_t deadline,
		   http_waits_fn *done, void *arg);

/* Nobody is to wait for longer than until then (CLOCK_MONOTONIC, ns). */
void http_waits_end_by(struct http_waits *w, int64_t latest);

/* Those of the last snapshot. */
uint64_t http_waits_read_errors(struct http_waits *w);

#endif
