// SPDX-License-Identifier: GPL-2.0-or-later
#include "clock.h"
#include "report_render.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define BAR	    30
#define BUSIEST_MAX 5

/* Seconds to the ms; of what is shorter, to the us. */
static void cell_seconds(struct report_doc *d, uint64_t cycles, uint64_t tsc_khz)
{
	double s = report_seconds(cycles, tsc_khz);

	if (!tsc_khz)
		report_doc_cell(d, "?");
	else if (!cycles)
		report_doc_cell(d, "0");
	else
		report_doc_cellf(d, s < 0.1 ? "%.6f" : "%.3f", s);
}

static void cell_u64(struct report_doc *d, uint64_t value)
{
	report_doc_cellf(d, "%" PRIu64, value);
}

static void cell_percent(struct report_doc *d, double part, double whole)
{
	if (whole > 0)
		report_doc_cellf(d, "%.1f %%", part / whole * 100);
	else
		report_doc_cell(d, "-");
}

static void cell_rate(struct report_doc *d, uint64_t exits, int64_t length)
{
	if (length > 0)
		report_doc_cellf(d, "%.1f", (double)exits * (double)NS_PER_S / (double)length);
	else
		report_doc_cell(d, "-");
}

static void cell_time(struct report_doc *d, const struct report_interval *v)
{
	report_doc_cellf(d, "%.1f to %.1f s", (double)v->begin / (double)NS_PER_S,
			 (double)(v->begin + v->length) / (double)NS_PER_S);
}

static void cell_top(struct report_doc *d, const struct report_interval *v)
{
	struct strbuf b = {0};

	if (v->top) {
		report_doc_foreign(d, &b, v->top);
		strbuf_puts(&b, " ");
		strbuf_u64(&b, v->top_exits);
	}
	strbuf_add(&b, "", 1);
	if (b.failed)
		d->out->failed = true;
	else
		report_doc_cell(d, b.text);
	strbuf_free(&b);
}

static void cell_bar(struct report_doc *d, double part, double whole)
{
	char bar[BAR + 1];
	int n = whole > 0 ? (int)(part / whole * BAR + 0.5) : 0;

	for (int i = 0; i < n && i < BAR; i++)
		bar[i] = '=';
	bar[n < BAR ? n : BAR] = '\0';
	report_doc_cell(d, bar);
}

/* The highest rate of all, those included that are not compared. */
static double highest(const struct report_stats *st)
{
	double most = 0;

	for (size_t i = 0; i < st->n_intervals; i++)
		if (st->intervals[i].rate > most)
			most = st->intervals[i].rate;
	return most;
}

void report_render_intervals(struct report_doc *d, const struct report_stats *st)
{
	const double most = highest(st);

	report_doc_table(d, "lrrll",
			 (const char *const[]){"interval", "exits", "per second", "", "mostly"});
	for (size_t i = 0; i < st->n_intervals; i++) {
		const struct report_interval *v = &st->intervals[i];

		cell_time(d, v);
		cell_u64(d, v->exits);
		cell_rate(d, v->exits, v->length);
		cell_bar(d, v->rate, most);
		cell_top(d, v);
	}
	report_doc_table_end(d);
}

/* The highest rate first; those that are too short to be compared last. */
static int by_rate(const void *a, const void *b)
{
	const struct report_interval *x = *(const struct report_interval *const *)a;
	const struct report_interval *y = *(const struct report_interval *const *)b;

	if (x->compared != y->compared)
		return x->compared ? -1 : 1;
	if (x->rate < y->rate || x->rate > y->rate)
		return x->rate < y->rate ? 1 : -1;
	return (x->begin > y->begin) - (x->begin < y->begin);
}

void report_render_busiest(struct report_doc *d, const struct report_stats *st)
{
	const struct report_interval **sorted =
		calloc(st->n_intervals + 1, sizeof(const struct report_interval *));

	if (!sorted) {
		d->out->failed = true;
		return;
	}
	for (size_t i = 0; i < st->n_intervals; i++)
		sorted[i] = &st->intervals[i];
	qsort(sorted, st->n_intervals, sizeof(const struct report_interval *), by_rate);
	report_doc_table(
		d, "lrrrl",
		(const char *const[]){"interval", "exits", "per second", "to mean", "mostly"});
	for (size_t i = 0; i < st->n_intervals && i < BUSIEST_MAX && sorted[i]->exits; i++) {
		cell_time(d, sorted[i]);
		cell_u64(d, sorted[i]->exits);
		cell_rate(d, sorted[i]->exits, sorted[i]->length);
		if (st->mean > 0)
			report_doc_cellf(d, "x %.2f", sorted[i]->rate / st->mean);
		else
			report_doc_cell(d, "-");
		cell_top(d, sorted[i]);
	}
	report_doc_table_end(d);
	free(sorted);
}

static void cells_of_count(struct report_doc *d, const struct report_count *c, uint64_t tsc_khz)
{
	for (int p = 0; p < PHASES; p++)
		cell_seconds(d, c->cycles[p], tsc_khz);
}

/* What one exit costs: kernel and user. */
static void cell_mean(struct report_doc *d, const struct report_count *c, uint64_t tsc_khz)
{
	if (c->exits && tsc_khz)
		report_doc_cellf(d, "%.1f",
				 report_seconds(report_cost(c), tsc_khz) * 1e6 / (double)c->exits);
	else
		report_doc_cell(d, "-");
}

void report_render_reasons(struct report_doc *d, const struct report_stats *st, bool boot)
{
	/* At a boot all is of the window. */
	report_doc_table(d, boot ? "lrrrrrrr" : "lrrrrrrrrr",
			 (const char *const[]){"reason", "exits", "share", "per second", "kernel s",
					       "user s", "blocked s", "us per exit",
					       "exits since start", "us per exit since"});
	for (size_t i = 0; i < st->n_reasons; i++) {
		const struct report_reason *r = &st->reasons[i];

		report_doc_cell_foreign(d, r->name);
		cell_u64(d, r->window.exits);
		cell_percent(d, (double)r->window.exits, (double)st->window.exits);
		cell_rate(d, r->window.exits, st->length);
		cells_of_count(d, &r->window, st->tsc_khz);
		cell_mean(d, &r->window, st->tsc_khz);
		if (boot)
			continue;
		cell_u64(d, r->total.exits);
		cell_mean(d, &r->total, st->tsc_khz);
	}
	report_doc_table_end(d);
}

static void row_phase(struct report_doc *d, const char *name, const struct report_stats *st,
		      uint64_t window, uint64_t total, double vcpu_seconds)
{
	report_doc_cell(d, name);
	cell_seconds(d, window, st->tsc_khz);
	cell_percent(d, report_seconds(window, st->tsc_khz), vcpu_seconds);
	cell_seconds(d, total, st->tsc_khz);
}

void report_render_phases(struct report_doc *d, const struct report_stats *st)
{
	static const char *const names[PHASES] = {"kernel: KVM at work", "user: the VMM at work",
						  "blocked: the guest had nothing to do"};
	const double vcpu_seconds = (double)st->length / (double)NS_PER_S * (double)st->vcpus;
	double rest = vcpu_seconds - report_seconds(st->window.paused, st->tsc_khz);

	report_doc_table(d, "lrrr",
			 (const char *const[]){"phase", "seconds", "of vCPU time", "since start"});
	for (int p = 0; p < PHASES; p++) {
		row_phase(d, names[p], st, st->window.cycles[p], st->total.cycles[p], vcpu_seconds);
		rest -= report_seconds(st->window.cycles[p], st->tsc_khz);
	}
	row_phase(d, "paused: outside KVM_RUN after a signal", st, st->window.paused,
		  st->total.paused, vcpu_seconds);
	report_doc_cell(d, "the rest: in the guest, or not started");
	report_doc_cellf(d, "%.3f", rest > 0 ? rest : 0);
	cell_percent(d, rest > 0 ? rest : 0, vcpu_seconds);
	report_doc_cell(d, "");
	report_doc_table_end(d);
}

void report_render_vcpus(struct report_doc *d, const struct report_stats *st)
{
	report_doc_table(d, "rrrrrrrrr",
			 (const char *const[]){"vCPU", "exits", "share", "per second", "kernel s",
					       "user s", "blocked s", "paused s",
					       "exits since start"});
	for (size_t i = 0; i < st->n_vcpu; i++) {
		const struct report_vcpu *v = &st->vcpu[i];

		cell_u64(d, v->id);
		cell_u64(d, v->window.exits);
		cell_percent(d, (double)v->window.exits, (double)st->window.exits);
		cell_rate(d, v->window.exits, st->length);
		cells_of_count(d, &v->window, st->tsc_khz);
		cell_seconds(d, v->window.paused, st->tsc_khz);
		cell_u64(d, v->total.exits);
	}
	report_doc_table_end(d);
}
