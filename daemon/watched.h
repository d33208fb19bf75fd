/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file that is to be read again once it has changed. */
#ifndef WATCHED_H
#define WATCHED_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct watched {
	char path[PATH_MAX]; /* empty: there is no file to watch */
	struct stat st;	     /* as it was when it was read; all zero: it was not there */
};

/* Is it another file by now, or of other content? Costs a stat(). */
bool watched_changed(const struct watched *file);

/*
 * Read it, and note how it is; what cannot be read is noted too. The caller frees *ret, which ends
 * with a NUL. 0 or negative errno: -EINVAL if it is no regular file, -EFBIG above max bytes.
 */
int watched_read(struct watched *file, size_t max, char **ret, size_t *ret_len);

#endif
