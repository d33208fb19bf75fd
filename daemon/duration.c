// SPDX-License-Identifier: GPL-2.0-or-later
#include "duration.h"

#include "clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define DAY_S	      (INT64_C(24) * 60 * 60)
#define FRACTION_MAX  9
#define FRACTION_UNIT NS_PER_S /* 10 to the power of FRACTION_MAX */

static const struct {
	const char *name;
	int64_t ns;
} units[] = {
	{"y", 365 * DAY_S *NS_PER_S},
	{"w", 7 * DAY_S *NS_PER_S},
	{"d", DAY_S *NS_PER_S},
	{"h", 3600 * NS_PER_S},
	{"m", 60 * NS_PER_S},
	{"s", NS_PER_S},
	{"ms", NS_PER_MS},
};

#define N_UNITS (sizeof(units) / sizeof(units[0]))

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * Digits at *text, and perhaps a fraction, in *ret_fraction of FRACTION_UNIT. Moves *text behind
 * them.
 */
static int parse_number(const char **text, int64_t *ret, int64_t *ret_fraction)
{
	const char *at = *text;
	int64_t value = 0, fraction = 0, unit = FRACTION_UNIT;

	if (!is_digit(*at))
		return -EINVAL;
	for (; is_digit(*at); at++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, *at - '0', &value))
			return -ERANGE;
	if (*at == '.') {
		const char *first = ++at;

		for (; is_digit(*at) && at - first < FRACTION_MAX; at++) {
			unit /= 10;
			fraction += (*at - '0') * unit;
		}
		if (at == first)
			return -EINVAL;
	}
	*text = at;
	*ret = value;
	*ret_fraction = fraction;
	return 0;
}

/* The unit that text begins with, N_UNITS if it is none. */
static size_t find_unit(const char *text)
{
	const size_t len = strspn(text, "ywdhms");

	for (size_t i = 0; i < N_UNITS; i++)
		if (strlen(units[i].name) == len && memcmp(units[i].name, text, len) == 0)
			return i;
	return N_UNITS;
}

int duration_parse(const char *text, int64_t *ret_ns)
{
	__extension__ typedef __int128 i128;
	int64_t sum = 0;
	size_t next = 0;

	if (strcmp(text, "0") == 0) {
		*ret_ns = 0;
		return 0;
	}
	do {
		int64_t value, fraction, ns;
		size_t unit;
		int err = parse_number(&text, &value, &fraction);

		if (err)
			return err;
		unit = find_unit(text);
		if (unit < next || unit == N_UNITS)
			return -EINVAL;
		fraction = (int64_t)((i128)fraction * units[unit].ns / FRACTION_UNIT);
		if (__builtin_mul_overflow(value, units[unit].ns, &ns) ||
		    __builtin_add_overflow(ns, fraction, &ns) ||
		    __builtin_add_overflow(sum, ns, &sum))
			return -ERANGE;
		text += strlen(units[unit].name);
		next = unit + 1;
	} while (*text);
	*ret_ns = sum;
	return 0;
}

const char *duration_format(int64_t ns, char *ret)
{
	size_t len = 0;

	ret[0] = '\0';
	for (size_t i = 2; i < N_UNITS; i++) {
		int64_t n = ns / units[i].ns;

		if (!n)
			continue;
		ns -= n * units[i].ns;
		len += (size_t)snprintf(ret + len, DURATION_TEXT_MAX - len, "%" PRId64 "%s", n,
					units[i].name);
	}
	if (!len)
		snprintf(ret, DURATION_TEXT_MAX, ns ? "0.%06" PRId64 "ms" : "0s", ns);
	return ret;
}
