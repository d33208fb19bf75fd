/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compresses a text while it is written, so that it is never in memory whole. */
#ifndef GZIP_H
#define GZIP_H

#include "strbuf.h"

struct gzip {
	struct gzip_state *state; /* NULL: nothing is compressed yet */
	struct strbuf out;
};

/* What is written to text from now on is to be compressed. Both must stay where they are. */
void gzip_begin(struct gzip *g, struct strbuf *text);
/*
 * The text is complete: true, and it is compressed, or false, and it is as it was, since it is too
 * small to gain from that. text->failed tells of a lack of memory.
 */
bool gzip_end(struct gzip *g, struct strbuf *text);

#endif
