// SPDX-License-Identifier: GPL-2.0-or-later
#include "report_progress.h"

#include "clock.h"
#include "duration.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

/* Lines in a log; on a terminal one that is rewritten. */
#define LINE_NS	   (10 * NS_PER_S)
#define REWRITE_NS (NS_PER_S / 2)

void report_progress_init(struct report_progress *p, bool silent)
{
	*p = (struct report_progress){.silent = silent,
				      .terminal = !silent && isatty(STDERR_FILENO)};
}

void report_progress_say(struct report_progress *p, const char *text)
{
	if (p->silent)
		return;
	report_progress_end(p);
	fprintf(stderr, "%s\n", text);
}

/* Is it time for another line? */
static bool is_due(struct report_progress *p, int64_t now)
{
	if (p->silent || now < p->next)
		return false;
	/* What there is to say at the very beginning has been said. */
	if (!p->next && !p->terminal) {
		p->next = now + LINE_NS;
		return false;
	}
	p->next = now + (p->terminal ? REWRITE_NS : LINE_NS);
	return true;
}

static void put(struct report_progress *p, const char *text)
{
	/* And clear what a longer line has left. */
	if (p->terminal)
		fprintf(stderr, "\r%s\033[K", text);
	else
		fprintf(stderr, "%s\n", text);
	p->open = p->terminal;
}

/* To the second. */
static const char *seconds(int64_t ns, char *ret)
{
	return duration_format(ns / NS_PER_S * NS_PER_S, ret);
}

void report_progress_wait(struct report_progress *p, int64_t since, int64_t now)
{
	char text[DURATION_TEXT_MAX + 64], time[DURATION_TEXT_MAX];

	if (!is_due(p, now))
		return;
	snprintf(text, sizeof(text), "  waiting for a VM to start: %s", seconds(now - since, time));
	put(p, text);
}

void report_progress_watch(struct report_progress *p, const struct report_series *r, int64_t length)
{
	char text[2 * DURATION_TEXT_MAX + 128], time[DURATION_TEXT_MAX], all[DURATION_TEXT_MAX];
	const struct report_point *first = &r->points[0], *last = &r->points[r->n - 1];
	uint64_t exits = last->stats.exits - first->stats.exits;
	int64_t passed = last->at - first->at;

	if (!is_due(p, last->at))
		return;
	snprintf(text, sizeof(text), "  %s of %s: %" PRIu64 " exits, %.0f per second",
		 seconds(passed, time), duration_format(length, all), exits,
		 passed > 0 ? (double)exits * (double)NS_PER_S / (double)passed : 0.0);
	put(p, text);
}

void report_progress_end(struct report_progress *p)
{
	if (p->open)
		fputc('\n', stderr);
	p->open = false;
}
