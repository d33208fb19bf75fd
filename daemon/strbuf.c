// SPDX-License-Identifier: GPL-2.0-or-later
#include "strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATIO_DIGITS 10
#define RATIO_SCALE  UINT64_C(10000000000)
/* What is worth to be handed on. */
#define PASS_ON_SIZE ((size_t)64 * 1024)

/* Make room for len more bytes. */
static bool grow(struct strbuf *b, size_t len)
{
	size_t size = b->size ? b->size : 256;
	char *new;

	while (size - b->len < len && size <= SIZE_MAX / 4)
		size *= 2;
	new = size - b->len < len ? NULL : realloc(b->text, size);
	if (!new) {
		b->failed = true;
		return false;
	}
	b->text = new;
	b->size = size;
	return true;
}

char *strbuf_room(struct strbuf *b, size_t len)
{
	if (b->failed || (len > b->size - b->len && !grow(b, len)))
		return NULL;
	return b->text + b->len;
}

void strbuf_add(struct strbuf *b, const char *text, size_t len)
{
	char *to = strbuf_room(b, len);

	if (to && len) {
		memcpy(to, text, len);
		b->len += len;
	}
}

void strbuf_puts(struct strbuf *b, const char *text)
{
	strbuf_add(b, text, strlen(text));
}

void strbuf_u64(struct strbuf *b, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + value % 10);
	while (value /= 10);
	strbuf_add(b, digits + at, sizeof(digits) - at);
}

void strbuf_ratio(struct strbuf *b, uint64_t numerator, uint64_t denominator)
{
	__extension__ typedef unsigned __int128 u128;
	uint64_t fraction = (uint64_t)((u128)(numerator % denominator) * RATIO_SCALE / denominator);
	char digits[RATIO_DIGITS + 1] = {'.'};
	size_t len = sizeof(digits);

	strbuf_u64(b, numerator / denominator);
	if (!fraction)
		return;
	for (size_t i = RATIO_DIGITS; i; i--, fraction /= 10)
		digits[i] = (char)('0' + fraction % 10);
	while (digits[len - 1] == '0')
		len--;
	strbuf_add(b, digits, len);
}

void strbuf_printf(struct strbuf *b, const char *format, ...)
{
	char text[512];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof(text))
		b->failed = true;
	else
		strbuf_add(b, text, (size_t)n);
}

void strbuf_pass_on(struct strbuf *b)
{
	if (!b->sink || b->len < PASS_ON_SIZE)
		return;
	b->sink(b->ctx, b->text, b->len);
	b->len = 0;
}

void strbuf_free(struct strbuf *b)
{
	free(b->text);
	*b = (struct strbuf){0};
}
