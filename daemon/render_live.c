// SPDX-License-Identifier: GPL-2.0-or-later
#include "render_live.h"

#include "clock.h"
#include "why.h"

#include <cjson/cJSON.h>
#include <inttypes.h>

static void add_text(struct strbuf *out, const char *key, const char *value)
{
	const cJSON item = {.type = value ? cJSON_String : cJSON_NULL,
			    .valuestring = (char *)(uintptr_t)value};
	char *text = cJSON_PrintUnformatted(&item);

	strbuf_puts(out, ",\"");
	strbuf_puts(out, key);
	strbuf_puts(out, "\":");
	if (text)
		strbuf_puts(out, text);
	else
		out->failed = true;
	cJSON_free(text);
}

static void add_u64(struct strbuf *out, const char *key, uint64_t value)
{
	strbuf_puts(out, ",\"");
	strbuf_puts(out, key);
	strbuf_puts(out, "\":");
	strbuf_u64(out, value);
}

/* Seconds, after a comma; null where the TSC's frequency is not known. */
static void add_seconds(struct strbuf *out, uint64_t cycles, uint64_t tsc_khz)
{
	strbuf_puts(out, ",");
	if (tsc_khz)
		strbuf_ratio(out, cycles, tsc_khz * 1000);
	else
		strbuf_puts(out, "null");
}

/* "total": [exits, kernel, user, blocked, paused], "reasons": [[name, exits, kernel, user,
 * blocked], …] */
static void add_counters(struct strbuf *out, const struct exit_stats *st)
{
	strbuf_puts(out, ",\"total\":[");
	strbuf_u64(out, st->exits);
	for (int p = 0; p < PHASES; p++)
		add_seconds(out, st->cycles[p], st->tsc_khz);
	add_seconds(out, st->paused, st->tsc_khz);
	strbuf_puts(out, "],\"reasons\":[");
	for (size_t i = 0; i < st->n_reasons; i++) {
		const struct exit_reason *r = &st->reasons[i];

		/* A name is graphic ASCII without quote and backslash. */
		strbuf_puts(out, i ? ",[\"" : "[\"");
		strbuf_add(out, r->name, r->name_len);
		strbuf_puts(out, "\",");
		strbuf_u64(out, r->count);
		for (int p = 0; p < PHASES; p++)
			add_seconds(out, r->cycles[p], st->tsc_khz);
		strbuf_puts(out, "]");
	}
	strbuf_puts(out, "]");
}

static void add_stock(struct strbuf *out, const struct stock_stats *st)
{
	const char *comma = "";

	strbuf_puts(out, ",\"stats\":[");
	for (size_t i = 0; i < STOCK_STATS; i++) {
		if (!st->has[i])
			continue;
		strbuf_printf(out, "%s[\"%s\",", comma, stock_names[i].file);
		strbuf_u64(out, st->values[i]);
		strbuf_puts(out, "]");
		comma = ",";
	}
	strbuf_puts(out, "]");
}

static void add_vcpus(struct strbuf *out, const struct vm *vm)
{
	strbuf_puts(out, ",\"vcpus\":[");
	for (size_t i = 0; i < vm->n_vcpus; i++) {
		strbuf_printf(out, "%s{\"id\":%u", i ? "," : "", vm->vcpus[i].id);
		add_counters(out, &vm->vcpus[i].stats);
		strbuf_puts(out, "}");
	}
	strbuf_puts(out, "]");
}

static void add_vm(struct strbuf *out, const struct vm *vm, uint64_t ticks_hz, bool whole)
{
	/* Twins share pid and fd: theirs is the name of the debugfs directory. */
	strbuf_printf(out, "{\"id\":\"%u-%u\",\"pid\":%u,\"fd\":%u", vm->twin ? vm->tid : vm->pid,
		      vm->fd, vm->pid, vm->fd);
	if (vm->failed) {
		strbuf_puts(out, ",\"failed\":true}");
		return;
	}
	strbuf_printf(out, ",\"instance\":\"%" PRIx64 "\"", vm->instance);
	if (vm->has_start && ticks_hz) {
		strbuf_puts(out, ",\"start\":");
		strbuf_ratio(out, vm->start_ticks, ticks_hz);
	}
	add_text(out, "name", vm->id.name && *vm->id.name ? vm->id.name : NULL);
	add_text(out, "uuid", vm->id.uuid);
	add_text(out, "vmm", vm->id.vmm);
	add_u64(out, "vcpu_count", vm->stats.vcpus);
	if (!vm->stats.stock) {
		add_text(out, "isa", vm->stats.isa);
		strbuf_puts(out, vm->stats.on ? ",\"on\":true" : ",\"on\":false");
		add_u64(out, "dropped", vm->stats.dropped);
		add_counters(out, &vm->stats);
		if (whole)
			add_vcpus(out, vm);
	} else {
		strbuf_puts(out, ",\"stock\":true,\"total\":[");
		strbuf_u64(out, vm->stats.exits);
		strbuf_puts(out, ",null,null,null,null],\"reasons\":[]");
		if (whole)
			add_stock(out, vm->stats.stock);
	}
	strbuf_puts(out, "}");
}

void render_live(const struct snapshot *s, const struct vm_id *id, struct strbuf *out)
{
	/* Its own clock: only differences mean anything. */
	strbuf_puts(out, "{\"time\":");
	strbuf_ratio(out, (uint64_t)s->taken_ns, NS_PER_S);
	strbuf_puts(out, s->success ? ",\"success\":true" : ",\"success\":false");
	add_text(out, "source", s->source);
	add_text(out, "why", s->why);
	if (!s->success)
		add_text(out, "explain", why_explain(s->why));
	strbuf_puts(out, ",\"vms\":[");
	for (size_t i = 0; i < s->n_vms; i++) {
		const struct vm *vm = &s->vms[i];

		if (i)
			strbuf_puts(out, ",\n");
		add_vm(out, vm, s->ticks_hz, id && vm_matches(vm, id));
		strbuf_pass_on(out);
	}
	strbuf_puts(out, "]}\n");
}
