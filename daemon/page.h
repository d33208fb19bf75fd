/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_H
#define PAGE_H

#include "strbuf.h"

/* Append the landing page, HTML, with links to what the exporter serves. */
void page_landing(const char *telemetry_path, const char *version, struct strbuf *out);

#endif
