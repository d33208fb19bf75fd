// SPDX-License-Identifier: GPL-2.0-or-later
#include "watched.h"

#include "clock.h"
#include "read_some.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* For so long it must have been left alone. */
#define SETTLED_NS NS_PER_S

static bool is_same(const struct stat *a, const struct stat *b)
{
	/* The time of change tells of writes that put the time of modification back. */
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* ns; within bounds, since anybody may set it to anything. */
static int64_t modified(const struct stat *st)
{
	if (st->st_mtim.tv_sec < 0)
		return 0;
	if (st->st_mtim.tv_sec >= INT64_MAX / NS_PER_S)
		return INT64_MAX;
	return st->st_mtim.tv_sec * NS_PER_S + st->st_mtim.tv_nsec;
}

struct watched_time watched_now(void)
{
	struct timespec files;

	clock_gettime(CLOCK_REALTIME_COARSE, &files);
	return (struct watched_time){clock_ns(), files.tv_sec * NS_PER_S + files.tv_nsec};
}

enum watched_news watched_look(struct watched *file, struct watched_time now)
{
	struct stat st;

	if (!file->path[0])
		return WATCHED_SAME;
	if (stat(file->path, &st))
		memset(&st, 0, sizeof(st));
	if (!file->seen_ns || !is_same(&st, &file->seen)) {
		file->seen = st;
		file->seen_ns = now.ns;
	}
	if (is_same(&st, &file->st))
		return WATCHED_SAME;
	/* Its clock may be another's, and ahead of ours. And one that is gone has no time. */
	if (now.ns - file->seen_ns >= SETTLED_NS)
		return WATCHED_NEW;
	return st.st_mode && now.files - modified(&st) >= SETTLED_NS ? WATCHED_NEW : WATCHED_MOVING;
}

bool watched_is_as_seen(const struct watched *before, const struct watched *after)
{
	/* By another name it is another file, that nobody has looked at. */
	return strcmp(before->path, after->path) != 0 || is_same(&after->st, &before->st) ||
	       is_same(&after->st, &before->seen);
}

int watched_read(struct watched *file, size_t max, char **ret, size_t *ret_len)
{
	struct stat after;
	char *text = NULL;
	ssize_t n = 0;
	int fd;

	/* First, so that one that cannot be opened is tried again only once it has changed. */
	if (stat(file->path, &file->st))
		memset(&file->st, 0, sizeof(file->st));
	/* A fifo without a writer must not hold us up. */
	fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &file->st))
		n = -errno;
	else if (!S_ISREG(file->st.st_mode))
		n = -EINVAL;
	if (!n)
		text = malloc(max + 1);
	if (text)
		n = read_some(fd, text, max + 1);
	else if (!n)
		n = -ENOMEM;
	if (text && n >= 0 && (fstat(fd, &after) || !is_same(&after, &file->st)))
		n = -EAGAIN;
	close(fd);
	if (!text)
		return (int)n;
	if (n >= 0 && (size_t)n > max)
		n = -EFBIG;
	if (n < 0) {
		explicit_bzero(text, max + 1);
		free(text);
		return (int)n;
	}
	text[n] = '\0';
	*ret = text;
	*ret_len = (size_t)n;
	return 0;
}
