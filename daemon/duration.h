/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Durations as Prometheus writes them: 90s, 5m, 1h30m, 250ms. Pure. */
#ifndef DURATION_H
#define DURATION_H

#include <stdint.h>

/* Enough for any duration_format(). */
#define DURATION_TEXT_MAX 64

/*
 * Parse numbers with units, from years to ms, each unit at most once and larger before smaller;
 * "0" needs none. A year has 365 days. A number may have a decimal fraction of up to nine digits,
 * which Prometheus does not take. What is finer than a ns is dropped. 0, -EINVAL, or -ERANGE for
 * what int64_t cannot hold in ns.
 */
int duration_parse(const char *text, int64_t *ret_ns);

/*
 * The shortest way to write it, such as "1h30m" or "200ms", in ret of DURATION_TEXT_MAX bytes. Days
 * are the largest unit; below a ms there are decimals. ns is not negative. Returns ret.
 */
const char *duration_format(int64_t ns, char *ret);

#endif
