/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A report as text. Pure: they append to out, which tells of failure. */
#ifndef REPORT_RENDER_H
#define REPORT_RENDER_H

#include "report_doc.h"
#include "report_stats.h"
#include "strbuf.h"

/* For people: on a terminal, or as Markdown. */
void report_render(const struct report_series *r, const struct report_stats *st,
		   enum report_style style, struct strbuf *out);

/*
 * For spreadsheets, as in RFC 4180: a line for each interval and reason that has occurred since the
 * VM's start, with what it did in this interval and since the start. exits_total and exits are
 * exact. Where there are no reasons (source stock), a line for each interval. What vCPUs were
 * paused has a line without code and reason. A name that a spreadsheet would take for a formula has
 * an apostrophe before it.
 */
void report_render_csv(const struct report_series *r, struct strbuf *out);

/* The parts, for report_render(). */
void report_render_heading(struct report_doc *d, const char *text);
/* A line that was put together; frees it. */
void report_render_line(struct report_doc *d, struct strbuf *line);
void report_render_which(struct report_doc *d, const struct report_series *r,
			 const struct report_stats *st);
void report_render_intervals(struct report_doc *d, const struct report_stats *st);
void report_render_busiest(struct report_doc *d, const struct report_stats *st);
void report_render_reasons(struct report_doc *d, const struct report_stats *st, bool boot);
void report_render_phases(struct report_doc *d, const struct report_stats *st);
void report_render_vcpus(struct report_doc *d, const struct report_stats *st);

/* What the VM is called: its name, or its pid; as the label vm of the metrics. */
void report_put_label(const struct vm *vm, struct strbuf *out);

/* A moment, given in ns since the epoch, as 2026-11-21T17:51:29.000Z, in ret of 32 bytes. */
#define REPORT_MOMENT_MAX 32
const char *report_moment(int64_t ns, char *ret);

#endif
