/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What exporter-toolkit calls cipher suites and curves, in GnuTLS' words. Pure. */
#ifndef TLS_NAMES_H
#define TLS_NAMES_H

#include "web_config.h"

/*
 * The place of a name in its table, for web_tls.suites and .curves; -1 if it is not there. The
 * suites are those that Go takes for secure.
 */
int tls_suite(const char *name);
int tls_curve(const char *name);

/* NULL if GnuTLS can offer just these suites, else why not, for humans. */
const char *tls_suites_check(const struct web_tls *tls);

#define TLS_PRIORITY_MAX 1024

/* The priority string of GnuTLS for versions, suites and curves. ret: TLS_PRIORITY_MAX bytes. */
void tls_priority(const struct web_tls *tls, char *ret);

#endif
