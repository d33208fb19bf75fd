/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file that is to be read again once it has changed, and nobody writes it any more. */
#ifndef WATCHED_H
#define WATCHED_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct watched {
	char path[PATH_MAX]; /* empty: there is no file to watch */
	struct stat st;	     /* as it was when it was read; all zero: it was not there */
	struct stat seen;    /* as it was when it was last looked at */
	int64_t seen_ns;     /* since when it looks so; CLOCK_MONOTONIC. 0: never looked at */
};

enum watched_news {
	WATCHED_SAME,
	WATCHED_MOVING, /* another by now, that somebody may be in the middle of writing */
	WATCHED_NEW,	/* another by now */
};

/* The time of a look. */
struct watched_time {
	int64_t ns;    /* CLOCK_MONOTONIC */
	int64_t files; /* ns of CLOCK_REALTIME_COARSE, by which file systems here stamp files */
};

struct watched_time watched_now(void);

/*
 * Is it another file by now, or of other content? Not before it has been left alone for a second:
 * by its own time of modification, or, if that is of no use, since the last look but one. Costs a
 * stat().
 */
enum watched_news watched_look(struct watched *file, struct watched_time now);

/* after is before, perhaps read since: is it then as watched_look() saw it? */
bool watched_is_as_seen(const struct watched *before, const struct watched *after);

/*
 * Read it, and note how it is; what cannot be read is noted too. The caller frees *ret, which ends
 * with a NUL. 0 or negative errno: -EINVAL if it is no regular file, -EFBIG above max bytes,
 * -EAGAIN if it changed meanwhile.
 */
int watched_read(struct watched *file, size_t max, char **ret, size_t *ret_len);

#endif
