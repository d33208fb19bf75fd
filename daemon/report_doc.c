// SPDX-License-Identifier: GPL-2.0-or-later
#include "report_doc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 16
#define CELL_MAX    512

/*
 * The length of what controls a terminal, or the direction of text, at s: C0 and DEL; C1, which is
 * C2 80 to C2 9F; U+2028 to U+202E and U+2066 to U+2069. 0 if it is neither.
 */
static size_t control(const unsigned char *s)
{
	if (s[0] < ' ' || s[0] == 0x7F)
		return 1;
	if (s[0] == 0xC2 && s[1] >= 0x80 && s[1] <= 0x9F)
		return 2;
	if (s[0] == 0xE2 && s[1] == 0x80 && s[2] >= 0xA8 && s[2] <= 0xAE)
		return 3;
	if (s[0] == 0xE2 && s[1] == 0x81 && s[2] >= 0xA6 && s[2] <= 0xA9)
		return 3;
	return 0;
}

static bool is_word(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Markdown takes a backslash before any ASCII punctuation. Within a word "_" and "-" do nothing. */
static bool is_escaped(const unsigned char *text, size_t i)
{
	unsigned char c = text[i];

	if (c <= ' ' || c >= 0x7F || is_word(c))
		return false;
	return (c != '_' && c != '-') || !i || !is_word(text[i - 1]) || !is_word(text[i + 1]);
}

void report_doc_foreign(struct report_doc *d, struct strbuf *out, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	for (size_t i = 0; s[i]; i++) {
		size_t n = control(s + i);

		if (n) {
			strbuf_puts(out, d->style == REPORT_MARKDOWN ? "\\?" : "?");
			i += n - 1;
			continue;
		}
		if (d->style == REPORT_MARKDOWN && is_escaped(s, i))
			strbuf_puts(out, "\\");
		strbuf_add(out, text + i, 1);
	}
}

void report_doc_heading(struct report_doc *d, int level, const char *text, size_t len)
{
	/* In Markdown there is one already. */
	if (d->out->len && d->style == REPORT_TEXT)
		strbuf_puts(d->out, "\n");
	if (d->style == REPORT_MARKDOWN)
		strbuf_puts(d->out, level == 1 ? "# " : "## ");
	strbuf_add(d->out, text, len);
	strbuf_puts(d->out, "\n");
	if (d->style == REPORT_MARKDOWN)
		strbuf_puts(d->out, "\n");
}

void report_doc_line(struct report_doc *d, const char *text, size_t len)
{
	if (d->style == REPORT_TEXT)
		strbuf_puts(d->out, "  ");
	strbuf_add(d->out, text, len);
	strbuf_puts(d->out, d->style == REPORT_MARKDOWN ? "\n\n" : "\n");
}

void report_doc_table(struct report_doc *d, const char *aligned, const char *const *headings)
{
	d->aligned = aligned;
	d->columns = strlen(aligned);
	d->cells.len = 0;
	d->n_cells = 0;
	for (size_t i = 0; i < d->columns; i++)
		report_doc_cell(d, headings[i]);
}

static void end_cell(struct report_doc *d)
{
	strbuf_add(&d->cells, "", 1);
	d->n_cells++;
}

void report_doc_cell(struct report_doc *d, const char *text)
{
	strbuf_puts(&d->cells, text);
	end_cell(d);
}

void report_doc_cell_foreign(struct report_doc *d, const char *text)
{
	report_doc_foreign(d, &d->cells, text);
	end_cell(d);
}

void report_doc_cellf(struct report_doc *d, const char *format, ...)
{
	char text[CELL_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	report_doc_cell(d, text);
}

/* In characters; all are taken to be one column wide. */
static size_t width(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xC0) != 0x80;
	return n;
}

static void repeat(struct strbuf *out, const char *text, size_t n)
{
	while (n--)
		strbuf_puts(out, text);
}

static void put_cell(const struct report_doc *d, size_t column, size_t wide, const char *text)
{
	const bool markdown = d->style == REPORT_MARKDOWN, right = d->aligned[column] == 'r';
	const bool ends_row = column + 1 == d->columns;
	const size_t pad = wide - width(text);

	strbuf_puts(d->out, markdown ? (column ? " | " : "| ") : "  ");
	if (right)
		repeat(d->out, " ", pad);
	strbuf_puts(d->out, text);
	/* No blanks at the end of a line. */
	if (!right && (markdown || !ends_row))
		repeat(d->out, " ", pad);
	if (ends_row)
		strbuf_puts(d->out, markdown ? " |\n" : "\n");
}

static void put_rule(const struct report_doc *d, const size_t *wide)
{
	for (size_t c = 0; c < d->columns; c++) {
		strbuf_puts(d->out, c ? " | " : "| ");
		repeat(d->out, "-", wide[c] > 1 ? wide[c] - 1 : 1);
		strbuf_puts(d->out, d->aligned[c] == 'r' ? ":" : "-");
	}
	strbuf_puts(d->out, " |\n");
}

void report_doc_table_end(struct report_doc *d)
{
	size_t wide[COLUMNS_MAX] = {0};
	const char *at = d->cells.text;

	if (d->cells.failed || d->columns > COLUMNS_MAX) {
		d->out->failed = true;
		return;
	}
	for (size_t i = 0; i < d->n_cells; i++, at += strlen(at) + 1)
		if (width(at) > wide[i % d->columns])
			wide[i % d->columns] = width(at);
	at = d->cells.text;
	for (size_t i = 0; i < d->n_cells; i++, at += strlen(at) + 1) {
		put_cell(d, i % d->columns, wide[i % d->columns], at);
		if (d->style == REPORT_MARKDOWN && i + 1 == d->columns)
			put_rule(d, wide);
	}
	if (d->style == REPORT_MARKDOWN)
		strbuf_puts(d->out, "\n");
}

void report_doc_free(struct report_doc *d)
{
	strbuf_free(&d->cells);
}
