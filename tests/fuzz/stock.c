// SPDX-License-Identifier: GPL-2.0-or-later
/* Upstream's statistics in debugfs, a number in each file: here a file is a line of the input. */
#include "stock_stats.h"

#include "lib/fuzz.h"

#include <errno.h>
#include <string.h>

/* By the C library; it alone would take signs and blanks. */
static bool is_number(const char *text, uint64_t *ret)
{
	const size_t digits = strspn(text, "0123456789");

	if (!digits || strcmp(text + digits, "\n") != 0)
		return false;
	errno = 0;
	*ret = strtoull(text, NULL, 10);
	return !errno;
}

static bool check(const uint8_t *data, size_t len, uint64_t *ret)
{
	char *text = fuzz_string(data, len);
	uint64_t want = 0, got = 42;
	/* Not all of it is a string: there may be a NUL. */
	const bool good = strlen(text) == len && is_number(text, &want);
	const int err = stock_number(text, len, &got);

	MUST(good ? !err && got == want : err == -EBADMSG && got == 42);
	free(text);
	*ret = got;
	return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stock_stats stock = {.has = {false}};
	const struct exit_stats st = {.vcpus = 1, .stock = &stock};
	uint64_t value;
	bool all = true;
	size_t n = 0;

	check(data, size, &value);
	for (size_t at = 0; at < size && n < STOCK_STATS; n++) {
		const uint8_t *newline = memchr(data + at, '\n', size - at);
		const size_t len = newline ? (size_t)(newline - data) + 1 - at : size - at;

		stock.has[n] = check(data + at, len, &value);
		if (stock.has[n])
			stock.values[n] = value;
		all &= stock.has[n];
		at += len;
	}
	/* Rendering takes long: only what has something new to show. */
	if (n > 1 && all)
		must_render(&st, NULL);
	return 0;
}
