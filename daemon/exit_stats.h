/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parser of the debugfs file exit_stats:
 *
 *	# isa svm tsc_khz 2300000 on 1 vcpus 2 paused 0 dropped 0
 *	# code name count kernel user blocked
 *	114 CPUID 20000 41234567 0 0
 *
 * Fields of the first line are pairs of key and value; the second line names the columns. New ones
 * are only ever appended, and are ignored here. The slot of codes without a name is "-1 OTHER".
 */
#ifndef EXIT_STATS_H
#define EXIT_STATS_H

#include "snapshot.h"

/* The largest file that is read, and the most reasons in it. */
#define EXIT_STATS_FILE_MAX    ((size_t)64 * 1024)
#define EXIT_STATS_REASONS_MAX 512

/*
 * Parse len bytes of text into ret, which exit_stats_clear() frees. Strict: a byte that is not
 * printable ASCII, a missing or repeated field, a number that does not fit, a line that is cut off,
 * a code or name that comes twice are -EBADMSG. -ENOMEM. ret is untouched on failure.
 */
int exit_stats_parse(const char *text, size_t len, struct exit_stats *ret);

#endif
