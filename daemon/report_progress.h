/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What report says on stderr while it waits: a line that is rewritten on a terminal, else a line
 * now and then.
 */
#ifndef REPORT_PROGRESS_H
#define REPORT_PROGRESS_H

#include "report_series.h"

#include <stdbool.h>

struct report_progress {
	bool silent;
	bool terminal;
	bool open;    /* the line on the terminal is not ended */
	int64_t next; /* no line before that */
};

void report_progress_init(struct report_progress *p, bool silent);
/* A line that stays. text must be fit for a terminal. */
void report_progress_say(struct report_progress *p, const char *text);
/* Waiting for a VM to start, since then, ns. */
void report_progress_wait(struct report_progress *p, int64_t since, int64_t now);
/* Watching a VM for length ns. */
void report_progress_watch(struct report_progress *p, const struct report_series *r,
			   int64_t length);
/* End the line. */
void report_progress_end(struct report_progress *p);

#endif
