// SPDX-License-Identifier: GPL-2.0-or-later
#include "report_render.h"

#include "clock.h"
#include "duration.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* More intervals are not listed. */
#define LISTED_MAX 60

const char *report_moment(int64_t ns, char *ret)
{
	const time_t seconds = (time_t)(ns / NS_PER_S);
	struct tm tm;
	size_t len;

	gmtime_r(&seconds, &tm);
	len = strftime(ret, REPORT_MOMENT_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(ret + len, REPORT_MOMENT_MAX - len, ".%03dZ", (int)(ns % NS_PER_S / NS_PER_MS));
	return ret;
}

void report_put_label(const struct vm *vm, struct strbuf *out)
{
	if (vm->id.name && *vm->id.name)
		strbuf_puts(out, vm->id.name);
	else
		strbuf_u64(out, vm->pid);
	if (vm->sibling) {
		strbuf_puts(out, "/");
		strbuf_u64(out, vm->fd);
	}
}

void report_render_line(struct report_doc *d, struct strbuf *line)
{
	d->out->failed = d->out->failed || line->failed;
	if (!line->failed)
		report_doc_line(d, line->text, line->len);
	strbuf_free(line);
}

static void put_title(struct report_doc *d, const struct report_series *r)
{
	struct strbuf label = {0}, title = {0};

	report_put_label(&r->vm, &label);
	strbuf_add(&label, "", 1);
	strbuf_puts(&title, r->boot ? "Boot of VM " : "VM ");
	if (!label.failed)
		report_doc_foreign(d, &title, label.text);
	d->out->failed = d->out->failed || label.failed || title.failed;
	if (!title.failed)
		report_doc_heading(d, 1, title.text, title.len);
	strbuf_free(&label);
	strbuf_free(&title);
}

static void put_who(struct report_doc *d, const struct report_series *r,
		    const struct report_stats *st)
{
	const char *isa = r->points[r->n - 1].stats.isa;
	struct strbuf line = {0};

	strbuf_printf(&line, "pid %" PRIu32 ", fd %" PRIu32, r->vm.pid, r->vm.fd);
	if (r->vm.id.vmm) {
		strbuf_puts(&line, ", ");
		report_doc_foreign(d, &line, r->vm.id.vmm);
	}
	if (r->vm.id.uuid) {
		strbuf_puts(&line, ", uuid ");
		report_doc_foreign(d, &line, r->vm.id.uuid);
	}
	if (*isa) {
		strbuf_puts(&line, ", ");
		report_doc_foreign(d, &line, isa);
	}
	strbuf_printf(&line, ", %" PRIu64 " vCPU%s", st->vcpus, st->vcpus == 1 ? "" : "s");
	report_render_line(d, &line);
}

static void put_when(struct report_doc *d, const struct report_series *r,
		     const struct report_stats *st)
{
	char moment[REPORT_MOMENT_MAX], every[DURATION_TEXT_MAX];
	struct strbuf line = {0};

	strbuf_printf(&line, "%s, and %.1f s from there, read every %s: %zu interval%s",
		      report_moment(r->wall, moment), (double)st->length / (double)NS_PER_S,
		      duration_format(r->every, every), st->n_intervals,
		      st->n_intervals == 1 ? "" : "s");
	if (r->age > 0)
		strbuf_printf(&line, "; at its end the VM's process is %.1f s old", r->age);
	report_render_line(d, &line);
}

static void note(struct report_doc *d, const char *text)
{
	report_doc_line(d, text, strlen(text));
}

/* Whatever makes these numbers less than they seem. */
static void put_notes(struct report_doc *d, const struct report_series *r,
		      const struct report_stats *st)
{
	struct strbuf line = {0};

	if (r->end == REPORT_VM_ENDED)
		note(d, "NOTE: the VM ended. What it did after it was last read is not in here.");
	if (r->end == REPORT_INTERRUPTED)
		note(d, "NOTE: the report was ended by a signal, before its time.");
	if (r->boot)
		note(d, "It begins where the VM was last seen without an exit, a tenth of a second "
			"before it was seen with one at most.");
	if (r->totals_only) {
		note(d, "NOTE: this kernel's KVM has no exit statistics (source stock): there are "
			"totals, but no reasons and no times. See README, Install.");
	} else if (st->off == r->n) {
		note(d, "NOTE: the accounting is switched off (kvm's parameter exit_stats): these "
			"are old numbers, which stand still.");
	} else if (st->off) {
		strbuf_printf(&line,
			      "NOTE: the accounting was switched off at %zu of %zu readings (kvm's "
			      "parameter exit_stats): there are more exits than these.",
			      st->off, r->n);
		report_render_line(d, &line);
	}
	if (r->missed) {
		strbuf_printf(&line,
			      "NOTE: %" PRIu64 " readings failed: intervals are longer there.",
			      r->missed);
		report_render_line(d, &line);
	}
	if (st->dropped) {
		strbuf_printf(&line,
			      "NOTE: the time of %" PRIu64
			      " exits was dropped, since TSCs disagreed.",
			      st->dropped);
		report_render_line(d, &line);
	}
	if (!r->totals_only && !st->tsc_khz)
		note(d, "NOTE: the frequency of the TSC is not known: there are no times.");
}

void report_render_heading(struct report_doc *d, const char *text)
{
	report_doc_heading(d, 2, text, strlen(text));
}

static void put_exits(struct report_doc *d, const struct report_series *r,
		      const struct report_stats *st)
{
	report_render_heading(d, "How many exits?");
	report_doc_table(d, "lrr", (const char *const[]){"", "exits", "per second"});
	report_doc_cell(d, "in this window");
	report_doc_cellf(d, "%" PRIu64, st->window.exits);
	if (st->length > 0)
		report_doc_cellf(d, "%.1f",
				 (double)st->window.exits * (double)NS_PER_S / (double)st->length);
	else
		report_doc_cell(d, "-");
	report_doc_cell(d, "since the VM's start");
	report_doc_cellf(d, "%" PRIu64, st->total.exits);
	if (r->age > 0)
		report_doc_cellf(d, "%.1f", (double)st->total.exits / r->age);
	else
		report_doc_cell(d, "-");
	report_doc_table_end(d);
}

static void put_stability(struct report_doc *d, const struct report_stats *st)
{
	static const char *const verdicts[] = {
		[VERDICT_TOO_FEW] = "Not to be told: it takes three intervals",
		[VERDICT_NONE] = "There were no exits",
		[VERDICT_STABLE] = "Yes, stable",
		[VERDICT_VARYING] = "Not quite, it varies",
		[VERDICT_BURSTY] = "No, it comes in bursts",
	};
	struct strbuf line = {0};

	report_render_heading(d, "Is the rate stable?");
	strbuf_puts(&line, verdicts[st->verdict]);
	if (st->verdict >= VERDICT_STABLE)
		strbuf_printf(&line, ": the coefficient of variation is %.1f %%", st->variation);
	strbuf_printf(&line, " (up to %d %% is stable, up to %d %% varies, above come bursts).",
		      REPORT_STABLE_PERCENT, REPORT_VARYING_PERCENT);
	report_render_line(d, &line);
	if (st->n_compared > 1) {
		strbuf_printf(&line,
			      "Of %zu intervals: mean %.1f exits/s, standard deviation %.1f, "
			      "from %.1f to %.1f.",
			      st->n_compared, st->mean, st->deviation, st->least, st->most);
		report_render_line(d, &line);
	}
	if (st->n_intervals && st->n_intervals <= LISTED_MAX)
		report_render_intervals(d, st);
	else if (st->n_intervals)
		note(d, "There are too many intervals to list them: --format=csv does.");
}

void report_render(const struct report_series *r, const struct report_stats *st,
		   enum report_style style, struct strbuf *out)
{
	struct report_doc d = {.style = style, .out = out};

	put_title(&d, r);
	put_who(&d, r, st);
	put_when(&d, r, st);
	put_notes(&d, r, st);
	put_exits(&d, r, st);
	put_stability(&d, st);
	if (st->window.exits && st->n_intervals) {
		report_render_heading(&d, "The busiest moments");
		report_render_busiest(&d, st);
	}
	if (!r->totals_only && st->n_reasons)
		report_render_which(&d, r, st);
	if (!r->totals_only && st->tsc_khz) {
		report_render_heading(&d, "Who spends the time?");
		report_render_phases(&d, st);
	}
	if (!r->totals_only && st->n_vcpu) {
		report_render_heading(&d, "Which vCPUs?");
		report_render_vcpus(&d, st);
	}
	report_doc_free(&d);
}
