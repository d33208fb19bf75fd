/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The live page's files as answers: compressed, and with an ETag, so that a browser asks only once.
 */
#ifndef HTTP_PAGE_H
#define HTTP_PAGE_H

#include "http_reply.h"

/*
 * The answer to a request for route->file: 200, or 304 if the client has it. It is counted in no
 * http_pages, and nobody is sent away who reads it.
 */
struct reply http_page_reply(const struct config *config, struct MHD_Connection *connection,
			     const struct route *route);

#endif
