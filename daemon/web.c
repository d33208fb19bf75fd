// SPDX-License-Identifier: GPL-2.0-or-later
#include "web.h"

#include "clock.h"
#include "web_load.h"
#include "web_weaker.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* To look at the files again. */
#define LOOK_NS NS_PER_S

struct web {
	const char *path;
	bool has_tls;
	pthread_mutex_t lock; /* for these */
	struct web_state *state;
	bool broken; /* what was read last was no good */
	/* Held while files are read, which may take long; changes of state too need it. */
	pthread_mutex_t reading;
	int64_t looked_ns;
	/* Those of the last attempt to read, whatever became of it. */
	struct watched files[WEB_FILES];
};

struct web *web_open(const char *path, char *ret_error)
{
	struct web *web = calloc(1, sizeof(*web));

	if (!web || strlen(path) >= PATH_MAX) {
		web_fail(ret_error, path, strerror(web ? ENAMETOOLONG : ENOMEM));
		free(web);
		return NULL;
	}
	pthread_mutex_init(&web->lock, NULL);
	pthread_mutex_init(&web->reading, NULL);
	web->path = path;
	snprintf(web->files[WEB_FILE_CONFIG].path, PATH_MAX, "%s", path);
	if (web_load(web->path, web->files, &web->state, ret_error)) {
		web_close(web);
		return NULL;
	}
	web->has_tls = web->state->tls != NULL;
	return web;
}

void web_close(struct web *web)
{
	if (!web)
		return;
	web_state_free(web->state);
	pthread_mutex_destroy(&web->reading);
	pthread_mutex_destroy(&web->lock);
	free(web);
}

/* With the lock for reading: state, which may be NULL, is what became of an attempt. */
static void replace(struct web *web, struct web_state *state)
{
	struct web_state *old = NULL;

	pthread_mutex_lock(&web->lock);
	web->broken = !state;
	if (state) {
		old = web->state;
		web->state = state;
		if (--old->refs)
			old = NULL;
	}
	pthread_mutex_unlock(&web->lock);
	web_state_free(old);
}

/* With the lock for reading: read anew. as_seen: only what was seen before. */
static enum web_news reload(struct web *web, bool as_seen, char *ret_error)
{
	struct watched *files = malloc(sizeof(web->files));
	struct web_state *state = NULL;
	const char *weaker;
	bool moving = false;
	int err;

	if (!files) {
		web_fail(ret_error, web->path, strerror(ENOMEM));
		replace(web, NULL);
		return WEB_BROKEN;
	}
	memcpy(files, web->files, sizeof(web->files));
	err = web_load(web->path, files, &state, ret_error);
	for (size_t i = 0; i < WEB_FILES; i++)
		moving = moving || !watched_is_as_seen(&web->files[i], &files[i]);
	if (err == -EAGAIN || (as_seen && moving)) {
		/* What is known of the files is as it was: another look is due. */
		free(files);
		web_state_free(state);
		return as_seen ? WEB_SAME : WEB_BROKEN;
	}
	memcpy(web->files, files, sizeof(web->files));
	free(files);
	/* Nobody else changes it. */
	weaker = err ? NULL : web_weaker(&web->state->config, &state->config);
	if (weaker) {
		web_fail(ret_error, web->path, weaker);
		web_state_free(state);
		state = NULL;
	}
	replace(web, state);
	return state ? WEB_NEW : WEB_BROKEN;
}

/* With the lock for reading: read again if a file has changed, and none is being written. */
static enum web_news refresh(struct web *web, char *ret_error)
{
	const struct watched_time now = watched_now();
	bool changed = false, moving = false;

	if (now.ns - web->looked_ns < LOOK_NS)
		return WEB_SAME;
	web->looked_ns = now.ns;
	for (size_t i = 0; i < WEB_FILES; i++) {
		const enum watched_news news = watched_look(&web->files[i], now);

		changed = changed || news == WATCHED_NEW;
		moving = moving || news == WATCHED_MOVING;
	}
	return changed && !moving ? reload(web, true, ret_error) : WEB_SAME;
}

struct web_state *web_get(struct web *web, enum web_news *ret_news, char *ret_error)
{
	*ret_news = WEB_SAME;
	/* Whoever else looks at the files will see what there is to be seen. */
	if (!pthread_mutex_trylock(&web->reading)) {
		*ret_news = refresh(web, ret_error);
		pthread_mutex_unlock(&web->reading);
	}
	return web_last(web);
}

enum web_news web_reload(struct web *web, char *ret_error)
{
	enum web_news news;

	pthread_mutex_lock(&web->reading);
	news = reload(web, false, ret_error);
	pthread_mutex_unlock(&web->reading);
	return news;
}

bool web_is_broken(struct web *web)
{
	bool broken;

	pthread_mutex_lock(&web->lock);
	broken = web->broken;
	pthread_mutex_unlock(&web->lock);
	return broken;
}

struct web_state *web_last(struct web *web)
{
	struct web_state *state;

	pthread_mutex_lock(&web->lock);
	state = web->state;
	state->refs++;
	pthread_mutex_unlock(&web->lock);
	return state;
}

void web_put(struct web *web, struct web_state *state)
{
	bool last;

	if (!state)
		return;
	pthread_mutex_lock(&web->lock);
	last = !--state->refs;
	pthread_mutex_unlock(&web->lock);
	if (last)
		web_state_free(state);
}

bool web_has_tls(const struct web *web)
{
	return web->has_tls;
}
