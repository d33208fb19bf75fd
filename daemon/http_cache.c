// SPDX-License-Identifier: GPL-2.0-or-later
#include "http_cache.h"

void http_cache_init(struct http_cache *cache)
{
	*cache = (struct http_cache){0};
	pthread_mutex_init(&cache->lock, NULL);
}

#define REPLIES (sizeof(((struct http_cache *)NULL)->replies) / sizeof(struct reply))

/* With the lock. */
static void drop(struct http_cache *cache)
{
	for (size_t i = 0; i < REPLIES; i++) {
		if (cache->replies[i].response)
			MHD_destroy_response(cache->replies[i].response);
		cache->replies[i] = (struct reply){0};
	}
	snapshot_unref(cache->snapshot);
	cache->snapshot = NULL;
}

void http_cache_drop(struct http_cache *cache)
{
	pthread_mutex_lock(&cache->lock);
	drop(cache);
	pthread_mutex_unlock(&cache->lock);
}

void http_cache_destroy(struct http_cache *cache)
{
	drop(cache);
	pthread_mutex_destroy(&cache->lock);
}

bool http_cache_keeps(const struct route *route)
{
	return route->page == PAGE_METRICS || route->page == PAGE_VMS ||
	       (route->page == PAGE_LIVE && !route->id.pid);
}

static struct reply *reply_of(struct http_cache *cache, const struct route *route)
{
	const size_t kind = route->page == PAGE_METRICS ? (size_t)route->format
			    : route->page == PAGE_VMS	? FORMATS
							: FORMATS + 1;

	return &cache->replies[kind * 2 + route->gzip];
}

unsigned int http_cache_queue(struct http_cache *cache, const struct config *config,
			      struct MHD_Connection *connection, const struct route *route,
			      struct snapshot *s, const struct served *served,
			      struct http_pages *pages, uint64_t *ret_page)
{
	struct reply *reply = reply_of(cache, route);
	unsigned int status = 0;

	pthread_mutex_lock(&cache->lock);
	if (cache->snapshot != s) {
		drop(cache);
		cache->snapshot = snapshot_ref(s);
	}
	if (!reply->response)
		*reply = http_reply(config, route, s, served, pages);
	if (reply->response && MHD_queue_response(connection, reply->status, reply->response))
		status = reply->status;
	*ret_page = reply->page;
	pthread_mutex_unlock(&cache->lock);
	return status;
}
