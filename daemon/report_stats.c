// SPDX-License-Identifier: GPL-2.0-or-later
#include "report_stats.h"

#include "clock.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What never goes back, but for a TSC that did. */
static uint64_t minus(uint64_t after, uint64_t before)
{
	return after > before ? after - before : 0;
}

static struct report_count subtract(struct report_count after, const struct report_count *before)
{
	after.exits = minus(after.exits, before->exits);
	after.paused = minus(after.paused, before->paused);
	for (int p = 0; p < PHASES; p++)
		after.cycles[p] = minus(after.cycles[p], before->cycles[p]);
	return after;
}

static struct report_count count_of_reason(const struct exit_reason *r)
{
	struct report_count c = {.exits = r->count};

	memcpy(c.cycles, r->cycles, sizeof(c.cycles));
	return c;
}

static struct report_count count_of_stats(const struct exit_stats *st)
{
	struct report_count c = {.exits = st->exits, .paused = st->paused};

	memcpy(c.cycles, st->cycles, sizeof(c.cycles));
	return c;
}

struct report_count report_between(const struct exit_stats *before,
				   const struct exit_reason *reason)
{
	struct report_count after = count_of_reason(reason);

	for (size_t i = 0; before && i < before->n_reasons; i++) {
		const struct exit_reason *r = &before->reasons[i];

		if (r->code == reason->code) {
			struct report_count c = count_of_reason(r);

			return subtract(after, &c);
		}
	}
	return after;
}

uint64_t report_cost(const struct report_count *c)
{
	return c->cycles[PHASE_KERNEL] + c->cycles[PHASE_USER];
}

double report_seconds(uint64_t cycles, uint64_t tsc_khz)
{
	return tsc_khz ? (double)cycles / ((double)tsc_khz * 1000) : 0;
}

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int report_by_window(const void *a, const void *b)
{
	const struct report_reason *x = *(const struct report_reason *const *)a;
	const struct report_reason *y = *(const struct report_reason *const *)b;
	int c = compare(y->window.exits, x->window.exits);

	return c ? c : report_by_total(a, b);
}

int report_by_total(const void *a, const void *b)
{
	const struct report_reason *x = *(const struct report_reason *const *)a;
	const struct report_reason *y = *(const struct report_reason *const *)b;
	int c = compare(y->total.exits, x->total.exits);

	return c ? c : compare(x->code, y->code);
}

int report_by_cost(const void *a, const void *b)
{
	const struct report_reason *x = *(const struct report_reason *const *)a;
	const struct report_reason *y = *(const struct report_reason *const *)b;
	int c = compare(report_cost(&y->window), report_cost(&x->window));

	return c ? c : report_by_window(a, b);
}

static int compare_reasons(const void *a, const void *b)
{
	const struct report_reason *x = a, *y = b;

	return report_by_window(&x, &y);
}

static int make_reasons(struct report_stats *st, const struct report_point *first,
			const struct report_point *last)
{
	st->reasons = calloc(last->stats.n_reasons + 1, sizeof(*st->reasons));
	if (!st->reasons)
		return -ENOMEM;
	for (size_t i = 0; i < last->stats.n_reasons; i++) {
		const struct exit_reason *r = &last->stats.reasons[i];

		st->reasons[st->n_reasons++] = (struct report_reason){
			.code = r->code,
			.name = r->name,
			.window = report_between(&first->stats, r),
			.total = count_of_reason(r),
		};
	}
	qsort(st->reasons, st->n_reasons, sizeof(*st->reasons), compare_reasons);
	return 0;
}

static int make_vcpus(struct report_stats *st, const struct report_point *first,
		      const struct report_point *last)
{
	st->vcpu = calloc(last->n_vcpus + 1, sizeof(*st->vcpu));
	if (!st->vcpu)
		return -ENOMEM;
	for (size_t i = 0, j = 0; i < last->n_vcpus; i++) {
		const struct vcpu *v = &last->vcpus[i];
		struct report_count total = count_of_stats(&v->stats), before = {0};

		while (j < first->n_vcpus && first->vcpus[j].id < v->id)
			j++;
		if (j < first->n_vcpus && first->vcpus[j].id == v->id)
			before = count_of_stats(&first->vcpus[j].stats);
		st->vcpu[st->n_vcpu++] =
			(struct report_vcpu){v->id, subtract(total, &before), total};
	}
	return 0;
}

static struct report_interval make_interval(const struct report_series *r, size_t end)
{
	const struct report_point *a = &r->points[end - 1], *b = &r->points[end];
	struct report_interval v = {
		.begin = a->at - r->points[0].at,
		.length = b->at - a->at,
		.exits = minus(b->stats.exits, a->stats.exits),
	};

	if (v.length > 0)
		v.rate = (double)v.exits * (double)NS_PER_S / (double)v.length;
	/* The last one may be short: that is chance, and says little. */
	v.compared = v.length > 0 && v.length >= r->every / 2;
	for (size_t i = 0; i < b->stats.n_reasons; i++) {
		uint64_t exits = report_between(&a->stats, &b->stats.reasons[i]).exits;

		if (exits > v.top_exits) {
			v.top = b->stats.reasons[i].name;
			v.top_exits = exits;
		}
	}
	return v;
}

static enum report_verdict judge(const struct report_stats *st)
{
	if (st->n_compared && !st->window.exits)
		return VERDICT_NONE;
	if (st->n_compared < REPORT_COMPARED_MIN)
		return VERDICT_TOO_FEW;
	if (!(st->mean > 0))
		return VERDICT_BURSTY;
	if (st->variation <= REPORT_STABLE_PERCENT)
		return VERDICT_STABLE;
	return st->variation <= REPORT_VARYING_PERCENT ? VERDICT_VARYING : VERDICT_BURSTY;
}

static void compare_rates(struct report_stats *st)
{
	double sum = 0, squares = 0;

	for (size_t i = 0; i < st->n_intervals; i++) {
		const struct report_interval *v = &st->intervals[i];

		if (!v->compared)
			continue;
		sum += v->rate;
		st->least = st->n_compared ? fmin(st->least, v->rate) : v->rate;
		st->most = fmax(st->most, v->rate);
		st->n_compared++;
	}
	if (st->n_compared)
		st->mean = sum / (double)st->n_compared;
	for (size_t i = 0; i < st->n_intervals; i++) {
		const struct report_interval *v = &st->intervals[i];

		if (v->compared)
			squares += (v->rate - st->mean) * (v->rate - st->mean);
	}
	if (st->n_compared > 1)
		st->deviation = sqrt(squares / (double)(st->n_compared - 1));
	if (st->mean > 0)
		st->variation = st->deviation / st->mean * 100;
	st->verdict = judge(st);
}

static int make_intervals(const struct report_series *r, struct report_stats *st)
{
	st->intervals = calloc(r->n + 1, sizeof(*st->intervals));
	if (!st->intervals)
		return -ENOMEM;
	for (size_t i = 1; i < r->n; i++)
		st->intervals[st->n_intervals++] = make_interval(r, i);
	compare_rates(st);
	return 0;
}

int report_stats_make(const struct report_series *r, struct report_stats *ret)
{
	const struct report_point *first = &r->points[0], *last = &r->points[r->n - 1];
	struct report_count before = count_of_stats(&first->stats);
	struct report_stats st = {
		.tsc_khz = last->stats.tsc_khz,
		.vcpus = last->stats.vcpus,
		.length = last->at - first->at,
		.total = count_of_stats(&last->stats),
		.dropped = minus(last->stats.dropped, first->stats.dropped),
	};
	int err;

	st.window = subtract(st.total, &before);
	for (size_t i = 0; i < r->n; i++)
		st.off += !r->points[i].stats.on;
	err = make_reasons(&st, first, last);
	if (!err)
		err = make_vcpus(&st, first, last);
	if (!err)
		err = make_intervals(r, &st);
	if (err)
		report_stats_clear(&st);
	else
		*ret = st;
	return err;
}

void report_stats_clear(struct report_stats *st)
{
	free(st->reasons);
	free(st->vcpu);
	free(st->intervals);
	*st = (struct report_stats){0};
}
