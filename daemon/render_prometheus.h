/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A snapshot as Prometheus' text format 0.0.4, or as OpenMetrics 1.0.0. Pure. */
#ifndef RENDER_PROMETHEUS_H
#define RENDER_PROMETHEUS_H

#include "snapshot.h"
#include "strbuf.h"

#define PROMETHEUS_CONTENT_TYPE	 "text/plain; version=0.0.4; charset=utf-8"
#define OPENMETRICS_CONTENT_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"
/* Some clients still ask for this version. It is the same text. */
#define OPENMETRICS_0_0_1_CONTENT_TYPE "application/openmetrics-text; version=0.0.1; charset=utf-8"

/* Status codes: those that http_reply.c answers with. The last is for one that it has and we not.
 */
#define SERVED_CODES                                           \
	{                                                      \
		200, 300, 304, 401, 404, 405, 413, 500, 503, 0 \
	}
#define SERVED_CODES_N 10

/* What the server has done up to now. */
struct served {
	uint64_t answers[SERVED_CODES_N]; /* by status code */
	uint64_t timeouts;		  /* scrapes that were answered without counters */
	uint64_t sent_away;		  /* connections that were closed on slow clients */
	size_t in_flight;		  /* requests that take part in a scrape */
};

struct render_want {
	const char *version; /* of the exporter */
	bool vcpus;	     /* series for each vCPU too, where the snapshot has them */
	bool openmetrics;
	const struct served *served; /* NULL: no server */
};

/* Append s to out. */
void render_metrics(const struct snapshot *s, const struct render_want *want, struct strbuf *out);

/* The same as text 0.0.4 without a server. */
void render_prometheus(const struct snapshot *s, const char *version, bool vcpus,
		       struct strbuf *out);

#endif
