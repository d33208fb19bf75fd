/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listening sockets. */
#ifndef LISTEN_H
#define LISTEN_H

#include <stddef.h>

/* Room for an address as text: a numeric IPv6 address with its scope, brackets and port. */
#define LISTEN_NAME_MAX 96

/*
 * Is this the form "host:port" or ":port", with a port of 0 to 65535 and an IPv6 address in
 * brackets? NULL, or what is wrong, for humans.
 */
const char *listen_check(const char *address);

/*
 * Listen on address. ":port" is every address of the host. Port 0 takes a free one.
 * ret_name: LISTEN_NAME_MAX bytes for the address that it became. ret_error: where it fails, static
 * text for humans, or NULL if strerror() says it. The socket, or negative errno.
 */
int listen_open(const char *address, char *ret_name, const char **ret_error);

/* The address of a listening socket as text, in LISTEN_NAME_MAX bytes. */
void listen_describe(int fd, char *ret);

#endif
