// SPDX-License-Identifier: GPL-2.0-or-later
#include "http_headers.h"

#include "clock.h"

#include <string.h>
#include <strings.h>

/* How long who does not say so waits; and the longest that anybody does. */
#define TIMEOUT_NS     (30 * NS_PER_S)
#define TIMEOUT_MAX_NS (120 * NS_PER_S)
/*
 * A scrape is to be rendered, sent and read before its timeout: it ends earlier by a tenth of it,
 * at most by this, and its collection twice that.
 */
#define EARLIER_MAX_NS (NS_PER_S / 2)

struct wishes {
	struct accept format;
	struct accept_encoding encoding;
};

static enum MHD_Result add_wish(void *arg, enum MHD_ValueKind kind, const char *key,
				const char *value)
{
	struct wishes *w = arg;

	(void)kind;
	if (!value)
		return MHD_YES;
	if (strcasecmp(key, MHD_HTTP_HEADER_ACCEPT) == 0)
		accept_add(&w->format, value);
	else if (strcasecmp(key, MHD_HTTP_HEADER_ACCEPT_ENCODING) == 0)
		accept_encoding_add(&w->encoding, value);
	return MHD_YES;
}

void http_negotiate(struct MHD_Connection *connection, struct route *route)
{
	struct wishes w = {0};

	MHD_get_connection_values(connection, MHD_HEADER_KIND, add_wish, &w);
	route->format = accept_format(&w.format);
	route->gzip = accept_encoding_gzip(&w.encoding);
}

bool http_has_body(struct MHD_Connection *connection)
{
	const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							 MHD_HTTP_HEADER_CONTENT_LENGTH);

	return (length && strcmp(length, "0") != 0) ||
	       MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
					   MHD_HTTP_HEADER_TRANSFER_ENCODING);
}

size_t http_head_size(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

	return info ? info->header_size : 0;
}

int64_t http_deadline(struct MHD_Connection *connection, int64_t began, int64_t *ret_soft)
{
	int64_t timeout = accept_timeout(MHD_lookup_connection_value(
		connection, MHD_HEADER_KIND, "X-Prometheus-Scrape-Timeout-Seconds"));
	int64_t earlier;

	if (!timeout)
		timeout = TIMEOUT_NS;
	if (timeout > TIMEOUT_MAX_NS)
		timeout = TIMEOUT_MAX_NS;
	earlier = timeout / 10 < EARLIER_MAX_NS ? timeout / 10 : EARLIER_MAX_NS;
	*ret_soft = began + timeout - 2 * earlier;
	return began + timeout - earlier;
}

void http_default_header(struct MHD_Response *response, const char *name, const char *value)
{
	if (!MHD_get_response_header(response, name))
		MHD_add_response_header(response, name, value);
}
