// SPDX-License-Identifier: GPL-2.0-or-later
#include "http_page.h"

#include "gzip.h"
#include "http_headers.h"
#include "http_web.h"
#include "page.h"

#include <stdlib.h>
#include <string.h>

/* https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2: weak or not, one of a list, or any */
static bool client_has(struct MHD_Connection *connection, const char *tag)
{
	const char *tags = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
						       MHD_HTTP_HEADER_IF_NONE_MATCH);

	return tags && (strcmp(tags, "*") == 0 || strstr(tags, strchr(tag, '"')));
}

static void add_headers(const struct config *config, struct MHD_Response *response,
			const struct page_file *file, const char *tag, bool packed)
{
	static const char *const defaults[][2] = {
		{"X-Content-Type-Options", "nosniff"},
		{"Content-Security-Policy", PAGE_POLICY},
		{"Referrer-Policy", "no-referrer"},
		{MHD_HTTP_HEADER_CACHE_CONTROL, "no-cache"},
	};

	http_web_headers(config->web, response);
	/* What web.config.file sets comes first. */
	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++)
		http_default_header(response, defaults[i][0], defaults[i][1]);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, file->type);
	MHD_add_response_header(response, MHD_HTTP_HEADER_ETAG, tag);
	MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, "Accept-Encoding");
	if (packed)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
}

static struct MHD_Response *of_constant(const char *text, const char *end)
{
	/* It does not write there; its type lacks the const. */
	return MHD_create_response_from_buffer((size_t)(end - text), (void *)(uintptr_t)text,
					       MHD_RESPMEM_PERSISTENT);
}

/* The page itself, filled in, and its tag. NULL without memory. */
static struct MHD_Response *filled_in(const struct config *config, const struct page_file *file,
				      bool *packed, char *ret_tag)
{
	struct MHD_Response *response = NULL;
	struct strbuf text = {0};
	struct gzip g;

	page_fill(file, config->telemetry_path, config->version, &text);
	if (!text.failed)
		page_tag(text.text, text.len, ret_tag);
	if (*packed) {
		struct strbuf plain = text;

		text = (struct strbuf){0};
		gzip_begin(&g, &text);
		strbuf_add(&text, plain.text, plain.len);
		text.failed = text.failed || plain.failed;
		*packed = gzip_end(&g, &text);
		strbuf_free(&plain);
	}
	if (!text.failed)
		response = MHD_create_response_from_buffer_with_free_callback(text.len, text.text,
									      free);
	if (!response)
		strbuf_free(&text);
	return response;
}

struct reply http_page_reply(const struct config *config, struct MHD_Connection *connection,
			     const struct route *route)
{
	const struct page_file *file = route->file;
	struct reply reply = {.status = MHD_HTTP_OK, .page = UINT64_MAX};
	struct route form = {0};
	char tag[PAGE_TAG_MAX] = "\"\"";
	bool packed;

	http_negotiate(connection, &form);
	packed = form.gzip;
	if (!file->packed) {
		reply.response = filled_in(config, file, &packed, tag);
	} else {
		page_tag(file->text, (size_t)(file->end - file->text), tag);
		reply.response = packed ? of_constant(file->packed, file->packed_end)
					: of_constant(file->text, file->end);
	}
	/* With the headers of a 200, its length too; libmicrohttpd sends no body (RFC 9110, 8.6).
	 */
	if (reply.response && client_has(connection, tag))
		reply.status = MHD_HTTP_NOT_MODIFIED;
	if (reply.response)
		add_headers(config, reply.response, file, tag, packed);
	return reply;
}
