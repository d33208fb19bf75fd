// SPDX-License-Identifier: GPL-2.0-or-later
#include "render_reasons.h"

#include <stdio.h>
#include <string.h>

/*
 * The series of a VM in a family differ in what stands between its labels and the value: that is
 * put together here, to be added as one.
 */
struct tail {
	char text[128]; /* a vCPU, a reason, a phase */
	size_t len;
};

_Static_assert(sizeof(((struct tail *)0)->text) >=
		       sizeof(",vcpu=\"4294967295\",reason=\"\",phase=\"blocked\"} ") +
			       REASON_NAME_MAX,
	       "a tail fits");

static void put(struct tail *t, const char *text, size_t len)
{
	memcpy(t->text + t->len, text, len);
	t->len += len;
}

#define PUT_LITERAL(t, text) put(t, text, sizeof(text) - 1)

/* A reason's name needs no escaping. */
static void put_reason(struct tail *t, const struct vcpu *vcpu, const struct exit_reason *reason)
{
	t->len = 0;
	if (vcpu)
		t->len = (size_t)snprintf(t->text, sizeof(t->text), ",vcpu=\"%u\"", vcpu->id);
	PUT_LITERAL(t, ",reason=\"");
	put(t, reason->name, reason->name_len);
	PUT_LITERAL(t, "\"");
}

static void put_phase(struct tail *t, int phase)
{
	if (phase == PHASE_KERNEL)
		PUT_LITERAL(t, ",phase=\"kernel\"");
	else if (phase == PHASE_USER)
		PUT_LITERAL(t, ",phase=\"user\"");
	else
		PUT_LITERAL(t, ",phase=\"blocked\"");
}

/* Begin the series of VM i in a family. */
static void begin_series(struct renderer *r, const char *name, size_t i)
{
	const size_t start = r->labels.starts[i], end = r->labels.starts[i + 1];

	r->labels.head.len = 0;
	strbuf_puts(&r->labels.head, name);
	strbuf_add(&r->labels.head, r->labels.text.text + start, end - start);
	r->out->failed |= r->labels.head.failed;
}

static void add_head_and_tail(struct renderer *r, struct tail *t)
{
	PUT_LITERAL(t, "} ");
	strbuf_add(r->out, r->labels.head.text, r->labels.head.len);
	strbuf_add(r->out, t->text, t->len);
}

void render_exits(struct renderer *r, const char *name, size_t i, const struct vcpu *vcpu,
		  const struct exit_stats *st)
{
	struct tail t;

	begin_series(r, name, i);
	for (size_t n = 0; n < st->n_reasons; n++) {
		put_reason(&t, vcpu, &st->reasons[n]);
		add_head_and_tail(r, &t);
		strbuf_u64(r->out, st->reasons[n].count);
		ADD_LITERAL(r->out, "\n");
	}
}

void render_exit_seconds(struct renderer *r, const char *name, size_t i, const struct vcpu *vcpu,
			 const struct exit_stats *st)
{
	struct tail t;

	begin_series(r, name, i);
	for (size_t n = 0; st->tsc_khz && n < st->n_reasons; n++) {
		const struct exit_reason *reason = &st->reasons[n];
		size_t reason_end;

		put_reason(&t, vcpu, reason);
		reason_end = t.len;
		for (int p = 0; p < PHASES; p++) {
			if (!reason->cycles[p])
				continue;
			t.len = reason_end;
			put_phase(&t, p);
			add_head_and_tail(r, &t);
			strbuf_ratio(r->out, reason->cycles[p], st->tsc_khz * 1000);
			ADD_LITERAL(r->out, "\n");
		}
	}
}
