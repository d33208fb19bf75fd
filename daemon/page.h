/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The live page at /: files that are made of daemon/page at build time, and are part of the
 * program. */
#ifndef PAGE_H
#define PAGE_H

#include "strbuf.h"

/* The page's Content-Security-Policy: its own script, style, icon and data, and nothing else. */
#define PAGE_POLICY                                                                     \
	"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " \
	"img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

struct page_file {
	const char *path; /* in a URL */
	const char *type; /* Content-Type */
	const char *text, *end;
	/* The same as gzip -9 has it; NULL: the page itself, which is yet to be filled in. */
	const char *packed, *packed_end;
};

/* The file with this path, NULL if there is none. */
const struct page_file *page_find(const char *path);

/* Append the page itself, with the link to the metrics and the version filled in. */
void page_fill(const struct page_file *page, const char *telemetry_path, const char *version,
	       struct strbuf *out);

#define PAGE_TAG_MAX 32
/* An entity tag for a text, with its quotes: PAGE_TAG_MAX bytes. */
void page_tag(const char *text, size_t len, char *ret);

#endif
