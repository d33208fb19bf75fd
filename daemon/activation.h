/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listening sockets that systemd has opened. */
#ifndef ACTIVATION_H
#define ACTIVATION_H

#include <stddef.h>

/*
 * Take over all sockets that were handed to this process, max at most, and *ret_n of them.
 * ret_error: where it fails, static text for humans. 0 or negative errno.
 */
int activation_sockets(int *ret, size_t max, size_t *ret_n, const char **ret_error);

#endif
