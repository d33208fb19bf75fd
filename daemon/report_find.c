// SPDX-License-Identifier: GPL-2.0-or-later
#include "report_find.h"

#include "report_doc.h"
#include "report_render.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* So many candidates are listed. */
#define LISTED_MAX 10

static bool means_number(const struct vm *vm, const char *text)
{
	struct vm_id id;

	return vm_id_parse(text, strlen(text), &id) == 0 && vm_matches(vm, &id);
}

static bool means_name(const struct vm *vm, const char *text)
{
	struct strbuf label = {0};
	bool same;

	if (vm->id.uuid && strcasecmp(vm->id.uuid, text) == 0)
		return true;
	if (!vm->id.name)
		return false;
	if (strcmp(vm->id.name, text) == 0)
		return true;
	report_put_label(vm, &label);
	same = !label.failed && label.len == strlen(text) &&
	       memcmp(label.text, text, label.len) == 0;
	strbuf_free(&label);
	return same;
}

bool report_means(const struct vm *vm, const char *text)
{
	return means_number(vm, text) || means_name(vm, text);
}

/* " 205-11 (web1)", as it may be given to report. */
static void put_candidate(const struct vm *vm, struct strbuf *out)
{
	struct report_doc plain = {.style = REPORT_TEXT};

	strbuf_printf(out, " %u-%u", vm->twin ? vm->tid : vm->pid, vm->fd);
	if (vm->id.name) {
		strbuf_puts(out, " (");
		report_doc_foreign(&plain, out, vm->id.name);
		strbuf_puts(out, ")");
	}
}

static void put_several(const struct snapshot *s, const char *text, size_t n,
			bool (*means)(const struct vm *vm, const char *text), struct strbuf *error)
{
	size_t listed = 0;

	strbuf_printf(error, "%zu VMs are called that:", n);
	for (size_t i = 0; i < s->n_vms && listed < LISTED_MAX; i++) {
		if (!means(&s->vms[i], text))
			continue;
		strbuf_puts(error, listed++ ? "," : "");
		put_candidate(&s->vms[i], error);
	}
	if (n > listed)
		strbuf_printf(error, " and %zu more", n - listed);
}

static size_t count(const struct snapshot *s, const char *text,
		    bool (*means)(const struct vm *vm, const char *text), size_t *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_vms; i++)
		if (means(&s->vms[i], text) && !n++)
			*ret = i;
	return n;
}

enum find_result report_find(const struct snapshot *s, const char *text, size_t *ret,
			     struct strbuf *error)
{
	bool (*means)(const struct vm *vm, const char *text) = means_number;
	struct vm_id id;
	size_t n = 0, first;

	/* Among twins the name of the directory decides. */
	if (vm_id_parse(text, strlen(text), &id) == 0 &&
	    snapshot_find(s, &id, &first, &n) == FIND_ONE) {
		*ret = first;
		return FIND_ONE;
	}
	if (!n) {
		means = means_name;
		n = count(s, text, means, ret);
	}
	if (n == 1)
		return FIND_ONE;
	if (n)
		put_several(s, text, n, means, error);
	else
		strbuf_puts(error,
			    s->n_vms ? "there is no such VM; 'kvm-exit-exporter dump' shows those "
				       "that there are"
				     : "there is no such VM, nor any other");
	return n ? FIND_SEVERAL : FIND_NONE;
}

static struct known_one describe(const struct vm *vm)
{
	return (struct known_one){vm->pid, vm->tid, vm->fd, vm->has_start ? vm->start_ticks : 0,
				  vm->stats.exits};
}

int report_known_init(struct report_known *k, const struct snapshot *s)
{
	k->n = 0;
	k->vms = calloc(s->n_vms + 1, sizeof(*k->vms));
	if (!k->vms)
		return -ENOMEM;
	for (size_t i = 0; i < s->n_vms; i++)
		k->vms[k->n++] = describe(&s->vms[i]);
	return 0;
}

static bool is_same(const struct known_one *known, const struct vm *vm)
{
	const struct known_one one = describe(vm);

	/* The start may be seen later, and a pid be a guess at first. */
	if (known->pid == one.pid && known->start_ticks && one.start_ticks &&
	    known->start_ticks != one.start_ticks)
		return false;
	return known->tid == one.tid && known->fd == one.fd &&
	       (vm->failed || one.exits >= known->exits);
}

/* Forget those that are no longer there. */
static void forget(struct report_known *k, const struct snapshot *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < k->n; i++) {
		for (size_t j = 0; j < s->n_vms; j++) {
			if (!is_same(&k->vms[i], &s->vms[j]))
				continue;
			k->vms[kept] = k->vms[i];
			if (!s->vms[j].failed)
				k->vms[kept].exits = s->vms[j].stats.exits;
			kept++;
			break;
		}
	}
	k->n = kept;
}

static bool is_known(const struct report_known *k, const struct vm *vm)
{
	for (size_t i = 0; i < k->n; i++)
		if (is_same(&k->vms[i], vm))
			return true;
	return false;
}

bool report_known_new(struct report_known *k, const struct snapshot *s, const char *text,
		      size_t *ret)
{
	const struct vm *best = NULL;

	forget(k, s);
	for (size_t i = 0; i < s->n_vms; i++) {
		const struct vm *vm = &s->vms[i];

		if (vm->failed || !vm->stats.exits || is_known(k, vm))
			continue;
		if (text && !report_means(vm, text))
			continue;
		if (!best || vm->start_ticks > best->start_ticks) {
			best = vm;
			*ret = i;
		}
	}
	return best;
}

void report_known_clear(struct report_known *k)
{
	free(k->vms);
	*k = (struct report_known){0};
}
