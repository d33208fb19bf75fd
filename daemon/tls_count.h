/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of the bytes that a client has sent was read: TLS' records, as they come (RFC 8446, 5.1).
 * Neither GnuTLS nor libmicrohttpd tells, and whether a client has begun its next request shows
 * only in what was read beyond the last. Pure.
 */
#ifndef TLS_COUNT_H
#define TLS_COUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TLS_RECORD_HEAD 5

/* All zero at first. */
struct tls_count {
	uint64_t whole;	       /* bytes of all records that were read to their end */
	uint64_t data;	       /* those of the records with application data */
	uint64_t data_records; /* and how many of these there are */
	/* Of the record that is being read: */
	unsigned char head[TLS_RECORD_HEAD];
	size_t have, size;
	bool is_data;
};

/* n bytes more were read; of a record that begins with handshaken it may be application data. */
void tls_count_add(struct tls_count *c, const unsigned char *bytes, size_t n, bool handshaken);

/*
 * How many bytes the client has sent inside of the records, at least: overhead is the most that is
 * around each. Exact for the suites of today, unless the client pads.
 */
uint64_t tls_count_plain(const struct tls_count *c, size_t overhead);

#endif
