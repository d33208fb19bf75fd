// SPDX-License-Identifier: GPL-2.0-or-later
#include "read_some.h"

#include <errno.h>
#include <unistd.h>

ssize_t read_some(int fd, char *buffer, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, buffer + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}
