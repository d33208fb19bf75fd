// SPDX-License-Identifier: GPL-2.0-or-later
#include "report.h"

#include "clock.h"
#include "duration.h"
#include "life.h"
#include "report_find.h"
#include "report_render.h"
#include "report_watch.h"
#include "why.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How often hosts are searched for a VM that starts. */
#define SEARCH_NS (NS_PER_S / 10)

/* One line on stderr. */
static int fail(struct report_run *run, const char *about, const char *text)
{
	struct report_doc plain = {.style = REPORT_TEXT};
	struct strbuf line = {0};

	report_progress_end(&run->progress);
	strbuf_puts(&line, "kvm-exit-exporter report: ");
	if (about) {
		report_doc_foreign(&plain, &line, about);
		strbuf_puts(&line, ": ");
	}
	strbuf_puts(&line, text);
	strbuf_puts(&line, "\n");
	if (line.failed)
		fputs("kvm-exit-exporter report: out of memory\n", stderr);
	else
		fwrite(line.text, 1, line.len, stderr);
	strbuf_free(&line);
	return EXIT_FAILURE;
}

static int out_of_memory(struct report_run *run)
{
	return fail(run, NULL, "out of memory");
}

static int say_whom(struct report_run *run, const char *what)
{
	const struct vm *vm = &run->series.vm;
	struct report_doc plain = {.style = REPORT_TEXT};
	char every[DURATION_TEXT_MAX], length[DURATION_TEXT_MAX];
	struct strbuf label = {0}, line = {0};
	bool good;

	report_put_label(vm, &label);
	strbuf_add(&label, "", 1);
	if (!label.failed)
		report_doc_foreign(&plain, &line, label.text);
	strbuf_printf(&line, " (pid %u) %s: reading it every %s for %s; Ctrl-C ends that early",
		      vm->pid, what, duration_format(run->want->every, every),
		      duration_format(run->want->length, length));
	strbuf_add(&line, "", 1);
	good = !label.failed && !line.failed;
	if (good)
		report_progress_say(&run->progress, line.text);
	strbuf_free(&label);
	strbuf_free(&line);
	return good ? 0 : -ENOMEM;
}

/* Find the VM that is asked for, and read it for the first time. An exit status. */
static int find(struct report_run *run, const struct snapshot *s)
{
	struct strbuf error = {0};
	enum report_look first;
	size_t i;

	if (report_find(s, run->want->vm, &i, &error) != FIND_ONE) {
		strbuf_add(&error, "", 1);
		if (error.failed)
			out_of_memory(run);
		else
			fail(run, run->want->vm, error.text);
		strbuf_free(&error);
		return EXIT_FAILURE;
	}
	if (s->vms[i].failed)
		return fail(run, run->want->vm, "its exit statistics cannot be read");
	report_begin(run, &s->vms[i]);
	first = report_look(run, false);
	if (first == LOOK_ENDED)
		return fail(run, run->want->vm, "it has just ended");
	if (first == LOOK_MISSED)
		return fail(run, run->want->vm, "its exit statistics cannot be read");
	if (first == LOOK_NO_MEMORY || say_whom(run, "is there"))
		return out_of_memory(run);
	return EXIT_SUCCESS;
}

/* Begin the series of a VM that has started after the time before. An exit status. */
static int begin_boot(struct report_run *run, struct snapshot *s, size_t i, int64_t before)
{
	const int64_t later = clock_ns() - before;
	enum report_look first;

	report_begin(run, &s->vms[i]);
	first = report_take(run, snapshot_ref(s), true);
	if (first != LOOK_READ || report_series_from_zero(&run->series, before) ||
	    say_whom(run, "has started"))
		return out_of_memory(run);
	run->series.wall -= later;
	return EXIT_SUCCESS;
}

/* Wait for a VM to start. An exit status. */
static int wait_for_boot(struct report_run *run, const struct snapshot *s)
{
	const int64_t step = run->want->every < SEARCH_NS ? run->want->every : SEARCH_NS;
	const int64_t begin = clock_ns();
	struct report_known known = {0};
	int64_t before = begin;
	int status = EXIT_FAILURE;

	if (report_known_init(&known, s))
		return out_of_memory(run);
	report_progress_say(&run->progress, "waiting for a VM to start; Ctrl-C ends that");
	for (;;) {
		struct snapshot *new;
		int64_t now;
		bool found;
		size_t i;

		report_wait_until(run, before + step);
		if (run->interrupted) {
			fail(run, NULL, "interrupted before a VM started");
			break;
		}
		now = clock_ns();
		new = report_collect(run, NULL);
		if (!new) {
			out_of_memory(run);
			break;
		}
		/* A pass that failed says nothing of who has gone. */
		found = new->success;
		if (found)
			found = report_known_new(&known, new, run->want->vm, &i);
		if (found)
			status = begin_boot(run, new, i, before);
		snapshot_unref(new);
		if (found)
			break;
		before = now;
		report_progress_wait(&run->progress, begin, now);
	}
	report_known_clear(&known);
	return status;
}

static int print(struct report_run *run)
{
	const enum report_format format = run->want->format;
	struct report_stats st = {0};
	struct strbuf out = {0};
	int status = EXIT_FAILURE;

	report_progress_end(&run->progress);
	if (report_stats_make(&run->series, &st))
		out.failed = true;
	else if (format == REPORT_FORMAT_CSV)
		report_render_csv(&run->series, &out);
	else
		report_render(&run->series, &st,
			      format == REPORT_FORMAT_MARKDOWN ? REPORT_MARKDOWN : REPORT_TEXT,
			      &out);
	if (out.failed)
		out_of_memory(run);
	else if (fwrite(out.text, 1, out.len, stdout) != out.len || fflush(stdout))
		fail(run, "cannot write", strerror(errno));
	else
		status = EXIT_SUCCESS;
	/* On stderr too, where CSV has no place for it. */
	if (!status && run->series.end == REPORT_VM_ENDED)
		report_progress_say(&run->progress, "the VM ended before its time");
	strbuf_free(&out);
	report_stats_clear(&st);
	return status;
}

int report_run(const struct config *config)
{
	struct config quiet = *config;
	struct report_run run = {.want = &config->report};
	struct snapshot *s = NULL;
	int status = EXIT_FAILURE;

	/* What the collector warns of would break the line of progress; what fails is said here. */
	if (quiet.log.level == LOG_INFO)
		quiet.log.level = LOG_ERROR;
	report_progress_init(&run.progress, config->log.level > LOG_INFO);
	/* Before any thread is started. */
	sigemptyset(&run.signals);
	sigaddset(&run.signals, SIGINT);
	sigaddset(&run.signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &run.signals, NULL);
	life_confine(&quiet);

	if (!collector_new(&quiet, &run.collector))
		s = report_collect(&run, NULL);
	if (!s)
		out_of_memory(&run);
	else if (!s->success)
		fail(&run, NULL, why_explain(s->why));
	else if (run.want->boot)
		status = wait_for_boot(&run, s);
	else
		status = find(&run, s);
	snapshot_unref(s);
	if (!status && report_watch(&run))
		status = out_of_memory(&run);
	if (!status)
		status = print(&run);
	report_series_clear(&run.series);
	collector_free(run.collector);
	return status;
}
