/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of answers: a client that reads slowly holds the page that it was given, and clients
 * that come one after the other hold a different page each. When their pages are too much together,
 * those who read the oldest are sent away.
 */
#ifndef HTTP_PAGES_H
#define HTTP_PAGES_H

#include "http_clients.h"
#include "strbuf.h"

#include <microhttpd.h>
#include <pthread.h>

/*
 * What all answers together may hold: no large one is made while there is more. Or six of the
 * largest, on a host whose page is so large that these are more.
 */
#define HTTP_PAGES_BYTES ((size_t)64 * 1024 * 1024)
#define HTTP_PAGES_MIN	 6

struct held_page;

struct http_pages {
	struct http_clients *clients;
	pthread_mutex_t lock;
	struct held_page *first; /* the newest */
	uint64_t last;		 /* number */
	size_t bytes, largest;
};

/* clients is borrowed. */
void http_pages_init(struct http_pages *pages, struct http_clients *clients);
/* No response may be left. */
void http_pages_destroy(struct http_pages *pages);

/*
 * A response of body, which is taken over. *ret_number: for http_clients_answered(). Who reads what
 * there is no room for any more is sent away. NULL without memory, or without a body; then body is
 * still the caller's.
 */
struct MHD_Response *http_pages_response(struct http_pages *pages, struct strbuf *body,
					 uint64_t *ret_number);

/* Is there no room for another, since those who were sent away have not gone yet? */
bool http_pages_full(struct http_pages *pages);

#endif
