/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef READ_SOME_H
#define READ_SOME_H

#include <stddef.h>
#include <sys/types.h>

/* Read up to size bytes; what is beyond is left. Their number, or negative errno. */
ssize_t read_some(int fd, char *buffer, size_t size);

#endif
