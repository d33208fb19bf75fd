// SPDX-License-Identifier: GPL-2.0-or-later
#include "utf8.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char replacement[] = "\xEF\xBF\xBD";

/*
 * The length of the character at s, or of the part of one that must be replaced (*ret_valid false).
 * Table 3-7 of the Unicode standard: the second byte's range depends on the first.
 */
static size_t sequence(const unsigned char *s, size_t left, bool *ret_valid)
{
	unsigned char low = 0x80, high = 0xBF;
	size_t len, i;

	*ret_valid = s[0] < 0x80;
	if (s[0] < 0xC2 || s[0] > 0xF4)
		return 1;
	len = s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
	if (s[0] == 0xE0)
		low = 0xA0;
	else if (s[0] == 0xED)
		high = 0x9F;
	else if (s[0] == 0xF0)
		low = 0x90;
	else if (s[0] == 0xF4)
		high = 0x8F;
	for (i = 1; i < len; i++) {
		if (i >= left || s[i] < low || s[i] > high)
			return i;
		low = 0x80;
		high = 0xBF;
	}
	*ret_valid = true;
	return len;
}

char *utf8_clean(const char *text, size_t len, size_t max)
{
	const unsigned char *s = (const unsigned char *)text;
	char *out = malloc(max + 1);
	size_t n = 0;

	if (!out)
		return NULL;
	for (size_t i = 0, step; i < len && s[i]; i += step) {
		bool valid;
		const char *from;
		size_t bytes;

		step = sequence(s + i, len - i, &valid);
		from = valid ? text + i : replacement;
		bytes = valid ? step : sizeof(replacement) - 1;
		if (bytes > max - n)
			break;
		memcpy(out + n, from, bytes);
		n += bytes;
	}
	out[n] = '\0';
	return out;
}
