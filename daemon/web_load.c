// SPDX-License-Identifier: GPL-2.0-or-later
#include "web_load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONFIG_MAX ((size_t)256 * 1024)
#define PEM_MAX	   ((size_t)1024 * 1024)

void web_fail(char *ret_error, const char *path, const char *what)
{
	snprintf(ret_error, WEB_ERROR_MAX, "%.256s: %s", path, what);
}

static int read_file(struct watched *file, size_t max, gnutls_datum_t *ret, char *ret_error)
{
	size_t len;
	char *text;
	int err = watched_read(file, max, &text, &len);

	if (err)
		web_fail(ret_error, file->path,
			 err == -EINVAL	  ? "is not a regular file"
			 : err == -EAGAIN ? "changes while it is read"
					  : strerror(-err));
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
static int get_pem(const char *config, struct watched *file, char *inside, const char *name,
		   gnutls_datum_t *ret, char *ret_error)
{
	file->path[0] = '\0';
	if (name) {
		if (join(config, name, file)) {
			file->path[0] = '\0';
			web_fail(ret_error, name, "the name is too long");
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
	web_fail(ret_error, config, strerror(ENOMEM));
	return -ENOMEM;
}

static int load_tls(const char *path, struct watched *files, struct web_state *state,
		    char *ret_error)
{
	struct web_tls *tls = &state->config.tls;
	struct tls_pem pem = {0};
	int err;

	err = get_pem(path, &files[WEB_FILE_CERT], tls->cert, tls->cert_file, &pem.cert, ret_error);
	if (!err)
		err = get_pem(path, &files[WEB_FILE_KEY], tls->key, tls->key_file, &pem.key,
			      ret_error);
	if (!err)
		err = get_pem(path, &files[WEB_FILE_CLIENT_CA], tls->client_ca, tls->client_ca_file,
			      &pem.client_ca, ret_error);
	if (!err) {
		char why[WEB_CONFIG_ERROR_MAX];

		state->tls = tls_server_new(tls, &pem, why);
		if (!state->tls) {
			web_fail(ret_error, path, why);
			err = -EINVAL;
		}
	}
	forget(&pem.cert);
	forget(&pem.key);
	forget(&pem.client_ca);
	return err;
}

void web_state_free(struct web_state *state)
{
	if (!state)
		return;
	tls_server_free(state->tls);
	web_config_free(&state->config);
	free(state);
}

int web_load(const char *path, struct watched *files, struct web_state **ret, char *ret_error)
{
	struct web_state *state = calloc(1, sizeof(*state));
	gnutls_datum_t text = {0};
	int err;

	if (!state) {
		web_fail(ret_error, path, strerror(ENOMEM));
		return -ENOMEM;
	}
	err = read_file(&files[WEB_FILE_CONFIG], CONFIG_MAX, &text, ret_error);
	if (!err) {
		char why[WEB_CONFIG_ERROR_MAX];
		unsigned int line;

		err = web_config_parse((const char *)text.data, text.size, &state->config, &line,
				       why);
		if (err && line)
			snprintf(ret_error, WEB_ERROR_MAX, "%.256s:%u: %s", path, line, why);
		else if (err)
			web_fail(ret_error, path, why);
	}
	if (!err && state->config.tls.on)
		err = load_tls(path, files, state, ret_error);
	forget(&text);
	if (err) {
		web_state_free(state);
		return err;
	}
	state->refs = 1;
	*ret = state;
	return 0;
}
