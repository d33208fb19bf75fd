// SPDX-License-Identifier: GPL-2.0-or-later
#include "render_json.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How much of a VM a document shows. */
enum detail { DETAIL_SUMMARY, DETAIL_FULL };

/* A tree of cJSON; ok turns false when memory runs out anywhere in it. */
struct tree {
	bool ok;
};

static void add(struct tree *t, cJSON *object, const char *key, cJSON *item)
{
	if (!item || !object || !cJSON_AddItemToObjectCS(object, key, item)) {
		cJSON_Delete(item);
		t->ok = false;
	}
}

static void append(struct tree *t, cJSON *array, cJSON *item)
{
	if (!item || !array || !cJSON_AddItemToArray(array, item)) {
		cJSON_Delete(item);
		t->ok = false;
	}
}

/* cJSON keeps numbers as doubles, which hold 53 bits: write them as they are. */
static void add_u64(struct tree *t, cJSON *object, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	add(t, object, key, cJSON_CreateRaw(text));
}

static void add_text(struct tree *t, cJSON *object, const char *key, const char *value)
{
	add(t, object, key, value ? cJSON_CreateString(value) : cJSON_CreateNull());
}

static void add_seconds(struct tree *t, cJSON *object, const char *key, uint64_t cycles,
			uint64_t tsc_khz)
{
	struct strbuf b = {0};

	if (!tsc_khz) {
		add(t, object, key, cJSON_CreateNull());
		return;
	}
	strbuf_ratio(&b, cycles, tsc_khz * 1000);
	strbuf_add(&b, "", 1);
	add(t, object, key, b.failed ? NULL : cJSON_CreateRaw(b.text));
	strbuf_free(&b);
}

static void add_phases(struct tree *t, cJSON *object, const uint64_t cycles[PHASES],
		       uint64_t tsc_khz)
{
	static const char *const names[PHASES] = {"kernel", "user", "blocked"};
	cJSON *in_cycles = cJSON_CreateObject();
	cJSON *in_seconds = tsc_khz ? cJSON_CreateObject() : cJSON_CreateNull();

	for (int p = 0; p < PHASES; p++) {
		add_u64(t, in_cycles, names[p], cycles[p]);
		if (tsc_khz)
			add_seconds(t, in_seconds, names[p], cycles[p], tsc_khz);
	}
	add(t, object, "cycles", in_cycles);
	add(t, object, "seconds", in_seconds);
}

/* exits, cycles, seconds, paused and dropped. */
static void add_totals(struct tree *t, cJSON *object, const struct exit_stats *st)
{
	cJSON *paused = cJSON_CreateObject();

	add_u64(t, object, "exits", st->exits);
	add_phases(t, object, st->cycles, st->tsc_khz);
	add_u64(t, paused, "cycles", st->paused);
	add_seconds(t, paused, "seconds", st->paused, st->tsc_khz);
	add(t, object, "paused", paused);
	add_u64(t, object, "dropped", st->dropped);
}

static int compare_reasons(const void *pa, const void *pb)
{
	const struct exit_reason *a = *(const struct exit_reason *const *)pa;
	const struct exit_reason *b = *(const struct exit_reason *const *)pb;

	if (a->count != b->count)
		return a->count < b->count ? 1 : -1;
	return (a->code > b->code) - (a->code < b->code);
}

static cJSON *make_reason(struct tree *t, const struct exit_reason *r, uint64_t tsc_khz)
{
	cJSON *object = cJSON_CreateObject();

	if (r->code == REASON_NO_CODE)
		add(t, object, "code", cJSON_CreateNull());
	else
		add_u64(t, object, "code", r->code);
	add_text(t, object, "name", r->name);
	add_u64(t, object, "exits", r->count);
	add_phases(t, object, r->cycles, tsc_khz);
	return object;
}

/* The most frequent first. */
static cJSON *make_reasons(struct tree *t, const struct exit_stats *st)
{
	const struct exit_reason **sorted = calloc(st->n_reasons + 1, sizeof(struct exit_reason *));
	cJSON *array = cJSON_CreateArray();

	if (!sorted) {
		t->ok = false;
		return array;
	}
	for (size_t i = 0; i < st->n_reasons; i++)
		sorted[i] = &st->reasons[i];
	qsort(sorted, st->n_reasons, sizeof(struct exit_reason *), compare_reasons);
	for (size_t i = 0; i < st->n_reasons; i++)
		append(t, array, make_reason(t, sorted[i], st->tsc_khz));
	free(sorted);
	return array;
}

static cJSON *make_vcpus(struct tree *t, const struct vm *vm)
{
	cJSON *array = cJSON_CreateArray();

	for (size_t i = 0; i < vm->n_vcpus; i++) {
		const struct vcpu *vcpu = &vm->vcpus[i];
		cJSON *object = cJSON_CreateObject();

		add_u64(t, object, "id", vcpu->id);
		add_totals(t, object, &vcpu->stats);
		add(t, object, "reasons", make_reasons(t, &vcpu->stats));
		append(t, array, object);
	}
	return array;
}

/* Upstream's statistics under their own names, times in ns. */
static cJSON *make_stock(struct tree *t, const struct stock_stats *st)
{
	cJSON *object = cJSON_CreateObject();

	for (size_t i = 0; i < STOCK_STATS; i++)
		if (st->has[i])
			add_u64(t, object, stock_names[i].file, st->values[i]);
	return object;
}

/* Twins share pid and fd: theirs is the name of the debugfs directory. */
static void vm_path(const struct vm *vm, char *ret, size_t size)
{
	snprintf(ret, size, "/vm/%u-%u", vm->twin ? vm->tid : vm->pid, vm->fd);
}

static cJSON *make_vm(struct tree *t, const struct vm *vm, enum detail detail)
{
	cJSON *object = cJSON_CreateObject();

	add_u64(t, object, "pid", vm->pid);
	add_u64(t, object, "fd", vm->fd);
	add_text(t, object, "name", vm->id.name && *vm->id.name ? vm->id.name : NULL);
	add_text(t, object, "uuid", vm->id.uuid);
	add_text(t, object, "vmm", vm->id.vmm);
	if (vm->stats.stock) {
		add_u64(t, object, "exits", vm->stats.exits);
		if (detail == DETAIL_FULL)
			add(t, object, "stats", make_stock(t, vm->stats.stock));
	} else {
		add_text(t, object, "isa", vm->stats.isa);
		add_u64(t, object, "tsc_khz", vm->stats.tsc_khz);
		add_totals(t, object, &vm->stats);
	}
	if (detail == DETAIL_FULL && !vm->stats.stock) {
		add(t, object, "reasons", make_reasons(t, &vm->stats));
		add(t, object, "vcpus", make_vcpus(t, vm));
	} else if (detail == DETAIL_SUMMARY) {
		char path[32];

		add_u64(t, object, "vcpu_count", vm->stats.vcpus);
		vm_path(vm, path, sizeof(path));
		add_text(t, object, "path", path);
	}
	return object;
}

/* Write the tree under root and free it. */
static void print(const struct tree *t, cJSON *root, struct strbuf *out)
{
	char *text = t->ok && root ? cJSON_PrintUnformatted(root) : NULL;

	if (text)
		strbuf_puts(out, text);
	else
		out->failed = true;
	cJSON_free(text);
	cJSON_Delete(root);
}

/* One VM after the other, so that the tree of a thousand is never in memory. */
static void print_vms(const struct snapshot *s, enum detail detail, struct strbuf *out)
{
	const char *comma = "";

	strbuf_puts(out, "[");
	for (size_t i = 0; i < s->n_vms; i++) {
		struct tree t = {true};

		if (s->vms[i].failed)
			continue;
		strbuf_puts(out, comma);
		print(&t, make_vm(&t, &s->vms[i], detail), out);
		comma = ",\n ";
		strbuf_pass_on(out);
	}
	strbuf_puts(out, "]\n");
}

void render_json_vms(const struct snapshot *s, struct strbuf *out)
{
	print_vms(s, DETAIL_SUMMARY, out);
}

void render_json_dump(const struct snapshot *s, struct strbuf *out)
{
	print_vms(s, DETAIL_FULL, out);
}

void render_json_vm(const struct vm *vm, struct strbuf *out)
{
	struct tree t = {true};

	print(&t, make_vm(&t, vm, DETAIL_FULL), out);
	strbuf_puts(out, "\n");
}

void render_json_choice(const struct vm *vms, size_t n, struct strbuf *out)
{
	struct tree t = {true};
	cJSON *root = cJSON_CreateObject(), *array = cJSON_CreateArray();

	for (size_t i = 0; i < n; i++) {
		char path[32];

		vm_path(&vms[i], path, sizeof(path));
		append(&t, array, cJSON_CreateString(path));
	}
	add(&t, root, "vms", array);
	print(&t, root, out);
	strbuf_puts(out, "\n");
}

void render_json_error(const char *message, struct strbuf *out)
{
	struct tree t = {true};
	cJSON *root = cJSON_CreateObject();

	add_text(&t, root, "error", message);
	print(&t, root, out);
	strbuf_puts(out, "\n");
}
