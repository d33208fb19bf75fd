// SPDX-License-Identifier: GPL-2.0-or-later
#include "tls_hello.h"

#include <stdbool.h>

#define SUPPORTED_VERSIONS 43
#define TLS_1_3		   0x0304

struct bytes {
	const unsigned char *data;
	size_t len;
};

/* Take n bytes from the front. */
static bool take(struct bytes *b, size_t n, struct bytes *ret)
{
	if (b->len < n)
		return false;
	*ret = (struct bytes){b->data, n};
	b->data += n;
	b->len -= n;
	return true;
}

/* Take a number of n bytes. */
static bool take_number(struct bytes *b, size_t n, unsigned int *ret)
{
	struct bytes raw;

	if (!take(b, n, &raw))
		return false;
	*ret = 0;
	for (size_t i = 0; i < n; i++)
		*ret = *ret << 8 | raw.data[i];
	return true;
}

/* Take a vector whose length is a number of n bytes. */
static bool take_vector(struct bytes *b, size_t n, struct bytes *ret)
{
	unsigned int len;

	return take_number(b, n, &len) && take(b, len, ret);
}

static unsigned int highest(struct bytes extension)
{
	unsigned int best = 0, version;
	struct bytes list;

	if (!take_vector(&extension, 1, &list))
		return 0;
	/* What is beyond 1.3 is one of the values that clients make up (RFC 8701). */
	while (take_number(&list, 2, &version))
		if (version > best && version <= TLS_1_3)
			best = version;
	return best;
}

unsigned int tls_hello_version(const unsigned char *data, size_t len)
{
	struct bytes hello = {data, len}, skipped, extensions, extension;
	unsigned int version, type;

	if (!take_number(&hello, 2, &version) || !take(&hello, 32, &skipped) || /* random */
	    !take_vector(&hello, 1, &skipped) ||				/* session */
	    !take_vector(&hello, 2, &skipped) ||				/* cipher suites */
	    !take_vector(&hello, 1, &skipped))					/* compression */
		return 0;
	/* SSL had no extensions. */
	if (!hello.len)
		return version;
	if (!take_vector(&hello, 2, &extensions))
		return 0;
	while (take_number(&extensions, 2, &type) && take_vector(&extensions, 2, &extension))
		if (type == SUPPORTED_VERSIONS)
			return highest(extension);
	return version;
}
