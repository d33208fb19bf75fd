// SPDX-License-Identifier: GPL-2.0-or-later
/* The message by which a client of TLS begins. */
#include "tls_hello.h"

#include "lib/fuzz.h"

#include <string.h>

static size_t number(const uint8_t *data, size_t n)
{
	return n == 1 ? data[0] : (size_t)data[0] << 8 | data[1];
}

/* Where the vector at at ends, whose length is a number of n bytes; beyond size if it is cut. */
static size_t end_of(const uint8_t *data, size_t size, size_t at, size_t n)
{
	if (at > size || size - at < n)
		return size + 1;
	return at + n + number(data + at, n);
}

/* RFC 8446 again, by places in the message. */
static unsigned int version_of(const uint8_t *data, size_t size)
{
	size_t at, end, next;
	unsigned int best = 0;

	at = end_of(data, size, 34, 1);
	at = end_of(data, size, at, 2);
	at = end_of(data, size, at, 1);
	if (at > size)
		return 0;
	/* In SSL's days there were no extensions. */
	if (at == size)
		return (unsigned int)number(data, 2);
	end = end_of(data, size, at, 2);
	if (end > size)
		return 0;
	for (at += 2; at + 4 <= end; at = next) {
		next = end_of(data, end, at + 2, 2);
		if (next > end)
			break;
		if (number(data + at, 2) != 43)
			continue;
		/* The list of versions. */
		if (next < at + 5 || at + 5 + data[at + 4] > next)
			return 0;
		for (size_t i = at + 5; i + 2 <= at + 5 + data[at + 4]; i += 2)
			if (number(data + i, 2) <= 0x0304 && number(data + i, 2) > best)
				best = (unsigned int)number(data + i, 2);
		return best;
	}
	return (unsigned int)number(data, 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* What comes with a length of its own, and so is cut anywhere, must not be read beyond. */
	for (size_t len = size > 600 ? size - 8 : 0; len <= size; len++) {
		uint8_t *copy = malloc(len ? len : 1);

		MUST(copy);
		if (len)
			memcpy(copy, data, len);
		MUST(tls_hello_version(copy, len) == version_of(copy, len));
		free(copy);
	}
	return 0;
}
