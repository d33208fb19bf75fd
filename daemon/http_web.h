/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What --web.config.file asks of the HTTP server: TLS, passwords, headers. The steps that http.c
 * takes for it; without such a file they do nothing.
 */
#ifndef HTTP_WEB_H
#define HTTP_WEB_H

#include "auth.h"
#include "config.h"
#include "http_loops.h"
#include "web.h"

#include <microhttpd.h>

struct http_web;

/*
 * config, its web, and loops, whose connections it suspends and resumes, are borrowed. *ret is NULL
 * if there is no such file. 0 or negative errno.
 */
int http_web_new(const struct config *config, struct http_loops *loops, struct http_web **ret);
/* Let nobody wait for a verdict any more; the loops must still be there. NULL is allowed, here and
 * below. */
void http_web_stop(struct http_web *w);
/* All connections must be closed. */
void http_web_free(struct http_web *w);

/* What MHD_start_daemon() needs for it: a flag, and an array for MHD_OPTION_ARRAY. */
unsigned int http_web_flags(const struct http_web *w);
const struct MHD_OptionItem *http_web_options(const struct http_web *w);

/* A connection has come; has been closed. */
void http_web_connected(struct http_web *w, struct MHD_Connection *connection);
void http_web_closed(struct http_web *w, struct MHD_Connection *connection);

/* A request's way in. All zero at first; must live until the request is completed. */
struct http_entry {
	struct http_web *web;
	struct MHD_Connection *connection;
	bool asked;
	enum auth_verdict verdict;
	unsigned long rounds;
	char user[64]; /* the name, if there is such a user */
};

enum http_admission {
	HTTP_ADMITTED,
	HTTP_ASKED,	   /* the connection is suspended, the handler will be called again */
	HTTP_HOPELESS,	   /* to be closed without an answer */
	HTTP_UNAUTHORIZED, /* to be answered so, as what follows */
	HTTP_AUTH_BUSY,
	HTTP_AUTH_ENDING,
};

/* May this request be answered? */
enum http_admission http_web_admits(struct http_web *w, struct http_entry *entry,
				    struct MHD_Connection *connection);

/*
 * The head of a request has come, of so many bytes: how many bytes the client has sent for it, with
 * those of TLS. Once for each request.
 */
uint64_t http_web_sent(struct http_web *w, struct MHD_Connection *connection, size_t head_size);

/* Add the headers that web has; NULL: none. */
void http_web_headers(struct web *web, struct MHD_Response *response);

#endif
