// SPDX-License-Identifier: GPL-2.0-or-later
#include "render_prometheus.h"

#include "clock.h"
#include "render_reasons.h"
#include "render_self.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * vm is the guest's name, else the pid. VMs of one process are told apart by fd, and where that
 * does not do, by the name of the debugfs directory. With the pid beside it no two VMs are the
 * same.
 */
static void add_vm_labels(struct strbuf *out, const struct vm *vm)
{
	ADD_LITERAL(out, "{vm=\"");
	if (vm->id.name && *vm->id.name)
		prometheus_escape(out, vm->id.name);
	else
		strbuf_u64(out, vm->pid);
	if (vm->twin)
		strbuf_printf(out, "/%u-%u", vm->tid, vm->fd);
	else if (vm->sibling)
		strbuf_printf(out, "/%u", vm->fd);
	strbuf_printf(out, "\",pid=\"%u\"", vm->pid);
}

static void make_labels(struct renderer *r)
{
	const struct snapshot *s = r->s;

	r->labels.starts = calloc(s->n_vms + 1, sizeof(*r->labels.starts));
	if (!r->labels.starts) {
		r->labels.text.failed = true;
		return;
	}
	for (size_t i = 0; i < s->n_vms; i++) {
		add_vm_labels(&r->labels.text, &s->vms[i]);
		r->labels.starts[i + 1] = r->labels.text.len;
	}
}

/* "name{vm="…",pid="…"": the start of a series of VM i. */
static void add_series(struct renderer *r, const char *name, size_t i)
{
	const size_t start = r->labels.starts[i], end = r->labels.starts[i + 1];

	strbuf_puts(r->out, name);
	strbuf_add(r->out, r->labels.text.text + start, end - start);
}

static void add_value(struct renderer *r, uint64_t value)
{
	ADD_LITERAL(r->out, "} ");
	strbuf_u64(r->out, value);
	ADD_LITERAL(r->out, "\n");
}

static void add_seconds(struct renderer *r, uint64_t ticks, uint64_t hz)
{
	ADD_LITERAL(r->out, "} ");
	strbuf_ratio(r->out, ticks, hz);
	ADD_LITERAL(r->out, "\n");
}

typedef void add_vm_fn(struct renderer *r, const char *name, size_t i, const struct vm *vm);

static void vm_exits(struct renderer *r, const char *name, size_t i, const struct vm *vm)
{
	render_exits(r, name, i, NULL, &vm->stats);
}

static void vm_exit_seconds(struct renderer *r, const char *name, size_t i, const struct vm *vm)
{
	render_exit_seconds(r, name, i, NULL, &vm->stats);
}

static void vm_paused(struct renderer *r, const char *name, size_t i, const struct vm *vm)
{
	if (!vm->stats.tsc_khz)
		return;
	add_series(r, name, i);
	add_seconds(r, vm->stats.paused, vm->stats.tsc_khz * 1000);
}

static void vm_dropped(struct renderer *r, const char *name, size_t i, const struct vm *vm)
{
	if (vm->stats.stock)
		return;
	add_series(r, name, i);
	add_value(r, vm->stats.dropped);
}

static void vm_start_time(struct renderer *r, const char *name, size_t i, const struct vm *vm)
{
	if (!vm->has_start)
		return;
	add_series(r, name, i);
	add_seconds(r, vm->start_ticks, r->s->ticks_hz);
}

static void vm_vcpus(struct renderer *r, const char *name, size_t i, const struct vm *vm)
{
	add_series(r, name, i);
	add_value(r, vm->stats.vcpus);
}

static void vm_info(struct renderer *r, const char *name, size_t i, const struct vm *vm)
{
	add_series(r, name, i);
	prometheus_label(r->out, ",uuid", vm->id.uuid);
	prometheus_label(r->out, ",vmm", vm->id.vmm);
	prometheus_label(r->out, ",isa", vm->stats.isa);
	add_value(r, 1);
}

static void vcpu_exits(struct renderer *r, const char *name, size_t i, const struct vm *vm)
{
	for (size_t v = 0; v < vm->n_vcpus; v++)
		render_exits(r, name, i, &vm->vcpus[v], &vm->vcpus[v].stats);
}

static void vcpu_exit_seconds(struct renderer *r, const char *name, size_t i, const struct vm *vm)
{
	for (size_t v = 0; v < vm->n_vcpus; v++)
		render_exit_seconds(r, name, i, &vm->vcpus[v], &vm->vcpus[v].stats);
}

static const struct family {
	const char *name, *type, *help;
	bool vcpus;
	add_vm_fn *add;
} families[] = {
	{"kvm_vm_exits_total", "counter", "VM exits by reason.", false, vm_exits},
	{"kvm_vm_exit_seconds_total", "counter",
	 "Time from VM exits to the next entry, by reason and by who spent it.", false,
	 vm_exit_seconds},
	{"kvm_vm_paused_seconds_total", "counter",
	 "Time that vCPUs spent outside KVM_RUN after a signal had ended it.", false, vm_paused},
	{"kvm_vm_dropped_intervals_total", "counter",
	 "Intervals not counted as time, since their time stamps made no sense.", false,
	 vm_dropped},
	{"kvm_vm_start_time_seconds", "gauge",
	 "Start time of the VM's process since the Unix epoch.", false, vm_start_time},
	{"kvm_vm_vcpus", "gauge", "Number of vCPUs.", false, vm_vcpus},
	{"kvm_vm_info", "gauge", "What is known of a VM: always 1.", false, vm_info},
	{"kvm_vcpu_exits_total", "counter", "VM exits by vCPU and reason.", true, vcpu_exits},
	{"kvm_vcpu_exit_seconds_total", "counter",
	 "Time from VM exits to the next entry, by vCPU, reason and who spent it.", true,
	 vcpu_exit_seconds},
};

static void add_family(struct renderer *r, const struct family *f)
{
	const size_t before = r->out->len;
	bool any = false;
	size_t head;

	prometheus_head(r->out, r->want->openmetrics, f->name, f->type, f->help);
	head = r->out->len;
	for (size_t i = 0; i < r->s->n_vms; i++) {
		if (!r->s->vms[i].failed)
			f->add(r, f->name, i, &r->s->vms[i]);
		any = any || r->out->len != head;
		if (any)
			strbuf_pass_on(r->out);
	}
	/* A family without a sample is not there at all. */
	if (!any)
		r->out->len = before;
}

/* Upstream's statistic n, of the VMs that have it. */
static void add_stock_family(struct renderer *r, size_t n)
{
	const struct stock_name *stock = &stock_names[n];
	const struct snapshot *s = r->s;
	char name[64], help[96];
	bool headed = false;

	snprintf(name, sizeof(name), "kvm_vm_stat_%s_total", stock->metric);
	snprintf(help, sizeof(help), "KVM's own statistic %s, of all vCPUs.", stock->file);
	for (size_t i = 0; i < s->n_vms; i++) {
		const struct stock_stats *st = s->vms[i].stats.stock;

		if (s->vms[i].failed || !st || !st->has[n])
			continue;
		if (!headed)
			prometheus_head(r->out, r->want->openmetrics, name, "counter", help);
		headed = true;
		add_series(r, name, i);
		if (stock->ns)
			add_seconds(r, st->values[n], NS_PER_S);
		else
			add_value(r, st->values[n]);
	}
}

void render_metrics(const struct snapshot *s, const struct render_want *want, struct strbuf *out)
{
	struct renderer r = {.s = s, .want = want, .out = out};

	make_labels(&r);
	if (r.labels.text.failed) {
		out->failed = true;
	} else {
		for (size_t f = 0; f < sizeof(families) / sizeof(families[0]); f++)
			if (want->vcpus || !families[f].vcpus)
				add_family(&r, &families[f]);
		for (size_t n = 0; n < STOCK_STATS; n++)
			add_stock_family(&r, n);
		render_self(s, want, out);
		if (want->openmetrics)
			ADD_LITERAL(out, "# EOF\n");
	}
	free(r.labels.starts);
	strbuf_free(&r.labels.text);
	strbuf_free(&r.labels.head);
}

void render_prometheus(const struct snapshot *s, const char *version, bool vcpus,
		       struct strbuf *out)
{
	const struct render_want want = {.version = version, .vcpus = vcpus};

	render_metrics(s, &want, out);
}
