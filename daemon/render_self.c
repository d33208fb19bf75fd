// SPDX-License-Identifier: GPL-2.0-or-later
#include "render_self.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* https://prometheus.io/docs/instrumenting/exposition_formats/: these three, and no others. */
void prometheus_escape(struct strbuf *out, const char *value)
{
	while (*value) {
		size_t plain = strcspn(value, "\\\"\n");

		strbuf_add(out, value, plain);
		value += plain;
		if (!*value)
			break;
		strbuf_add(out, "\\", 1);
		strbuf_add(out, *value == '\n' ? "n" : value, 1);
		value++;
	}
}

void prometheus_label(struct strbuf *out, const char *name, const char *value)
{
	strbuf_puts(out, name);
	strbuf_puts(out, "=\"");
	prometheus_escape(out, value ? value : "");
	strbuf_puts(out, "\"");
}

void prometheus_head(struct strbuf *out, const char *name, const char *type, const char *help)
{
	strbuf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* A family of one sample; what is negative is not known, and left out. */
static void add_value(struct strbuf *out, const char *name, const char *type, const char *help,
		      int decimals, double value)
{
	if (value < 0)
		return;
	prometheus_head(out, name, type, help);
	strbuf_printf(out, "%s %.*f\n", name, decimals, value);
}

void render_self(const struct snapshot *s, const char *version, struct strbuf *out)
{
	const struct self_stats *self = &s->self;

	prometheus_head(out, "kvm_exit_exporter_build_info", "gauge",
			"Version of the exporter: always 1.");
	prometheus_label(out, "kvm_exit_exporter_build_info{version", version);
	strbuf_puts(out, "} 1\n");
	prometheus_head(out, "kvm_exit_exporter_source_info", "gauge",
			"Where the counters come from, and why from there: always 1.");
	prometheus_label(out, "kvm_exit_exporter_source_info{source", s->source);
	prometheus_label(out, ",why", s->why);
	strbuf_puts(out, "} 1\n");
	add_value(out, "kvm_exit_exporter_collector_success", "gauge",
		  "Whether the counters could be read.", 0, s->success);
	add_value(out, "kvm_exit_exporter_scrape_duration_seconds", "gauge",
		  "How long it took to read the counters.", 9, s->duration);
	prometheus_head(out, "kvm_exit_exporter_read_errors_total", "counter",
			"Failures to read or understand the counters of a VM or vCPU.");
	strbuf_printf(out, "kvm_exit_exporter_read_errors_total %" PRIu64 "\n", s->read_errors);
	add_value(out, "process_cpu_seconds_total", "counter",
		  "Total user and system CPU time spent in seconds.", 6, self->cpu_seconds);
	add_value(out, "process_start_time_seconds", "gauge",
		  "Start time of the process since unix epoch in seconds.", 2, self->start_time);
	add_value(out, "process_resident_memory_bytes", "gauge", "Resident memory size in bytes.",
		  0, (double)self->resident_bytes);
	add_value(out, "process_virtual_memory_bytes", "gauge", "Virtual memory size in bytes.", 0,
		  (double)self->virtual_bytes);
	add_value(out, "process_open_fds", "gauge", "Number of open file descriptors.", 0,
		  (double)self->open_fds);
	add_value(out, "process_max_fds", "gauge", "Maximum number of open file descriptors.", 0,
		  (double)self->max_fds);
}
