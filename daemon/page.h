/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_H
#define PAGE_H

#include "strbuf.h"

/* The page's Content-Security-Policy: its own style, and nothing else. */
#define PAGE_POLICY                                                                                              \
	"default-src 'none'; style-src 'sha256-YYToCg7SFTZOpjBgWivydTJucSu2Idb7ZI/EgTdwYOI='; base-uri 'none'; " \
	"form-action 'none'; frame-ancestors 'none'"

/* Append the landing page, HTML, with links to what the exporter serves. */
void page_landing(const char *telemetry_path, const char *version, struct strbuf *out);

#endif
