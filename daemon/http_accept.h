/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a client can take, and how long it waits: pure functions of its headers' values. */
#ifndef HTTP_ACCEPT_H
#define HTTP_ACCEPT_H

#include <stdbool.h>
#include <stdint.h>

/* The formats of metrics; the first is for who does not ask. */
enum metrics_format { FORMAT_TEXT, FORMAT_OPENMETRICS, FORMAT_OPENMETRICS_0_0_1, FORMATS };

/* What Accept says of one format. */
struct accept_match {
	unsigned int q; /* in 1/1000 */
	int precision;	/* how exactly the range that applies names it; 0: none does */
	unsigned int at;
};

/* Zeroed: nothing is known yet. */
struct accept {
	struct accept_match formats[FORMATS];
	unsigned int ranges; /* so far */
};

struct accept_encoding {
	struct accept_match gzip, identity;
};

/* Take in the value of a header Accept; there may be several. What is malformed is passed over. */
void accept_add(struct accept *a, const char *value);
/*
 * The format that the client likes best. Of those that it likes the same: the one that it named
 * first, and text if it named none. Nothing is ever refused: text is for who takes nothing.
 */
enum metrics_format accept_format(const struct accept *a);

/* The same for Accept-Encoding. Compressed is better, unless the client prefers it plain. */
void accept_encoding_add(struct accept_encoding *a, const char *value);
bool accept_encoding_gzip(const struct accept_encoding *a);

/*
 * X-Prometheus-Scrape-Timeout-Seconds, a decimal fraction without sign or exponent: ns, at most an
 * hour. 0 for what is something else, or zero, or absent (NULL).
 */
int64_t accept_timeout(const char *value);

#endif
