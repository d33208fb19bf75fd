/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file of --web.config.file: YAML, in the format of Prometheus' exporter-toolkit
 * (docs/web-configuration.md there). Only what the text says; no other file is looked at.
 */
#ifndef WEB_CONFIG_H
#define WEB_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#define WEB_CONFIG_ERROR_MAX 320
#define WEB_HEADERS_MAX	     8
#define WEB_SUITES_MAX	     16
#define WEB_CURVES_MAX	     4

enum client_auth {
	CLIENT_NONE,
	CLIENT_REQUEST,		/* asked for, and not looked at */
	CLIENT_REQUIRE_ANY,	/* must be there, and is not looked at */
	CLIENT_VERIFY_IF_GIVEN, /* may be missing */
	CLIENT_REQUIRE_AND_VERIFY,
};

/* The versions of TLS that there are here. */
enum tls_version { TLS_12, TLS_13 };

struct web_tls {
	bool on;
	/* Of each two, one is set. File names are relative to the folder of the configuration. */
	char *cert, *cert_file; /* PEM: the server's, and those above it */
	char *key, *key_file;
	char *client_ca, *client_ca_file; /* neither: no client is trusted */
	enum client_auth client_auth;
	char **allowed_sans; /* none: any */
	size_t n_allowed_sans;
	enum tls_version min, max;
	bool prefer_server;
	/* In order; none: the default. Each is a place in a table of tls_names.h. */
	unsigned char suites[WEB_SUITES_MAX], curves[WEB_CURVES_MAX];
	size_t n_suites, n_curves;
};

struct web_header {
	const char *name; /* static */
	char *value;
};

struct web_user {
	char *name;
	char *hash; /* bcrypt's */
};

struct web_config {
	struct web_tls tls;
	struct web_header headers[WEB_HEADERS_MAX];
	size_t n_headers;
	struct web_user *users; /* none: everybody may come in */
	size_t n_users;
	unsigned int max_cost; /* the greatest of the users' */
};

/*
 * Read text. What it says is complete, and consistent in itself. 0, -EINVAL or -ENOMEM; then
 * *ret_line is the line that is wrong (0: none in particular) and ret_error, WEB_CONFIG_ERROR_MAX
 * bytes, says why, without a secret in it. The caller frees *ret after success.
 */
int web_config_parse(const char *text, size_t len, struct web_config *ret, unsigned int *ret_line,
		     char *ret_error);

/* Free what is in it, wiping secrets. */
void web_config_free(struct web_config *c);

#endif
