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

static void add_link(struct strbuf *out, const char *path, const char *name, const char *what)
{
	strbuf_puts(out, "<li><a href=\"");
	add_html(out, path);
	strbuf_puts(out, "\">");
	strbuf_puts(out, name);
	strbuf_puts(out, "</a>: ");
	strbuf_puts(out, what);
	strbuf_puts(out, "</li>\n");
}

/* PAGE_POLICY has the digest of what is between the tags. */
static const char style[] = "<style>body{font-family:sans-serif;margin:0}"
			    "header{background:#1f3a5f;color:#fff;padding:.5rem 1rem}"
			    "main{padding:0 1rem}li{margin:.4rem 0}</style>\n";

void page_landing(const char *telemetry_path, const char *version, struct strbuf *out)
{
	strbuf_puts(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
			 "<meta name=\"viewport\" content=\"width=device-width\">\n"
			 "<title>kvm-exit-exporter</title>\n");
	strbuf_puts(out, style);
	strbuf_puts(out,
		    "</head>\n<body>\n<header>\n<h1>kvm-exit-exporter</h1>\n</header>\n<main>\n"
		    "<h2>VM exits of KVM guests: per VM, per vCPU and per reason</h2>\n"
		    "<div>Version: ");
	add_html(out, version);
	strbuf_puts(out, "</div>\n<ul>\n");
	add_link(out, telemetry_path, "Metrics", "for Prometheus, as text or OpenMetrics");
	add_link(out, "/vms", "VMs", "all, as JSON; each has a path to more");
	add_link(out, "/-/healthy", "Health", "is the exporter alive");
	add_link(out, "/-/ready", "Readiness", "is it ready to serve");
	strbuf_puts(out, "</ul>\n</main>\n</body>\n</html>\n");
}
