// SPDX-License-Identifier: GPL-2.0-or-later
#include "told.h"

#include <stdio.h>
#include <string.h>

static bool is_new(const char *last, const char *why)
{
	return !last || strcmp(last, why) != 0;
}

static void tell_instead(const struct log *log, const struct snapshot *s)
{
	if (strcmp(s->source, "stock") != 0)
		log_event(log, LOG_INFO, "using the ioctl instead of debugfs", "why", s->why, "err",
			  why_explain(s->why));
	else
		log_event(
			log, LOG_WARN,
			"serving upstream's totals (kvm_vm_stat_*) only: exits by reason and their "
			"times take patched KVM modules, see make modules-install; they are used "
			"from the next scrape once loaded",
			"why", s->why, "err", why_explain(s->why));
}

static void tell_unseen(const struct log *log, size_t unseen)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", unseen);
	log_event(
		log, LOG_WARN,
		"processes of VMs are not to be seen: these VMs have no name but their number; is "
		"procfs mounted with hidepid, or of another pid namespace? --path.procfs can name "
		"the host's",
		"vms", text);
}

static void tell_success(struct told *told, const struct log *log, const struct snapshot *s,
			 const struct listing *list, size_t unseen)
{
	const bool instead =
		strcmp(s->source, "debugfs") != 0 && strcmp(s->why, WHY_CONFIGURED) != 0;

	if (told->failure)
		log_event(log, LOG_INFO, "collecting again", "source", s->source);
	if (instead && is_new(told->instead, s->why))
		tell_instead(log, s);
	if (told->instead && !instead)
		log_event(log, LOG_INFO, "using the exit statistics in debugfs now");
	if (list->denied && !told->denied)
		log_event(log, LOG_WARN, "not every process may be looked into: VMs may be missing",
			  "source", s->source, "why", WHY_CAPABILITY, "err",
			  why_explain(WHY_CAPABILITY));
	if (unseen && !told->unseen)
		tell_unseen(log, unseen);
	*told = (struct told){
		.instead = instead ? s->why : NULL,
		.denied = list->denied,
		.unseen = unseen > 0,
	};
}

void told_pass(struct told *told, const struct log *log, const struct snapshot *s,
	       const struct listing *list, const char *debugfs, size_t unseen)
{
	if (s->success) {
		tell_success(told, log, s, list, unseen);
		return;
	}
	if (is_new(told->failure, s->why))
		log_event(log, LOG_WARN, why_explain(s->why), "source", list->source, "why", s->why,
			  "debugfs", debugfs);
	told->failure = s->why;
}
