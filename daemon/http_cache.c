// SPDX-License-Identifier: GPL-2.0-or-later
#include "http_cache.h"

void http_cache_init(struct http_cache *cache)
{
	*cache = (struct http_cache){0};
	pthread_mutex_init(&cache->lock, NULL);
}

/* With the lock. */
static void drop(struct http_cache *cache)
{
	if (cache->response)
		MHD_destroy_response(cache->response);
	snapshot_unref(cache->snapshot);
	cache->response = NULL;
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

enum MHD_Result http_cache_queue(struct http_cache *cache, const struct config *config,
				 struct MHD_Connection *connection, const struct route *route,
				 struct snapshot *s)
{
	enum MHD_Result result = MHD_NO;
	unsigned int status;

	pthread_mutex_lock(&cache->lock);
	if (cache->snapshot != s)
		drop(cache);
	if (!cache->response) {
		cache->response = http_response(config, route, s, &status);
		cache->snapshot = cache->response ? snapshot_ref(s) : NULL;
	}
	if (cache->response)
		result = MHD_queue_response(connection, MHD_HTTP_OK, cache->response);
	pthread_mutex_unlock(&cache->lock);
	return result;
}
