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

static bool ends_in(const char *text, const char *end)
{
	const size_t len = strlen(text), n = strlen(end);

	return len > n && strcmp(text + len - n, end) == 0;
}

/* https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md */
static void openmetrics_head(struct strbuf *out, const char *name, const char *type,
			     const char *help)
{
	static const char *const units[] = {"seconds", "bytes"};
	int len = (int)strlen(name);

	/* A family's name lacks what its samples' names end in. */
	if (strcmp(type, "counter") == 0 && ends_in(name, "_total")) {
		len -= (int)strlen("_total");
	} else if (ends_in(name, "_info")) {
		len -= (int)strlen("_info");
		type = "info";
	}
	strbuf_printf(out, "# TYPE %.*s %s\n", len, name, type);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		const int n = (int)strlen(units[i]);

		if (len > n && name[len - n - 1] == '_' &&
		    strncmp(name + len - n, units[i], (size_t)n) == 0)
			strbuf_printf(out, "# UNIT %.*s %s\n", len, name, units[i]);
	}
	strbuf_printf(out, "# HELP %.*s %s\n", len, name, help);
}

void prometheus_head(struct strbuf *out, bool openmetrics, const char *name, const char *type,
		     const char *help)
{
	if (openmetrics)
		openmetrics_head(out, name, type, help);
	else
		strbuf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Where a family goes, and how. */
struct page {
	struct strbuf *out;
	bool openmetrics;
};

static void add_head(const struct page *p, const char *name, const char *type, const char *help)
{
	prometheus_head(p->out, p->openmetrics, name, type, help);
}

/* A family of one sample; what is negative is not known, and left out. */
static void add_value(const struct page *p, const char *name, const char *type, const char *help,
		      int decimals, double value)
{
	if (value < 0)
		return;
	add_head(p, name, type, help);
	strbuf_printf(p->out, "%s %.*f\n", name, decimals, value);
}

static void add_count(const struct page *p, const char *name, const char *type, const char *help,
		      uint64_t value)
{
	add_head(p, name, type, help);
	strbuf_printf(p->out, "%s %" PRIu64 "\n", name, value);
}

static void add_served(const struct page *p, const struct served *served)
{
	static const unsigned int codes[SERVED_CODES_N] = SERVED_CODES;

	add_head(p, "kvm_exit_exporter_http_requests_total", "counter",
		 "Answers to HTTP requests by status code.");
	for (size_t i = 0; i < SERVED_CODES_N; i++) {
		char code[8];

		/* What an alert is made of is there from the beginning. */
		if (!served->answers[i] && codes[i] != 200 && codes[i] != 500 && codes[i] != 503)
			continue;
		snprintf(code, sizeof(code), codes[i] ? "%u" : "other", codes[i]);
		prometheus_label(p->out, "kvm_exit_exporter_http_requests_total{code", code);
		strbuf_printf(p->out, "} %" PRIu64 "\n", served->answers[i]);
	}
	add_count(p, "kvm_exit_exporter_http_requests_in_flight", "gauge",
		  "Requests that wait for counters, or for their client to take the answer.",
		  served->in_flight);
	add_count(p, "kvm_exit_exporter_http_slow_clients_total", "counter",
		  "Connections closed on clients that were too slow, or idle when others came.",
		  served->sent_away);
	add_count(p, "kvm_exit_exporter_scrape_timeouts_total", "counter",
		  "Scrapes answered without counters, since these did not come in time.",
		  served->timeouts);
}

static void add_process(const struct page *p, const struct self_stats *self)
{
	add_value(p, "process_cpu_seconds_total", "counter",
		  "Total user and system CPU time spent in seconds.", 6, self->cpu_seconds);
	/* 0 is unknown: no process is as old as the epoch. */
	if (self->start_time > 0)
		add_value(p, "process_start_time_seconds", "gauge",
			  "Start time of the process since unix epoch in seconds.", 2,
			  self->start_time);
	add_value(p, "process_resident_memory_bytes", "gauge", "Resident memory size in bytes.", 0,
		  (double)self->resident_bytes);
	add_value(p, "process_virtual_memory_bytes", "gauge", "Virtual memory size in bytes.", 0,
		  (double)self->virtual_bytes);
	add_value(p, "process_open_fds", "gauge", "Number of open file descriptors.", 0,
		  (double)self->open_fds);
	add_value(p, "process_max_fds", "gauge", "Maximum number of open file descriptors.", 0,
		  (double)self->max_fds);
}

void render_self(const struct snapshot *s, const struct render_want *want, struct strbuf *out)
{
	const struct page p = {out, want->openmetrics};

	add_head(&p, "kvm_exit_exporter_build_info", "gauge", "Version of the exporter: always 1.");
	prometheus_label(out, "kvm_exit_exporter_build_info{version", want->version);
	strbuf_puts(out, "} 1\n");
	add_head(&p, "kvm_exit_exporter_source_info", "gauge",
		 "Where the counters come from, and why from there: always 1.");
	prometheus_label(out, "kvm_exit_exporter_source_info{source", s->source);
	prometheus_label(out, ",why", s->why);
	strbuf_puts(out, "} 1\n");
	add_value(&p, "kvm_exit_exporter_collector_success", "gauge",
		  "Whether the counters could be read.", 0, s->success);
	add_value(&p, "kvm_exit_exporter_scrape_duration_seconds", "gauge",
		  "How long it took to read the counters.", 9, s->duration);
	add_count(&p, "kvm_exit_exporter_read_errors_total", "counter",
		  "Failures to read or understand the counters of a VM or vCPU.", s->read_errors);
	if (want->served)
		add_served(&p, want->served);
	add_process(&p, &s->self);
}
