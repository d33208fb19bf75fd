/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The HTTP server: which path answers what. */
#ifndef HTTP_H
#define HTTP_H

#include "config.h"
#include "snapshot.h"

struct http;

/*
 * Serve on n listening sockets, which it takes over. request(ctx) gets the snapshots. config is
 * borrowed. 0 or negative errno.
 */
int http_start(const struct config *config, const int *sockets, size_t n,
	       snapshot_request_fn *request, void *ctx, struct http **ret);

/* The first attempt to collect has ended, or takes too long: /-/ready is 200 from now on. */
void http_ready(struct http *h);

/* Has each of its threads come round since this was last asked? As collector_alive(). */
bool http_alive(struct http *h);

/*
 * Take no more connections, and wait, for some seconds at most, until what was asked is answered.
 * Snapshots must still be served.
 */
void http_drain(struct http *h);

/* End. No request may be waiting for a snapshot. NULL is allowed. */
void http_stop(struct http *h);

#endif
