/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a path to a page, and from a page and a snapshot to an answer. */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "config.h"
#include "http_accept.h"
#include "http_pages.h"
#include "render_prometheus.h"
#include "snapshot.h"

#include <microhttpd.h>

enum page {
	PAGE_FILE, /* of the live page */
	PAGE_HEALTHY,
	PAGE_READY,
	PAGE_NOT_READY,
	PAGE_METRICS,
	PAGE_VMS,
	PAGE_VM,
	PAGE_LIVE, /* what the live page shows */
	PAGE_NOT_FOUND,
	PAGE_BAD_METHOD,
	PAGE_BODY, /* the request has a body */
	PAGE_BUSY, /* there are too many requests */
	PAGE_UNAUTHORIZED,
	PAGE_AUTH_BUSY, /* too many passwords are to be checked */
	PAGE_ENDING,
};

struct route {
	enum page page;
	bool json;		      /* the path is under /vm: errors are JSON */
	struct vm_id id;	      /* of PAGE_VM; of PAGE_LIVE, where 0 is none */
	const struct page_file *file; /* of PAGE_FILE */
	/* As the client likes it: */
	enum metrics_format format; /* of PAGE_METRICS */
	bool gzip;
};

/* What a request is for. */
struct route http_route(const struct config *config, const char *method, const char *url);

bool route_needs_snapshot(const struct route *route);
struct snapshot_want route_want(const struct config *config, const struct route *route);

/* An answer: the response is who has it to destroy, NULL without memory. */
struct reply {
	struct MHD_Response *response;
	unsigned int status;
	uint64_t page; /* see http_pages_response() */
};

/*
 * The answer to a request. s is borrowed; NULL where none is needed, and where none could be had:
 * that is answered as an error, and so is a snapshot if pages is full. served is for the metrics.
 */
struct reply http_reply(const struct config *config, const struct route *route,
			const struct snapshot *s, const struct served *served,
			struct http_pages *pages);

#endif
