/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The life of one request, from its head to its answer: libmicrohttpd's callbacks. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <microhttpd.h>

/* Their first argument is a struct http. */
enum MHD_Result http_request_handle(void *arg, struct MHD_Connection *connection, const char *url,
				    const char *method, const char *version, const char *upload,
				    size_t *upload_size, void **context);
void http_request_completed(void *arg, struct MHD_Connection *connection, void **context,
			    enum MHD_RequestTerminationCode code);

#endif
