/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headings, lines and tables, for a terminal or as Markdown. Pure. */
#ifndef REPORT_DOC_H
#define REPORT_DOC_H

#include "strbuf.h"

enum report_style { REPORT_TEXT, REPORT_MARKDOWN };

struct report_doc {
	enum report_style style;
	struct strbuf *out;  /* the caller's; tells of failure */
	struct strbuf cells; /* of the table that is being made, each ended by NUL */
	size_t n_cells;
	size_t columns;
	const char *aligned; /* a letter for each column: l or r */
};

/*
 * Append foreign text so that it stays on its line, and is text: what would control a terminal
 * becomes '?'; what Markdown would act on is escaped.
 */
void report_doc_foreign(struct report_doc *d, struct strbuf *out, const char *text);

/* level 1 is the title. Foreign text must have been made harmless. */
void report_doc_heading(struct report_doc *d, int level, const char *text, size_t len);
/* A paragraph; in text a line. */
void report_doc_line(struct report_doc *d, const char *text, size_t len);

/*
 * A table: aligned as above, which is borrowed until the end, and a heading for each column; then
 * the cells row by row. report_doc_table_end() prints it.
 */
void report_doc_table(struct report_doc *d, const char *aligned, const char *const *headings);
void report_doc_cell(struct report_doc *d, const char *text);
void report_doc_cell_foreign(struct report_doc *d, const char *text);
void report_doc_cellf(struct report_doc *d, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void report_doc_table_end(struct report_doc *d);

void report_doc_free(struct report_doc *d);

#endif
