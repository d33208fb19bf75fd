// SPDX-License-Identifier: GPL-2.0-or-later
#include "web.h"

#include "watched.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONFIG_MAX ((size_t)256 * 1024)
#define PEM_MAX	   ((size_t)1024 * 1024)

enum { FILE_CONFIG, FILE_CERT, FILE_KEY, FILE_CLIENT_CA, N_FILES };

struct web {
	const char *path;
	bool has_tls;
	pthread_mutex_t lock;
	struct web_state *state;
	/* Those of the last attempt to read, whatever became of it. */
	struct watched files[N_FILES];
};

static void fail(char *ret_error, const char *path, const char *what)
{
	snprintf(ret_error, WEB_ERROR_MAX, "%.256s: %s", path, what);
}

static int read_file(struct watched *file, size_t max, gnutls_datum_t *ret, char *ret_error)
{
	size_t len;
	char *text;
	int err = watched_read(file, max, &text, &len);

	if (err)
		fail(ret_error, file->path,
		     err == -EINVAL ? "is not a regular file" : strerror(-err));
	else
		*ret = (gnutls_datum_t){(unsigned char *)text, (unsigned int)len};
	return err;
}

static void forget(gnutls_datum_t *d)
{
	if (d->data)
		explicit_bzero(d->data, d->size);
	free(d->data);
}

/* The path of a file that the configuration names: relative to the configuration's own folder. */
static int join(const char *config, const char *name, struct watched *ret)
{
	const char *slash = strrchr(config, '/');
	const int dir = *name == '/' || !slash ? 0 : (int)(slash + 1 - config);
	const int n = snprintf(ret->path, sizeof(ret->path), "%.*s%s", dir, config, name);

	return n > 0 && (size_t)n < sizeof(ret->path) ? 0 : -ENAMETOOLONG;
}

/* One of the PEM texts: from the configuration or, if it names one, from a file. */
static int get_pem(struct web *web, int which, char *inside, const char *name, gnutls_datum_t *ret,
		   char *ret_error)
{
	struct watched *file = &web->files[which];

	file->path[0] = '\0';
	if (name) {
		if (join(web->path, name, file)) {
			file->path[0] = '\0';
			fail(ret_error, name, "the name is too long");
			return -EINVAL;
		}
		return read_file(file, PEM_MAX, ret, ret_error);
	}
	if (!inside)
		return 0;
	ret->data = (unsigned char *)strdup(inside);
	ret->size = (unsigned int)strlen(inside);
	if (ret->data)
		return 0;
	fail(ret_error, web->path, strerror(ENOMEM));
	return -ENOMEM;
}

static int load_tls(struct web *web, struct web_state *state, char *ret_error)
{
	struct web_tls *tls = &state->config.tls;
	struct tls_pem pem = {0};
	int err;

	err = get_pem(web, FILE_CERT, tls->cert, tls->cert_file, &pem.cert, ret_error);
	if (!err)
		err = get_pem(web, FILE_KEY, tls->key, tls->key_file, &pem.key, ret_error);
	if (!err)
		err = get_pem(web, FILE_CLIENT_CA, tls->client_ca, tls->client_ca_file,
			      &pem.client_ca, ret_error);
	if (!err) {
		char why[WEB_CONFIG_ERROR_MAX];

		state->tls = tls_server_new(tls, &pem, why);
		if (!state->tls) {
			fail(ret_error, web->path, why);
			err = -EINVAL;
		}
	}
	forget(&pem.cert);
	forget(&pem.key);
	forget(&pem.client_ca);
	return err;
}

static void free_state(struct web_state *state)
{
	if (!state)
		return;
	tls_server_free(state->tls);
	web_config_free(&state->config);
	free(state);
}

/* Read all files anew. With the lock. */
static struct web_state *load(struct web *web, char *ret_error)
{
	struct web_state *state = calloc(1, sizeof(*state));
	gnutls_datum_t text = {0};
	int err;

	if (!state) {
		fail(ret_error, web->path, strerror(ENOMEM));
		return NULL;
	}
	err = read_file(&web->files[FILE_CONFIG], CONFIG_MAX, &text, ret_error);
	if (!err) {
		char why[WEB_CONFIG_ERROR_MAX];
		unsigned int line;

		err = web_config_parse((const char *)text.data, text.size, &state->config, &line,
				       why);
		if (err && line)
			snprintf(ret_error, WEB_ERROR_MAX, "%.256s:%u: %s", web->path, line, why);
		else if (err)
			fail(ret_error, web->path, why);
	}
	if (!err && state->config.tls.on)
		err = load_tls(web, state, ret_error);
	forget(&text);
	if (!err) {
		state->refs = 1;
		return state;
	}
	free_state(state);
	return NULL;
}

struct web *web_open(const char *path, char *ret_error)
{
	struct web *web = calloc(1, sizeof(*web));

	if (!web || strlen(path) >= PATH_MAX) {
		fail(ret_error, path, strerror(web ? ENAMETOOLONG : ENOMEM));
		free(web);
		return NULL;
	}
	pthread_mutex_init(&web->lock, NULL);
	web->path = path;
	snprintf(web->files[FILE_CONFIG].path, PATH_MAX, "%s", path);
	web->state = load(web, ret_error);
	if (web->state) {
		web->has_tls = web->state->tls != NULL;
		return web;
	}
	web_close(web);
	return NULL;
}

void web_close(struct web *web)
{
	if (!web)
		return;
	free_state(web->state);
	pthread_mutex_destroy(&web->lock);
	free(web);
}

/* Read again if a file has changed. With the lock. */
static enum web_news refresh(struct web *web, char *ret_error)
{
	struct web_state *state;
	bool changed = false;

	for (size_t i = 0; i < N_FILES; i++)
		changed = changed || watched_changed(&web->files[i]);
	if (!changed)
		return WEB_SAME;
	state = load(web, ret_error);
	if (state && (state->tls != NULL) != web->has_tls) {
		free_state(state);
		state = NULL;
		fail(ret_error, web->path, "to switch TLS on or off takes a restart");
	}
	if (!state)
		return WEB_BROKEN;
	if (!--web->state->refs)
		free_state(web->state);
	web->state = state;
	return WEB_NEW;
}

struct web_state *web_get(struct web *web, enum web_news *ret_news, char *ret_error)
{
	struct web_state *state;

	pthread_mutex_lock(&web->lock);
	*ret_news = refresh(web, ret_error);
	state = web->state;
	state->refs++;
	pthread_mutex_unlock(&web->lock);
	return state;
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
		free_state(state);
}

bool web_has_tls(const struct web *web)
{
	return web->has_tls;
}
