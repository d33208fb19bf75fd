/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What http_web.c and http_entry.c share. */
#ifndef HTTP_WEB_OWN_H
#define HTTP_WEB_OWN_H

#include "auth.h"
#include "http_loops.h"
#include "http_peers.h"
#include "log.h"
#include "log_limit.h"
#include "web.h"

struct http_web {
	struct web *web;
	struct http_loops *loops;
	const struct log *log;
	struct auth *auth;
	struct http_peers peers;
	struct log_limit limit;
	struct MHD_OptionItem options[2]; /* for libmicrohttpd */
};

/* What the files say now; the log is told of a change. The caller puts it away. */
struct web_state *http_web_current(struct http_web *w);

/*
 * Log that a client was refused, and why, unless too much of that is logged. key and value: more of
 * it; value may be empty.
 */
void http_web_tell(struct http_web *w, const char *message, const char *client, const char *why,
		   const char *key, const char *value);

#endif
