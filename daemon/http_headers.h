/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The headers of a request that matter, and those of an answer that give way. */
#ifndef HTTP_HEADERS_H
#define HTTP_HEADERS_H

#include "http_reply.h"

/* Fill in which format the client wants, and whether compressed. */
void http_negotiate(struct MHD_Connection *connection, struct route *route);

/* Does it announce a body? */
bool http_has_body(struct MHD_Connection *connection);

/* The size of its head, without what TLS has put around it. Only once the head has come. */
size_t http_head_size(struct MHD_Connection *connection);

/*
 * When a request that began at began must be answered: a bit before its client gives up. *ret_soft:
 * when the collector should be done, so that this is kept. Both CLOCK_MONOTONIC, ns.
 */
int64_t http_deadline(struct MHD_Connection *connection, int64_t began, int64_t *ret_soft);

/* Add a header that gives way to one of this name that is there already. */
void http_default_header(struct MHD_Response *response, const char *name, const char *value);

#endif
