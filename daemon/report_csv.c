// SPDX-License-Identifier: GPL-2.0-or-later
#include "clock.h"
#include "report_render.h"

#include <inttypes.h>
#include <string.h>

#define NEWLINE "\r\n"

static const char header[] =
	"time,elapsed_seconds,interval_seconds,vm,pid,code,reason,exits,kernel_seconds,user_seconds,"
	"blocked_seconds,paused_seconds,exits_total,kernel_seconds_total,user_seconds_total,"
	"blocked_seconds_total,paused_seconds_total" NEWLINE;

/*
 * Foreign text, always in quotes. Spreadsheets run what begins like a formula, in quotes or not: an
 * apostrophe keeps them from it (OWASP, "CSV injection"). Line ends and tabs are text; other
 * control characters would only act on a terminal.
 */
static void put_foreign(struct strbuf *out, const char *text)
{
	strbuf_puts(out, "\"");
	if (*text && strchr("=+-@\t\r\n", *text))
		strbuf_puts(out, "'");
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"')
			strbuf_puts(out, "\"\"");
		else if ((c < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 0x7F)
			strbuf_puts(out, "?");
		else
			strbuf_add(out, text, 1);
	}
	strbuf_puts(out, "\"");
}

static void put_cycles(struct strbuf *out, uint64_t cycles, uint64_t tsc_khz)
{
	strbuf_puts(out, ",");
	if (tsc_khz)
		strbuf_ratio(out, cycles, tsc_khz * 1000);
}

static void put_seconds(struct strbuf *out, int64_t ns)
{
	strbuf_ratio(out, ns > 0 ? (uint64_t)ns : 0, NS_PER_S);
}

/* What all lines of an interval begin with. */
static void put_begin(const struct report_series *r, size_t i, const char *label,
		      struct strbuf *out)
{
	const int64_t elapsed = r->points[i].at - r->points[0].at;
	char moment[REPORT_MOMENT_MAX];

	strbuf_puts(out, report_moment(r->wall + elapsed, moment));
	strbuf_puts(out, ",");
	put_seconds(out, elapsed);
	strbuf_puts(out, ",");
	put_seconds(out, r->points[i].at - r->points[i - 1].at);
	strbuf_puts(out, ",");
	put_foreign(out, label);
	strbuf_puts(out, ",");
	strbuf_u64(out, r->vm.pid);
}

static void put_reason(const struct exit_stats *before, const struct exit_stats *after,
		       const struct exit_reason *reason, struct strbuf *out)
{
	const struct report_count c = report_between(before, reason);

	strbuf_puts(out, ",");
	if (reason->code != REASON_NO_CODE)
		strbuf_u64(out, reason->code);
	strbuf_puts(out, ",");
	put_foreign(out, reason->name);
	strbuf_puts(out, ",");
	strbuf_u64(out, c.exits);
	for (int p = 0; p < PHASES; p++)
		put_cycles(out, c.cycles[p], after->tsc_khz);
	strbuf_puts(out, ",,");
	strbuf_u64(out, reason->count);
	for (int p = 0; p < PHASES; p++)
		put_cycles(out, reason->cycles[p], after->tsc_khz);
	strbuf_puts(out, "," NEWLINE);
}

static void put_paused(const struct exit_stats *before, const struct exit_stats *after,
		       struct strbuf *out)
{
	strbuf_puts(out, ",,,,,,");
	put_cycles(out, after->paused > before->paused ? after->paused - before->paused : 0,
		   after->tsc_khz);
	strbuf_puts(out, ",,,,");
	put_cycles(out, after->paused, after->tsc_khz);
	strbuf_puts(out, NEWLINE);
}

static void put_total(const struct exit_stats *before, const struct exit_stats *after,
		      struct strbuf *out)
{
	strbuf_puts(out, ",,,");
	strbuf_u64(out, after->exits - before->exits);
	strbuf_puts(out, ",,,,,");
	strbuf_u64(out, after->exits);
	strbuf_puts(out, ",,,," NEWLINE);
}

static void put_interval(const struct report_series *r, size_t i, const char *label,
			 struct strbuf *out)
{
	const struct exit_stats *before = &r->points[i - 1].stats, *after = &r->points[i].stats;

	if (r->totals_only) {
		put_begin(r, i, label, out);
		put_total(before, after, out);
		return;
	}
	for (size_t j = 0; j < after->n_reasons; j++) {
		put_begin(r, i, label, out);
		put_reason(before, after, &after->reasons[j], out);
	}
	if (after->paused) {
		put_begin(r, i, label, out);
		put_paused(before, after, out);
	}
}

void report_render_csv(const struct report_series *r, struct strbuf *out)
{
	struct strbuf label = {0};

	report_put_label(&r->vm, &label);
	strbuf_add(&label, "", 1);
	strbuf_puts(out, header);
	for (size_t i = 1; i < r->n && !label.failed; i++)
		put_interval(r, i, label.text, out);
	out->failed = out->failed || label.failed;
	strbuf_free(&label);
}
