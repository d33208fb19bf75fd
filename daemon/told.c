// SPDX-License-Identifier: GPL-2.0-or-later
#include "told.h"

#include <string.h>

static bool is_new(const char *last, const char *why)
{
	return !last || strcmp(last, why) != 0;
}

static void tell_success(struct told *told, const struct log *log, const struct snapshot *s,
			 const struct listing *list)
{
	const bool instead = strcmp(s->source, "ioctl") == 0 && strcmp(s->why, WHY_CONFIGURED) != 0;

	if (told->failure)
		log_event(log, LOG_INFO, "collecting again", "source", s->source);
	if (instead && is_new(told->instead, s->why))
		log_event(log, LOG_INFO, "using the ioctl instead of debugfs", "why", s->why, "err",
			  why_explain(s->why));
	if (list->denied && !told->denied)
		log_event(log, LOG_WARN, "not every process may be looked into: VMs may be missing",
			  "source", s->source, "why", WHY_CAPABILITY, "err",
			  why_explain(WHY_CAPABILITY));
	*told = (struct told){.instead = instead ? s->why : NULL, .denied = list->denied};
}

void told_pass(struct told *told, const struct log *log, const struct snapshot *s,
	       const struct listing *list, const char *debugfs)
{
	if (s->success) {
		tell_success(told, log, s, list);
		return;
	}
	if (is_new(told->failure, s->why))
		log_event(log, LOG_WARN, why_explain(s->why), "source", list->source, "why", s->why,
			  "debugfs", debugfs);
	told->failure = s->why;
}
