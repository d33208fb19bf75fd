/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pages that were made last: the metrics in each form, the list of VMs, the live page's
 * data. They are large, so
 * requests that share a snapshot share them too, and slow clients do not hold a copy each.
 */
#ifndef HTTP_CACHE_H
#define HTTP_CACHE_H

#include "http_reply.h"

#include <pthread.h>

struct http_cache {
	pthread_mutex_t lock;
	struct snapshot *snapshot;		 /* what the pages were made of */
	struct reply replies[(FORMATS + 2) * 2]; /* plain and compressed */
};

void http_cache_init(struct http_cache *cache);
void http_cache_destroy(struct http_cache *cache);
/* Keep nothing: call it when no request is left that could share. */
void http_cache_drop(struct http_cache *cache);

/* Is it a page that is kept? */
bool http_cache_keeps(const struct route *route);
/*
 * Answer a request with such a page of s, which is borrowed. served and pages are used if it is
 * made now. *ret_page is its number. The status, 0 without memory.
 */
unsigned int http_cache_queue(struct http_cache *cache, const struct config *config,
			      struct MHD_Connection *connection, const struct route *route,
			      struct snapshot *s, const struct served *served,
			      struct http_pages *pages, uint64_t *ret_page);

#endif
