// SPDX-License-Identifier: GPL-2.0-or-later
#include "page.h"

/* The few characters that mean something in HTML text and attributes. */
static void add_html(struct strbuf *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			strbuf_puts(out, "&amp;");
			break;
		case '<':
			strbuf_puts(out, "&lt;");
			break;
		case '>':
			strbuf_puts(out, "&gt;");
			break;
		case '"':
			strbuf_puts(out, "&quot;");
			break;
		default:
			strbuf_add(out, text, 1);
		}
	}
}

static void add_link(struct strbuf *out, const char *path, const char *what)
{
	strbuf_puts(out, "<li><a href=\"");
	add_html(out, path);
	strbuf_puts(out, "\">");
	add_html(out, path);
	strbuf_puts(out, "</a>: ");
	strbuf_puts(out, what);
	strbuf_puts(out, "</li>\n");
}

void page_landing(const char *telemetry_path, const char *version, struct strbuf *out)
{
	strbuf_puts(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
			 "<title>kvm-exit-exporter</title>\n</head>\n<body>\n"
			 "<h1>kvm-exit-exporter</h1>\n"
			 "<p>VM exits of KVM guests: per VM, per vCPU and per reason.</p>\n<ul>\n");
	add_link(out, telemetry_path, "metrics for Prometheus");
	add_link(out, "/vms", "all VMs, as JSON; each has a path to more");
	add_link(out, "/-/healthy", "is the exporter alive");
	add_link(out, "/-/ready", "is it ready to serve");
	strbuf_puts(out, "</ul>\n<p>Version ");
	add_html(out, version);
	strbuf_puts(out, "</p>\n</body>\n</html>\n");
}
