/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part tls_server_config of the file of --web.config.file. */
#ifndef WEB_CONFIG_TLS_H
#define WEB_CONFIG_TLS_H

#include "web_config.h"
#include "yaml_reader.h"

struct web_tls_reading {
	struct web_tls *tls;
	unsigned int line, suites_line, sans_line; /* of the keys; 0: not there */
};

/* A key of it, for yaml_mapping() with a struct web_tls_reading. */
yaml_key_fn web_tls_key;

/* NULL, or what does not fit together, with the line to blame, for humans. */
const char *web_tls_check(const struct web_tls_reading *reading, unsigned int *ret_line);

#endif
