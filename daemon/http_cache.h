/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page of metrics that was made last. It is large, so requests that share a snapshot share it
 * too, and slow clients do not hold a copy each.
 */
#ifndef HTTP_CACHE_H
#define HTTP_CACHE_H

#include "http_reply.h"

#include <pthread.h>

struct http_cache {
	pthread_mutex_t lock;
	struct snapshot *snapshot; /* what response was made of */
	struct MHD_Response *response;
};

void http_cache_init(struct http_cache *cache);
void http_cache_destroy(struct http_cache *cache);
/* Keep nothing: call it when no request is left that could share. */
void http_cache_drop(struct http_cache *cache);

/* Answer a request for the metrics with those of s, which is borrowed. MHD_NO without memory. */
enum MHD_Result http_cache_queue(struct http_cache *cache, const struct config *config,
				 struct MHD_Connection *connection, const struct route *route,
				 struct snapshot *s);

#endif
