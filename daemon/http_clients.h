/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The connections that are open, so that clients that never finish can be sent away.
 * libmicrohttpd's own timeout only sees silence: a byte now and then keeps a connection forever.
 */
#ifndef HTTP_CLIENTS_H
#define HTTP_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_clients;
struct http_client;

/* How many connections there may be: a few more come while old ones go. */
#define HTTP_CLIENTS_MAX 192

/* NULL without memory. */
struct http_clients *http_clients_new(void);
/* All must have been removed. NULL is allowed. */
void http_clients_free(struct http_clients *list);

/*
 * A connection on socket fd has come. If there are many, the one that has been of no use for
 * longest is sent away, so that there is always a place for the next. NULL without memory: then it
 * is not watched.
 */
struct http_client *http_clients_add(struct http_clients *list, int fd);
/* It is about to be closed. NULL is allowed, here and below. */
void http_clients_remove(struct http_clients *list, struct http_client *client);

/*
 * The head of a request has come, for which the client has sent so many bytes more. From here on it
 * need do nothing.
 */
void http_clients_asked(struct http_clients *list, struct http_client *client, uint64_t sent);
/* It can take its answer now: a page of this number, see http_pages.h. */
void http_clients_answered(struct http_clients *list, struct http_client *client, uint64_t page);
/* It has taken it, or cannot; the next request may come. */
void http_clients_done(struct http_clients *list, struct http_client *client);

/* Send away who takes longest to take an answer, if anybody takes long: has anybody gone? */
bool http_clients_shut_reader(struct http_clients *list);

/* Send away who still takes a page of a lower number than this, and has thus taken longest. */
void http_clients_shut_readers(struct http_clients *list, uint64_t page);

/*
 * Send away those that take too long: their sockets are shut, libmicrohttpd then closes them. Any
 * thread may call it. ret_shut: how many were. When to come back: ns, 0 if there is no client.
 */
int64_t http_clients_sweep(struct http_clients *list, size_t *ret_shut);

/* How many have been sent away since the start. */
uint64_t http_clients_sent_away(struct http_clients *list);

#endif
