// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect.h"

#include "clock.h"
#include "proc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long one scrape waits for new names. */
#define NAMES_NS NS_PER_S
/* The longest that a pass may take: that nobody is in a hurry for, or all are too late for. */
#define PASS_NS (4 * NS_PER_S)
/* Who wants an answer sooner gets it too late. */
#define LEAST_NS (200 * NS_PER_MS)
/* A process may go before its VM: not to see it for so many passes is no accident. */
#define UNSEEN_PASSES 3

int collect_init(struct collect *c, const struct config *config)
{
	int err;

	*c = (struct collect){.config = config, .foreign = proc_is_foreign(config->procfs)};
	err = readers_new(config, &c->readers);
	return err ? err : vm_table_init(&c->table, config->procfs);
}

void collect_free(struct collect *c)
{
	readers_free(c->readers);
	vm_table_free(&c->table);
}

/*
 * When to have read all: with a fifth of the time left for names, rendering and sending. Who has
 * the most time settles it. Who has less is answered without a snapshot if something hangs, and
 * does not cost the others what is not read by then.
 */
static int64_t deadline_of(const struct read_wants *wants, int64_t now)
{
	int64_t time = 0;

	for (size_t i = 0; i < wants->n; i++) {
		const int64_t left = wants->wants[i].deadline_ns - now;

		if (!wants->wants[i].deadline_ns || left / 5 * 4 > PASS_NS)
			return now + PASS_NS;
		if (left >= LEAST_NS && left / 5 * 4 > time)
			time = left / 5 * 4;
	}
	return now + (time ? time : PASS_NS);
}

static const char *describe_error(int err)
{
	switch (err) {
	case -EBADMSG:
		return "not in the format of exit_stats";
	case -ETIMEDOUT:
		return "no answer in time";
	default:
		return strerror(-err);
	}
}

/* Count an error of a VM, and tell of its first. */
static void count_error(struct collect *c, struct known_vm *known, const char *what, int err)
{
	char dir[32];

	c->read_errors++;
	if (known->complained)
		return;
	known->complained = true;
	snprintf(dir, sizeof(dir), "%u-%u", known->key.tid, known->key.fd);
	log_event(&c->config->log, LOG_WARN, what, "vm", dir, "err", describe_error(err));
}

static void count_errors(struct collect *c, struct known_vm *known, const struct read_item *item)
{
	size_t n = item->vcpu_errors;

	if (item->err) {
		if (item->err != -ENOENT && item->err != -EOPNOTSUPP)
			count_error(c, known, "cannot read the exit statistics of a VM", item->err);
		return;
	}
	if (!item->vm.stats.tsc_khz && !item->vm.stats.stock)
		count_error(c, known, "a VM's TSC frequency is 0: no seconds", -EBADMSG);
	n += item->vcpu_err && item->vcpu_err != -ENOENT;
	while (n--)
		count_error(c, known, "cannot read the exit statistics of a vCPU",
			    item->vcpu_err ? item->vcpu_err : -EBADMSG);
}

static struct read_item *make_items(const struct vm_table *t)
{
	struct read_item *items = calloc(t->n ? t->n : 1, sizeof(*items));

	for (size_t i = 0; items && i < t->n; i++) {
		const struct known_vm *known = &t->vms[i];

		items[i].key = known->key;
		items[i].wanted = true;
		items[i].is_new = vm_table_is_new(known);
		items[i].answered = known->answered;
		items[i].vm.pid = known->pid;
		items[i].vm.tid = known->key.tid;
		items[i].vm.fd = known->key.fd;
	}
	return items;
}

/* Are VMs there, and is what keeps them from being read that none has exit statistics? */
static bool all_unpatched(const struct read_item *items, size_t n)
{
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		if (items[i].err != -EOPNOTSUPP && items[i].err != -ENOENT)
			return false;
		any |= items[i].err == -EOPNOTSUPP;
	}
	return any;
}

/* Read the VMs of the table into *items, which is the caller's to free in any case. */
static int read_all(struct collect *c, const struct read_wants *wants, int64_t deadline,
		    struct listing *list, struct read_item **items)
{
	const struct vm_table *t = &c->table;
	const struct vm_host host = {c->config->procfs, t->boot_time, t->ticks_hz, c->foreign};
	int err = readers_read(c->readers, deadline, items, t->n, wants, &host, false);

	if (err || c->config->source != SOURCE_AUTO || !all_unpatched(*items, t->n))
		return err;
	for (size_t i = 0; i < t->n; i++) {
		(*items)[i].wanted = (*items)[i].err == -EOPNOTSUPP;
		(*items)[i].is_new &= !(*items)[i].process.found;
	}
	list->source = "stock";
	list->why = WHY_UNPATCHED;
	list->why_eperm = WHY_LOCKDOWN;
	return readers_read(c->readers, deadline, items, t->n, wants, &host, true);
}

/* Take over who the new VMs are, as far as it was found. */
static void take_processes(struct collect *c, const struct read_item *items)
{
	for (size_t i = 0; i < c->table.n; i++)
		if (items[i].process.pid)
			vm_table_looked_up(&c->table, &c->table.vms[i], &items[i].process);
}

/* Move what was read into s. The number of VMs whose process is not to be seen. */
static size_t fill(struct collect *c, struct snapshot *s, struct read_item *items,
		   const struct listing *list)
{
	size_t failed = 0, forbidden = 0, late = 0, unpatched = 0, unseen = 0;

	for (size_t i = 0; i < c->table.n; i++) {
		struct known_vm *known = &c->table.vms[i];
		struct read_item *item = &items[i];
		struct vm *vm = &s->vms[s->n_vms];

		known->answered = !item->err;
		count_errors(c, known, item);
		if (item->err == -ENOENT || item->err == -EOPNOTSUPP) {
			unpatched += item->err == -EOPNOTSUPP;
			vm_clear(&item->vm);
			continue;
		}
		*vm = item->vm;
		vm->failed = item->err != 0;
		vm_table_describe(&c->table, known, vm);
		s->n_vms++;
		failed += item->err != 0;
		forbidden += item->err == -EPERM;
		late += item->err == -ETIMEDOUT;
		unseen += known->unseen >= UNSEEN_PASSES;
	}
	s->success = s->n_vms > failed || !(failed + unpatched);
	if (s->success)
		return unseen;
	if (!failed)
		s->why = WHY_UNPATCHED;
	else if (forbidden == failed && list->why_eperm)
		s->why = list->why_eperm;
	else
		s->why = late == failed ? WHY_STUCK : WHY_UNREADABLE;
	return unseen;
}

/* From the listing to the VMs in s. 0 or -ENOMEM. */
static int read_vms(struct collect *c, const struct read_wants *wants, int64_t begin,
		    int64_t deadline, struct listing *list, struct snapshot *s, size_t *ret_unseen)
{
	struct read_item *items = NULL;
	int64_t names;
	size_t unnamed;
	int err = vm_table_update(&c->table, list->keys, list->n);

	if (err)
		return err;
	items = make_items(&c->table);
	s->vms = calloc(c->table.n ? c->table.n : 1, sizeof(*s->vms));
	err = items && s->vms ? read_all(c, wants, deadline, list, &items) : -ENOMEM;
	if (err) {
		for (size_t i = 0; items && i < c->table.n; i++)
			vm_clear(&items[i].vm);
		free(items);
		return err;
	}
	take_processes(c, items);
	names = clock_ns() + NAMES_NS;
	deadline += (deadline - begin) / 8;
	unnamed = resolver_wait(c->table.resolver, names < deadline ? names : deadline);
	if (unnamed) {
		char text[24];

		c->read_errors += unnamed;
		snprintf(text, sizeof(text), "%zu", unnamed);
		log_event(&c->config->log, LOG_WARN,
			  "the command lines of VMs cannot be read in time: no names yet", "vms",
			  text);
	}
	s->why = list->why;
	*ret_unseen = fill(c, s, items, list);
	free(items);
	return 0;
}

struct snapshot *collect_take(struct collect *c, const struct read_wants *wants)
{
	const int64_t begin = clock_ns(), deadline = deadline_of(wants, begin);
	const bool automatic = c->config->source == SOURCE_AUTO;
	struct snapshot *s = snapshot_new();
	struct listing list = {0};
	size_t skipped, unseen = 0;
	int err;

	if (!s)
		return NULL;
	err = readers_list(c->readers, deadline, &list, &skipped, &c->table.boot_time);
	s->why = list.why;
	if (err == -ETIMEDOUT)
		c->read_errors++;
	if (!err) {
		c->read_errors += list.cut + list.denied + skipped;
		err = read_vms(c, wants, begin, deadline, &list, s, &unseen);
		free(list.keys);
	}
	if (err == -ENOMEM) {
		snapshot_unref(s);
		return NULL;
	}
	snapshot_finish(s);
	s->taken_ns = begin;
	s->source = automatic && !s->success ? "none" : list.source;
	s->read_errors = c->read_errors;
	s->ticks_hz = c->table.ticks_hz;
	proc_self(&c->self);
	s->self = c->self;
	s->duration = (double)(clock_ns() - begin) / (double)NS_PER_S;
	told_pass(&c->told, &c->config->log, s, &list, c->config->debugfs, unseen);
	return s;
}
