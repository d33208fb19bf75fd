// SPDX-License-Identifier: GPL-2.0-or-later
#include "page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/*
 * Files of build/page, which daemon/page/page.mk makes, between two symbols each: the plainest way
 * that all compilers and sanitizers here agree upon.
 */
#define EMBED(name, file)                                                                   \
	__asm__(".pushsection .rodata\n" #name ":\n.incbin \"build/page/" file "\"\n" #name \
		"_end:\n.byte 0\n.popsection\n")
#define HIDDEN __attribute__((visibility("hidden")))

EMBED(page_html, "page.html");
EMBED(page_js, "page.js");
EMBED(page_js_gz, "page.js.gz");
EMBED(page_css, "page.css");
EMBED(page_css_gz, "page.css.gz");
EMBED(page_svg, "page.svg");
EMBED(page_svg_gz, "page.svg.gz");

extern const char page_html[] HIDDEN, page_html_end[] HIDDEN;
extern const char page_js[] HIDDEN, page_js_end[] HIDDEN;
extern const char page_js_gz[] HIDDEN, page_js_gz_end[] HIDDEN;
extern const char page_css[] HIDDEN, page_css_end[] HIDDEN;
extern const char page_css_gz[] HIDDEN, page_css_gz_end[] HIDDEN;
extern const char page_svg[] HIDDEN, page_svg_end[] HIDDEN;
extern const char page_svg_gz[] HIDDEN, page_svg_gz_end[] HIDDEN;

static const struct page_file files[] = {
	{"/", "text/html; charset=utf-8", page_html, page_html_end, NULL, NULL},
	{"/page.js", "text/javascript; charset=utf-8", page_js, page_js_end, page_js_gz,
	 page_js_gz_end},
	{"/page.css", "text/css; charset=utf-8", page_css, page_css_end, page_css_gz,
	 page_css_gz_end},
	{"/page.svg", "image/svg+xml", page_svg, page_svg_end, page_svg_gz, page_svg_gz_end},
};

const struct page_file *page_find(const char *path)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (strcmp(files[i].path, path) == 0)
			return &files[i];
	return NULL;
}

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

void page_fill(const struct page_file *page, const char *telemetry_path, const char *version,
	       struct strbuf *out)
{
	static const char metrics_mark[] = "{{metrics}}", version_mark[] = "{{version}}";
	const char *at = page->text;

	while (at < page->end) {
		const char *mark = memmem(at, (size_t)(page->end - at), "{{", 2);
		const size_t left = mark ? (size_t)(page->end - mark) : 0;

		strbuf_add(out, at, (size_t)((mark ? mark : page->end) - at));
		if (!mark)
			break;
		if (left >= strlen(metrics_mark) &&
		    memcmp(mark, metrics_mark, strlen(metrics_mark)) == 0) {
			add_html(out, telemetry_path);
			at = mark + strlen(metrics_mark);
		} else if (left >= strlen(version_mark) &&
			   memcmp(mark, version_mark, strlen(version_mark)) == 0) {
			add_html(out, version);
			at = mark + strlen(version_mark);
		} else {
			strbuf_add(out, mark, 2);
			at = mark + 2;
		}
	}
}

/* FNV-1a: a browser's copy is as old as this one or it is not; nobody else chooses the text. */
void page_tag(const char *text, size_t len, char *ret)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3;
	/* Weak, since compressed and not it is the same. */
	snprintf(ret, PAGE_TAG_MAX, "W/\"%016" PRIx64 "\"", hash);
}
