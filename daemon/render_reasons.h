/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The series of each exit reason, of which most of a page consists. Pure. */
#ifndef RENDER_REASONS_H
#define RENDER_REASONS_H

#include "render_prometheus.h"

#define ADD_LITERAL(out, text) strbuf_add(out, text, sizeof(text) - 1)

/* The labels of each VM, {vm="…",pid="…", written once and copied into each of its series. */
struct labels {
	struct strbuf text;
	size_t *starts;	    /* of VM i; one more for the end */
	struct strbuf head; /* what all series of a VM in a family begin with */
};

struct renderer {
	const struct snapshot *s;
	const struct render_want *want;
	struct strbuf *out;
	struct labels labels;
};

/* Append the series of VM i, or of one of its vCPUs, in the family of this name. */
void render_exits(struct renderer *r, const char *name, size_t i, const struct vcpu *vcpu,
		  const struct exit_stats *st);
void render_exit_seconds(struct renderer *r, const char *name, size_t i, const struct vcpu *vcpu,
			 const struct exit_stats *st);

#endif
