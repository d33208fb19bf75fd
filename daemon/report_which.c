// SPDX-License-Identifier: GPL-2.0-or-later
#include "report_render.h"

#include <inttypes.h>
#include <stdlib.h>

#define MOST_MAX  5
#define LEAST_MAX 3

static bool occurred(const struct report_reason *r, bool total)
{
	return total ? r->total.exits : r->window.exits;
}

/* "CPUID 20000 (40.1 %), ..." of what occurred: count of them from where, forwards or backwards. */
static void put_reasons(struct report_doc *d, const char *what, const struct report_reason **sorted,
			size_t n, size_t max, bool backwards, bool total, uint64_t all)
{
	struct strbuf line = {0};

	strbuf_puts(&line, what);
	for (size_t i = 0; i < n && i < max; i++) {
		const struct report_reason *r = sorted[backwards ? n - 1 - i : i];
		uint64_t exits = total ? r->total.exits : r->window.exits;

		strbuf_puts(&line, i ? ", " : " ");
		report_doc_foreign(d, &line, r->name);
		strbuf_printf(&line, " %" PRIu64 " (%.3g %%)", exits,
			      all ? (double)exits / (double)all * 100 : 0);
	}
	strbuf_puts(&line, n ? "." : " none.");
	report_render_line(d, &line);
}

static void put_frequent(struct report_doc *d, const struct report_stats *st,
			 const struct report_reason **sorted, bool total)
{
	const uint64_t all = total ? st->total.exits : st->window.exits;
	size_t n = st->n_reasons;

	qsort(sorted, n, sizeof(const struct report_reason *),
	      total ? report_by_total : report_by_window);
	while (n && !occurred(sorted[n - 1], total))
		n--;
	put_reasons(d, total ? "Most frequent since the VM's start:" : "Most frequent:", sorted, n,
		    MOST_MAX, false, total, all);
	put_reasons(d, total ? "Least frequent since the VM's start:" : "Least frequent:", sorted,
		    n, LEAST_MAX, true, total, all);
}

/* The reasons that cost most in all, and the one of which an exit costs most. */
static void put_dearest(struct report_doc *d, const struct report_stats *st,
			const struct report_reason **sorted)
{
	const double all = (double)report_cost(&st->window);
	const struct report_reason *longest = NULL;
	struct strbuf line = {0};
	double mean = 0;

	qsort(sorted, st->n_reasons, sizeof(const struct report_reason *), report_by_cost);
	strbuf_puts(&line, "Most expensive, in KVM and the VMM:");
	for (size_t i = 0; i < st->n_reasons; i++) {
		const struct report_count *c = &sorted[i]->window;
		double cost = (double)report_cost(c), seconds;

		if (cost > 0 && c->exits && cost / (double)c->exits > mean) {
			mean = cost / (double)c->exits;
			longest = sorted[i];
		}
		if (i >= MOST_MAX || !(cost > 0))
			continue;
		seconds = report_seconds((uint64_t)cost, st->tsc_khz);
		strbuf_puts(&line, i ? ", " : " ");
		report_doc_foreign(d, &line, sorted[i]->name);
		strbuf_printf(&line, seconds < 0.1 ? " %.6f s (%.3g %%)" : " %.3f s (%.3g %%)",
			      seconds, cost / all * 100);
	}
	strbuf_puts(&line, longest ? "." : " none.");
	report_render_line(d, &line);
	if (!longest)
		return;
	strbuf_puts(&line, "Most expensive for each exit: ");
	report_doc_foreign(d, &line, longest->name);
	strbuf_printf(&line, ", %.1f us.", mean / ((double)st->tsc_khz / 1000));
	report_render_line(d, &line);
}

void report_render_which(struct report_doc *d, const struct report_series *r,
			 const struct report_stats *st)
{
	const struct report_reason **sorted =
		calloc(st->n_reasons + 1, sizeof(const struct report_reason *));

	report_render_heading(d, "Which reasons?");
	if (!sorted) {
		d->out->failed = true;
		return;
	}
	for (size_t i = 0; i < st->n_reasons; i++)
		sorted[i] = &st->reasons[i];
	put_frequent(d, st, sorted, false);
	if (!r->boot)
		put_frequent(d, st, sorted, true);
	if (st->tsc_khz)
		put_dearest(d, st, sorted);
	free(sorted);
	report_render_reasons(d, st, r->boot);
}
