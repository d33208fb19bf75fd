/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemons of libmicrohttpd, one for each socket, each with its thread. */
#ifndef HTTP_LOOPS_H
#define HTTP_LOOPS_H

#include "config.h"
#include "http_loop.h"

struct http_loops {
	struct MHD_Daemon *daemons[LISTEN_MAX];
	struct http_loop *loops[LISTEN_MAX];
	size_t n;
	int quiesced[LISTEN_MAX]; /* sockets to be closed once no thread may look at them */
	size_t n_quiesced;
};

/* Take over a daemon; there must be room. All zero at first. */
void http_loops_add(struct http_loops *l, struct MHD_Daemon *daemon);
/* Run them all. 0 or negative errno: then too http_loops_stop() is to be called. */
int http_loops_start(struct http_loops *l);

/* Let a suspended connection go on. Any thread may; what the connection has may be gone then. */
void http_loops_resume(struct http_loops *l, struct MHD_Connection *connection);

/* Have all threads come round since this was last asked? Asks again if so. */
bool http_loops_alive(struct http_loops *l);

/*
 * Take no more connections. Sockets that are shared with somebody who will go on, as systemd does,
 * are left to him; others refuse from now on.
 */
void http_loops_quiesce(struct http_loops *l, bool shared);
/* Close all connections, end the threads. */
void http_loops_stop(struct http_loops *l);

#endif
