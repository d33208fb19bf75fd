/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pieces of Prometheus' text format, and the exporter's metrics about itself in it. Pure. */
#ifndef RENDER_SELF_H
#define RENDER_SELF_H

#include "snapshot.h"
#include "strbuf.h"

/* Append value as the inside of a label's quotes. */
void prometheus_escape(struct strbuf *out, const char *value);
/* Append name="value"; NULL is empty. */
void prometheus_label(struct strbuf *out, const char *name, const char *value);
/* Append the lines HELP and TYPE of a family. */
void prometheus_head(struct strbuf *out, const char *name, const char *type, const char *help);

/* Append the metrics about the scrape and the process. */
void render_self(const struct snapshot *s, const char *version, struct strbuf *out);

#endif
