/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The thread that runs one daemon of libmicrohttpd. Its own threads do the same, but cannot be
 * asked whether they are alive.
 */
#ifndef HTTP_LOOP_H
#define HTTP_LOOP_H

#include <microhttpd.h>
#include <stdbool.h>

struct http_loop;

/* Run daemon, one with MHD_USE_EPOLL and no thread, which is borrowed. 0 or negative errno. */
int http_loop_start(struct MHD_Daemon *daemon, struct http_loop **ret);

/* Has the thread come round since this was last asked? Asks again if so. */
bool http_loop_alive(struct http_loop *loop);

/* To be called, by any thread, when a connection of the daemon has been resumed. */
void http_loop_wake(struct http_loop *loop);

/* End the thread; the daemon may be stopped then. NULL is allowed. */
void http_loop_stop(struct http_loop *loop);

#endif
