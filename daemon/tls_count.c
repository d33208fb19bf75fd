// SPDX-License-Identifier: GPL-2.0-or-later
#include "tls_count.h"

#define APPLICATION_DATA 23

static void end_record(struct tls_count *c)
{
	c->whole += c->size;
	if (c->is_data) {
		c->data += c->size;
		c->data_records++;
	}
	c->have = 0;
	c->size = 0;
}

void tls_count_add(struct tls_count *c, const unsigned char *bytes, size_t n, bool handshaken)
{
	for (size_t i = 0; i < n;) {
		if (c->have < TLS_RECORD_HEAD) {
			c->head[c->have++] = bytes[i++];
			if (c->have < TLS_RECORD_HEAD)
				continue;
			c->size = TLS_RECORD_HEAD + ((size_t)c->head[3] << 8 | c->head[4]);
			c->is_data = handshaken && c->head[0] == APPLICATION_DATA;
		} else {
			size_t rest = c->size - c->have;

			if (rest > n - i)
				rest = n - i;
			c->have += rest;
			i += rest;
		}
		if (c->have == c->size)
			end_record(c);
	}
}

uint64_t tls_count_plain(const struct tls_count *c, size_t overhead)
{
	const uint64_t around = c->data_records * overhead;

	return c->data > around ? c->data - around : 0;
}
