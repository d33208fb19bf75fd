/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pieces of Prometheus' text format and of OpenMetrics, and the exporter's metrics about itself.
 * Pure.
 */
#ifndef RENDER_SELF_H
#define RENDER_SELF_H

#include "render_prometheus.h"

/* Append value as the inside of a label's quotes. */
void prometheus_escape(struct strbuf *out, const char *value);
/* Append name="value"; NULL is empty. */
void prometheus_label(struct strbuf *out, const char *name, const char *value);
/*
 * Append the lines that describe a family. name and type are those of the text format, where
 * name is that of the samples; openmetrics: as OpenMetrics has them.
 */
void prometheus_head(struct strbuf *out, bool openmetrics, const char *name, const char *type,
		     const char *help);

/* Append the metrics about the scrape, the server and the process. */
void render_self(const struct snapshot *s, const struct render_want *want, struct strbuf *out);

#endif
