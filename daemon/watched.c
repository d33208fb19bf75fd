// SPDX-License-Identifier: GPL-2.0-or-later
#include "watched.h"

#include "read_some.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_same(const struct stat *a, const struct stat *b)
{
	/* The time of change tells of writes that put the time of modification back. */
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

bool watched_changed(const struct watched *file)
{
	struct stat st;

	if (!file->path[0])
		return false;
	if (stat(file->path, &st))
		memset(&st, 0, sizeof(st));
	return !is_same(&st, &file->st);
}

int watched_read(struct watched *file, size_t max, char **ret, size_t *ret_len)
{
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
