// SPDX-License-Identifier: GPL-2.0-or-later
/* Reports: numbers and texts of a series of readings that is known. */
#include "check.h"
#include "clock.h"
#include "report_find.h"
#include "report_render.h"

#include <inttypes.h>
#include <stdlib.h>

#define BIG UINT64_C(9007199254740993) /* 2^53 + 1: no double */

static struct exit_reason reason(uint64_t code, const char *name, uint64_t count, uint64_t kernel)
{
	struct exit_reason r = {.code = code, .count = count};

	r.name_len = (uint8_t)snprintf(r.name, sizeof(r.name), "%s", name);
	r.cycles[PHASE_KERNEL] = kernel;
	return r;
}

/* At 1 GHz: CPUID exits cost 1 us, and so many of IO as given. */
static struct vm reading(const char *name, uint64_t cpuid, uint64_t io)
{
	struct vm vm = {.pid = 42, .tid = 42, .fd = 9};
	struct exit_stats *st = &vm.stats;

	vm.id.name = strdup(name);
	snprintf(st->isa, sizeof(st->isa), "svm");
	st->on = true;
	st->tsc_khz = 1000000;
	st->vcpus = 1;
	st->reasons = calloc(3, sizeof(*st->reasons));
	if (!st->reasons)
		abort();
	st->reasons[st->n_reasons++] = reason(114, "CPUID", cpuid, cpuid * 1000);
	if (io) {
		st->reasons[st->n_reasons++] = reason(123, "IO", io, io * 3000);
		st->reasons[1].cycles[PHASE_USER] = io * 1000;
	}
	st->reasons[st->n_reasons++] = reason(REASON_NO_CODE, "OTHER", 1, 0);
	for (size_t i = 0; i < st->n_reasons; i++) {
		st->exits += st->reasons[i].count;
		st->cycles[PHASE_KERNEL] += st->reasons[i].cycles[PHASE_KERNEL];
		st->cycles[PHASE_USER] += st->reasons[i].cycles[PHASE_USER];
	}
	return vm;
}

static void add(struct report_series *r, struct vm vm, double at)
{
	if (report_series_add(r, &vm, (int64_t)(at * 1e9), false))
		abort();
}

static void check_u64(const char *name, uint64_t want, uint64_t got)
{
	char text[128];

	snprintf(text, sizeof(text), "%s: want %" PRIu64 ", got %" PRIu64, name, want, got);
	check(text, want == got);
}

static void check_number(const char *name, double want, double got)
{
	char text[128];

	snprintf(text, sizeof(text), "%s: want %g, got %g", name, want, got);
	check(text, got > want - 1e-9 && got < want + 1e-9);
}

/* Intervals of 10 s with 1000, 1100 and 900 exits, and one of a second. */
static void make(struct report_series *r, const char *name)
{
	*r = (struct report_series){.vm = {.tid = 42, .fd = 9}, .every = 10 * NS_PER_S};
	r->wall = INT64_C(1700000000123456789);
	add(r, reading(name, BIG, 0), 5);
	add(r, reading(name, BIG + 900, 100), 15);
	add(r, reading(name, BIG + 1000, 1100), 25);
	add(r, reading(name, BIG + 1900, 1100), 35);
	add(r, reading(name, BIG + 1907, 1100), 36);
	r->vm.pid = 42;
}

static void test_numbers(void)
{
	struct report_series r;
	struct report_stats st;

	make(&r, "web1");
	check("stats", !report_stats_make(&r, &st));
	check_u64("exits of the window", 3007, st.window.exits);
	check_u64("exits since the start", BIG + 1907 + 1100 + 1, st.total.exits);
	check_u64("length", 31 * NS_PER_S, (uint64_t)st.length);
	check_u64("intervals", 4, st.n_intervals);
	check_u64("compared: not the short one", 3, st.n_compared);
	check_u64("exits of the second", 1100, st.intervals[1].exits);
	check_text("mostly", "IO", st.intervals[1].top);
	check_u64("of these", 1000, st.intervals[1].top_exits);
	check_number("mean", 100, st.mean);
	check_number("standard deviation, of a sample", 10, st.deviation);
	check_number("coefficient of variation", 10, st.variation);
	check_number("least", 90, st.least);
	check_number("most", 110, st.most);
	check("10 % is stable", st.verdict == VERDICT_STABLE);
	check_u64("reasons", 3, st.n_reasons);
	check_text("the most frequent of the window", "CPUID", st.reasons[0].name);
	check_u64("so often", 1907, st.reasons[0].window.exits);
	check_u64("so often since the start", BIG + 1907, st.reasons[0].total.exits);
	check_text("the next", "IO", st.reasons[1].name);
	check_u64("so often", 1100, st.reasons[1].window.exits);
	check_u64("its cost", 4400000, report_cost(&st.reasons[1].window));
	check_text("the last", "OTHER", st.reasons[2].name);
	check_u64("not in this window", 0, st.reasons[2].window.exits);
	check_u64("off", 0, st.off);
	report_stats_clear(&st);
	report_series_clear(&r);
}

static void test_verdict(const char *name, enum report_verdict want, const uint64_t *exits,
			 size_t n)
{
	struct report_series r = {.vm = {.tid = 42, .fd = 9}, .every = NS_PER_S};
	struct report_stats st;
	uint64_t sum = 0;

	add(&r, reading("x", 0, 0), 0);
	for (size_t i = 0; i < n; i++)
		add(&r, reading("x", sum += exits[i], 0), (double)i + 1);
	check(name, !report_stats_make(&r, &st) && st.verdict == want);
	report_stats_clear(&st);
	report_series_clear(&r);
}

static void test_verdicts(void)
{
	test_verdict("nothing happened", VERDICT_NONE, (const uint64_t[]){0, 0, 0}, 3);
	test_verdict("two intervals say nothing", VERDICT_TOO_FEW, (const uint64_t[]){5, 5}, 2);
	test_verdict("none says nothing", VERDICT_TOO_FEW, NULL, 0);
	test_verdict("equal is stable", VERDICT_STABLE, (const uint64_t[]){5, 5, 5}, 3);
	test_verdict("10.1 % varies", VERDICT_VARYING, (const uint64_t[]){899, 1000, 1101}, 3);
	test_verdict("30 % varies", VERDICT_VARYING, (const uint64_t[]){70, 100, 130}, 3);
	test_verdict("31 % is bursty", VERDICT_BURSTY, (const uint64_t[]){69, 100, 131}, 3);
}

/* The last reading may give way, and a VM that has not run is all zero. */
static void test_series(void)
{
	struct report_series r = {.vm = {.tid = 42, .fd = 9}, .every = NS_PER_S};
	struct vm vm = reading("x", 10, 0), other;
	struct report_stats st;

	check("a reading in passing", !report_series_add(&r, &vm, 2 * NS_PER_S, true));
	check("is emptied", !vm.stats.reasons && !vm.id.name);
	check("zero before it", !report_series_from_zero(&r, NS_PER_S) && r.n == 2);
	add(&r, reading("x", 20, 0), 3);
	check_u64("it gives way", 2, r.n);
	check("stats", !report_stats_make(&r, &st));
	check_u64("all exits are the window's", 21, st.window.exits);
	check_u64("since zero", 2 * NS_PER_S, (uint64_t)st.length);
	report_stats_clear(&st);

	other = reading("x", 20, 0);
	check("the same VM", report_series_fits(&r, &other));
	other.stats.exits--;
	check("fewer exits: another VM", !report_series_fits(&r, &other));
	other.stats.exits += 2;
	r.vm.has_start = other.has_start = true;
	other.start_ticks = 1;
	check("another start: another VM", !report_series_fits(&r, &other));
	vm_clear(&other);
	report_series_clear(&r);
}

static void render(const struct report_series *r, enum report_style style, struct strbuf *out)
{
	struct report_stats st;

	if (report_stats_make(r, &st))
		abort();
	report_render(r, &st, style, out);
	report_stats_clear(&st);
	strbuf_add(out, "", 1);
}

static void has(const char *name, const struct strbuf *out, const char *line)
{
	char text[512];

	snprintf(text, sizeof(text), "\n%s\n", line);
	if (!out->failed && strstr(out->text, text))
		check(name, true);
	else
		check_text(name, line, out->failed ? "out of memory" : out->text);
}

static void begins(const char *name, const char *want, const char *text)
{
	check_text(name, want, strncmp(text, want, strlen(want)) == 0 ? want : text);
}

static void test_text(void)
{
	struct strbuf out = {0};
	struct report_series r;

	make(&r, "web1");
	render(&r, REPORT_TEXT, &out);
	begins("text: title", "VM web1\n", out.text);
	has("text: window", &out, "  in this window                    3007        97.0");
	has("text: since the start, exact", &out,
	    "  since the VM's start  9007199254744001           -");
	has("text: verdict", &out,
	    "  Yes, stable: the coefficient of variation is 10.0 % (up to 10 % is stable, up to 30 % "
	    "varies, above come bursts).");
	has("text: numbers", &out,
	    "  Of 3 intervals: mean 100.0 exits/s, standard deviation 10.0, from 90.0 to 110.0.");
	has("text: an interval", &out,
	    "  10.0 to 20.0 s   1100       110.0  ==============================  IO 1000");
	has("text: the busiest moment", &out,
	    "  10.0 to 20.0 s   1100       110.0   x 1.10  IO 1000");
	has("text: most frequent", &out, "  Most frequent: CPUID 1907 (63.4 %), IO 1100 (36.6 %).");
	has("text: least frequent", &out,
	    "  Least frequent: IO 1100 (36.6 %), CPUID 1907 (63.4 %).");
	has("text: most frequent since the start", &out,
	    "  Most frequent since the VM's start: CPUID 9007199254742900 (100 %), IO 1100 (1.22e-11 %), "
	    "OTHER 1 (1.11e-14 %).");
	has("text: most expensive", &out,
	    "  Most expensive, in KVM and the VMM: IO 0.004400 s (69.8 %), CPUID 0.001907 s (30.2 %).");
	has("text: most expensive for each", &out, "  Most expensive for each exit: IO, 4.0 us.");
	strbuf_free(&out);
	render(&r, REPORT_MARKDOWN, &out);
	has("Markdown: heading", &out, "## Is the rate stable?");
	has("Markdown: a row", &out,
	    "| 10.0 to 20.0 s |  1100 |      110.0 | ============================== | IO 1000   |");
	has("Markdown: the rule", &out,
	    "| -------------- | ----: | ---------: | ------------------------------ | --------- |");
	strbuf_free(&out);
	report_series_clear(&r);
}

/* Names of VMs and reasons come from outside. */
static void test_hostile(void)
{
	struct strbuf out = {0};
	struct report_series r;

	make(&r, "=a|b`\"<x>\n\x1b[31m\xc2\x9b\xe2\x80\xa8_*_");
	render(&r, REPORT_TEXT, &out);
	begins("text: on its line, without escapes", "VM =a|b`\"<x>??[31m??_*_\n", out.text);
	strbuf_free(&out);
	render(&r, REPORT_MARKDOWN, &out);
	begins("Markdown: escaped", "# VM \\=a\\|b\\`\\\"\\<x\\>\\?\\?\\[31m\\?\\?\\_\\*\\_\n",
	       out.text);
	strbuf_free(&out);
	report_render_csv(&r, &out);
	strbuf_add(&out, "", 1);
	check("CSV: quoted, and no formula", strstr(out.text, ",\"'=a|b`\"\"<x>\n?[31m\xc2\x9b"));
	strbuf_free(&out);
	report_series_clear(&r);
}

static void test_csv(void)
{
	struct strbuf out = {0};
	struct report_series r;
	const char *line;

	make(&r, "web1");
	r.points[2].stats.paused = 2500000000;
	report_render_csv(&r, &out);
	strbuf_add(&out, "", 1);
	line = strstr(out.text, "\r\n");
	begins("CSV: a line",
	       "\r\n2023-11-14T22:13:30.123Z,10,10,\"web1\",42,114,\"CPUID\",900,0.0009,0,0,,"
	       "9007199254741893,9007199254.741893,0,0,\r\n",
	       line);

	check("CSV: without a code",
	      strstr(out.text,
		     "\r\n2023-11-14T22:13:40.123Z,20,10,\"web1\",42,,\"OTHER\",0,0,0,0,,1,0,"
		     "0,0,\r\n"));
	check("CSV: paused",
	      strstr(out.text, "\r\n2023-11-14T22:13:40.123Z,20,10,\"web1\",42,,,,,,,2.5,,"
			       ",,,2.5\r\n"));
	strbuf_free(&out);
	r.totals_only = true;
	report_render_csv(&r, &out);
	strbuf_add(&out, "", 1);
	check("CSV: totals only",
	      strstr(out.text, "\r\n2023-11-14T22:13:51.123Z,31,1,\"web1\",42,,,7,,,,"
			       ",9007199254744001,,,,\r\n"));
	strbuf_free(&out);
	report_series_clear(&r);
}

static void test_notes(void)
{
	struct strbuf out = {0};
	struct report_series r;

	make(&r, "web1");
	r.points[2].stats.on = false;
	r.end = REPORT_VM_ENDED;
	render(&r, REPORT_TEXT, &out);
	check("off for a while is told", strstr(out.text, "switched off at 1 of 5 readings"));
	check("an end is told", strstr(out.text, "NOTE: the VM ended"));
	strbuf_free(&out);
	r.totals_only = true;
	render(&r, REPORT_MARKDOWN, &out);
	check("totals only: told", strstr(out.text, "no reasons and no times"));
	check("totals only: no table of reasons", !strstr(out.text, "Which reasons?"));
	strbuf_free(&out);
	report_series_clear(&r);
}

static void test_find(void)
{
	struct vm vms[3] = {reading("a", 1, 0), reading("b", 1, 0), reading("42", 1, 0)};
	struct snapshot s = {.vms = vms, .n_vms = 3, .success = true};
	struct report_known known = {0};
	struct strbuf error = {0};
	size_t i = 9;

	vms[1].pid = vms[1].tid = 43;
	vms[2].pid = vms[2].tid = 44;
	vms[1].id.uuid = strdup("C7A5FDBD-edaf");
	check("by name", report_find(&s, "b", &i, &error) == FIND_ONE && i == 1);
	check("by uuid", report_find(&s, "c7a5fdbd-EDAF", &i, &error) == FIND_ONE && i == 1);
	check("a pid before a name", report_find(&s, "42", &i, &error) == FIND_ONE && i == 0);
	check("by pid and fd", report_find(&s, "44-9", &i, &error) == FIND_ONE && i == 2);
	check("none", report_find(&s, "c", &i, &error) == FIND_NONE && error.len);
	check("wait for a new one", !report_known_init(&known, &s));
	check("these are known", !report_known_new(&known, &s, NULL, &i));
	s.n_vms = 2;
	check("one has gone", !report_known_new(&known, &s, NULL, &i));
	s.n_vms = 3;
	vms[2].stats.exits = 0;
	check("one has come that has not run", !report_known_new(&known, &s, NULL, &i));
	vms[2].stats.exits = 1;
	check("not the one that is meant", !report_known_new(&known, &s, "zz", &i));
	check("its first exit", report_known_new(&known, &s, "42", &i) && i == 2);
	vms[0].stats.exits = 1;
	check("fewer exits: a new one, the youngest first",
	      report_known_new(&known, &s, NULL, &i) && i == 0);
	report_known_clear(&known);
	strbuf_free(&error);
	for (i = 0; i < 3; i++)
		vm_clear(&vms[i]);
}

int main(void)
{
	test_numbers();
	test_verdicts();
	test_series();
	test_text();
	test_hostile();
	test_csv();
	test_notes();
	test_find();
	return 0;
}
