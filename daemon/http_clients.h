/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The connections that are open, so that clients that never finish can be sent away.
 * libmicrohttpd's own timeout only sees silence: a byte now and then keeps a connection forever.
 */
#ifndef HTTP_CLIENTS_H
#define HTTP_CLIENTS_H

#include <stddef.h>

struct http_clients;
struct http_client;

/* NULL without memory. */
struct http_clients *http_clients_new(void);
/* All must have been removed. NULL is allowed. */
void http_clients_free(struct http_clients *list);

/* A connection on socket fd has come. NULL without memory: then it is not watched. */
struct http_client *http_clients_add(struct http_clients *list, int fd);
/* It is about to be closed. NULL is allowed. */
void http_clients_remove(struct http_clients *list, struct http_client *client);
/* A whole request has arrived (busy), or its answer has been sent. NULL is allowed. */
void http_clients_mark(struct http_clients *list, struct http_client *client, int busy);

/*
 * Shut the sockets of those that take too long; libmicrohttpd then closes them. With more than
 * crowd connections, idle ones go after a few seconds. Any thread may call it. How many were shut.
 */
size_t http_clients_sweep(struct http_clients *list, size_t crowd);

#endif
