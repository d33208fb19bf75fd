// SPDX-License-Identifier: GPL-2.0-or-later
#include "web_config.h"

#include "bcrypt.h"
#include "web_config_tls.h"
#include "yaml_reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USERS_MAX 256

/* A configuration in the making. */
struct reading {
	struct web_config *c;
	struct web_tls_reading tls;
};

static bool unknown(struct yaml_reader *r, const char *where, const char *key, unsigned int line)
{
	return yaml_fail(r, line, "%s: unknown key %.64s", where, key);
}

static bool on_header(struct yaml_reader *r, void *ctx, const char *key, unsigned int line)
{
	/* Those that the toolkit lets be set; some with a fixed set of values. */
	static const struct {
		const char *name;
		const char *values[2];
	} known[] = {
		{"Content-Security-Policy", {NULL}},
		{"Strict-Transport-Security", {NULL}},
		{"X-Content-Type-Options", {"nosniff"}},
		{"X-Frame-Options", {"deny", "sameorigin"}},
		{"X-XSS-Protection", {NULL}},
	};
	struct web_config *c = ctx;
	const size_t n = sizeof(known) / sizeof(known[0]);
	size_t i = 0;
	char *text;

	while (i < n && strcmp(known[i].name, key) != 0)
		i++;
	if (i == n)
		return yaml_fail(r, line, "headers: %.64s cannot be set", key);
	line = r->line;
	if (!yaml_string(r, key, &text))
		return false;
	if (!text || !*text) {
		free(text);
		return true;
	}
	c->headers[c->n_headers++] = (struct web_header){known[i].name, text};
	if (known[i].values[0] && strcmp(text, known[i].values[0]) != 0 &&
	    (!known[i].values[1] || strcmp(text, known[i].values[1]) != 0))
		return yaml_fail(r, line, "%s: must be %s%s%s", key, known[i].values[0],
				 known[i].values[1] ? " or " : "",
				 known[i].values[1] ? known[i].values[1] : "");
	for (const char *p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == '\x7f')
			return yaml_fail(r, line, "%s: has a control character in it", key);
	return true;
}

static bool on_http_key(struct yaml_reader *r, void *ctx, const char *key, unsigned int line)
{
	struct reading *reading = ctx;
	bool http2; /* we have HTTP/1.1 only; who allows HTTP/2 allows that too */

	if (strcmp(key, "http2") == 0)
		return yaml_bool(r, key, &http2);
	if (strcmp(key, "headers") == 0)
		return yaml_mapping(r, key, on_header, reading->c);
	return unknown(r, "http_server_config", key, line);
}

static bool on_user(struct yaml_reader *r, void *ctx, const char *key, unsigned int line)
{
	struct web_config *c = ctx;
	struct web_user *more, *user;
	unsigned int cost;

	if (strchr(key, ':'))
		return yaml_fail(r, line, "basic_auth_users: a name cannot have a colon in it");
	if (c->n_users == USERS_MAX)
		return yaml_fail(r, line, "basic_auth_users: has too many users");
	more = reallocarray(c->users, c->n_users + 1, sizeof(*more));
	if (!more)
		return yaml_fail(r, 0, "out of memory");
	c->users = more;
	user = &more[c->n_users++];
	*user = (struct web_user){.name = strdup(key)};
	if (!user->name)
		return yaml_fail(r, 0, "out of memory");
	line = r->line;
	if (!yaml_string(r, "basic_auth_users", &user->hash))
		return false;
	cost = user->hash ? bcrypt_cost(user->hash) : 0;
	if (!cost)
		return yaml_fail(
			r, line,
			"basic_auth_users: the password of %.64s is no bcrypt hash ($2y$...)", key);
	if (cost > BCRYPT_COST_MAX)
		return yaml_fail(r, line,
				 "basic_auth_users: the hash of %.64s costs %u; at most %d", key,
				 cost, BCRYPT_COST_MAX);
	if (cost > c->max_cost)
		c->max_cost = cost;
	return true;
}

static bool on_top_key(struct yaml_reader *r, void *ctx, const char *key, unsigned int line)
{
	struct reading *reading = ctx;

	if (strcmp(key, "tls_server_config") == 0) {
		reading->tls.line = line;
		return yaml_mapping(r, key, web_tls_key, &reading->tls);
	}
	if (strcmp(key, "http_server_config") == 0)
		return yaml_mapping(r, key, on_http_key, reading);
	if (strcmp(key, "basic_auth_users") == 0)
		return yaml_mapping(r, key, on_user, reading->c);
	if (strcmp(key, "rate_limit") == 0)
		return yaml_fail(r, line,
				 "rate_limit is not supported; see --web.max-requests for a limit");
	return unknown(r, "the file", key, line);
}

int web_config_parse(const char *text, size_t len, struct web_config *ret, unsigned int *ret_line,
		     char *ret_error)
{
	struct reading reading = {.c = ret, .tls = {.tls = &ret->tls}};
	struct yaml_reader r;
	const char *error = NULL;

	*ret = (struct web_config){
		.tls = {.min = TLS_12, .max = TLS_13, .prefer_server = true},
	};
	*ret_line = 0;
	if (!yaml_read(&r, text, len, on_top_key, &reading)) {
		error = r.error;
		*ret_line = r.error_line;
		snprintf(ret_error, WEB_CONFIG_ERROR_MAX, "%s", error);
	} else if (ret->tls.on) {
		error = web_tls_check(&reading.tls, ret_line);
		if (error)
			snprintf(ret_error, WEB_CONFIG_ERROR_MAX, "tls_server_config: %s", error);
	}
	if (!error)
		return 0;
	web_config_free(ret);
	return strcmp(ret_error, "out of memory") == 0 ? -ENOMEM : -EINVAL;
}

static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

void web_config_free(struct web_config *c)
{
	free(c->tls.cert);
	free(c->tls.cert_file);
	wipe(c->tls.key);
	free(c->tls.key_file);
	free(c->tls.client_ca);
	free(c->tls.client_ca_file);
	for (size_t i = 0; i < c->tls.n_allowed_sans; i++)
		free(c->tls.allowed_sans[i]);
	free(c->tls.allowed_sans);
	for (size_t i = 0; i < c->n_headers; i++)
		free(c->headers[i].value);
	for (size_t i = 0; i < c->n_users; i++) {
		free(c->users[i].name);
		wipe(c->users[i].hash);
	}
	free(c->users);
	*c = (struct web_config){0};
}
