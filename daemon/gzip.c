// SPDX-License-Identifier: GPL-2.0-or-later
#include "gzip.h"

/* The fastest: metrics are repetitive enough for it. */
#define LEVEL 1
/* zlib's window bits, and 16 for the format of gzip instead of zlib's own. */
#define WINDOW (15 + 16)
#define MEMORY 8
/* Smaller answers fit into a packet anyway. */
#define SIZE_MIN 1024
#define STEP	 ((size_t)32 * 1024)

static bool start(struct gzip *g)
{
	if (!g->begun && !g->out.failed) {
		g->begun = deflateInit2(&g->z, LEVEL, Z_DEFLATED, WINDOW, MEMORY,
					Z_DEFAULT_STRATEGY) == Z_OK;
		g->out.failed = !g->begun;
	}
	return !g->out.failed;
}

/* Compress all of the input, which is less than 4 GiB. */
static void compress_input(struct gzip *g, const char *text, size_t len, int flush)
{
	int status = Z_OK;

	if (!start(g))
		return;
	g->z.next_in = (const Bytef *)text;
	g->z.avail_in = (uInt)len;
	do {
		char *to = strbuf_room(&g->out, STEP);

		if (!to)
			return;
		g->z.next_out = (Bytef *)to;
		g->z.avail_out = (uInt)STEP;
		status = deflate(&g->z, flush);
		g->out.len += STEP - g->z.avail_out;
	} while (status == Z_OK && !g->z.avail_out);
	/* Z_BUF_ERROR: there was nothing more to do. */
	if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
		g->out.failed = true;
}

static void sink(void *ctx, const char *text, size_t len)
{
	compress_input(ctx, text, len, Z_NO_FLUSH);
}

void gzip_begin(struct gzip *g, struct strbuf *text)
{
	*g = (struct gzip){0};
	text->sink = sink;
	text->ctx = g;
}

bool gzip_end(struct gzip *g, struct strbuf *text)
{
	text->sink = NULL;
	if (!g->begun && !g->out.failed && text->len < SIZE_MIN)
		return false;
	if (!text->failed)
		compress_input(g, text->text, text->len, Z_FINISH);
	if (g->begun)
		deflateEnd(&g->z);
	g->out.failed = g->out.failed || text->failed;
	strbuf_free(text);
	*text = g->out;
	g->out = (struct strbuf){0};
	return true;
}
