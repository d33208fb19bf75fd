/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A growing piece of text. Without memory it becomes and stays failed, so that only the end needs a
 * check.
 */
#ifndef STRBUF_H
#define STRBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strbuf {
	char *text; /* no NUL at the end */
	size_t len;
	size_t size;
	bool failed;
	/* If set, takes what strbuf_pass_on() hands on; it must take all of it. */
	void (*sink)(void *ctx, const char *text, size_t len);
	void *ctx;
};

/* Room for len more bytes after text + len, which the caller fills and counts. NULL: no memory. */
char *strbuf_room(struct strbuf *b, size_t len);

void strbuf_add(struct strbuf *b, const char *text, size_t len);
void strbuf_puts(struct strbuf *b, const char *text);
/* Decimal, exact. */
void strbuf_u64(struct strbuf *b, uint64_t value);
/*
 * numerator / denominator as a decimal fraction of at most ten digits, rounded down, so that what
 * grows never seems to shrink: a tenth of a nanosecond, where a TSC cycle is longer than 0.15 ns.
 * denominator is not 0, and below 2^63.
 */
void strbuf_ratio(struct strbuf *b, uint64_t numerator, uint64_t denominator);
/* printf, for what is rare. */
void strbuf_printf(struct strbuf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/*
 * Nothing before here will be taken back: a text of which there is much goes on to the sink, so
 * that it is never in memory whole.
 */
void strbuf_pass_on(struct strbuf *b);
void strbuf_free(struct strbuf *b);

#endif
