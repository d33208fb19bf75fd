// SPDX-License-Identifier: GPL-2.0-or-later
#include "http_request.h"

#include "clock.h"
#include "http_headers.h"
#include "http_own.h"
#include "http_page.h"
#include "http_reply.h"
#include "why.h"

#include <errno.h>
#include <stdlib.h>

struct request {
	struct http *http;
	struct MHD_Connection *connection;
	struct route route;
	int64_t began;
	struct http_entry entry;
	bool let_in; /* by the web configuration */
	bool admitted;
	bool asked;
	bool late; /* its snapshot did not come in time */
	struct snapshot *snapshot;
};

static struct http_client *client_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

/* Runs in another thread. */
static void on_snapshot(void *arg, struct snapshot *s, bool late)
{
	struct request *r = arg;

	r->snapshot = s;
	r->late = late;
	/* From then on r may be gone. */
	http_loops_resume(&r->http->loops, r->connection);
}

/*
 * What is known without the collector: a snapshot of no VMs that tells that it is none. NULL
 * without memory.
 */
static struct snapshot *without_snapshot(const struct request *r)
{
	struct snapshot *s = snapshot_new();

	if (!s)
		return NULL;
	s->source = "none";
	s->why = WHY_TIMEOUT;
	s->duration = (double)(clock_ns() - r->began) / (double)NS_PER_S;
	/* The collector's to tell. */
	s->self = (struct self_stats){-1, -1, -1, -1, -1, -1};
	s->read_errors = http_waits_read_errors(r->http->waits);
	return s;
}

/* Queue an answer that nobody shares. Its status, 0 without memory. */
static unsigned int reply_alone(const struct request *r, const struct served *served,
				uint64_t *ret_page)
{
	struct http *h = r->http;
	const struct reply made =
		r->route.page == PAGE_FILE
			? http_page_reply(h->config, r->connection, &r->route)
			: http_reply(h->config, &r->route, r->snapshot, served, &h->pages);
	bool good;

	*ret_page = made.page;
	if (!made.response)
		return 0;
	good = MHD_queue_response(r->connection, made.status, made.response) == MHD_YES;
	MHD_destroy_response(made.response);
	return good ? made.status : 0;
}

/* Without memory for an answer the connection is closed. */
static enum MHD_Result reply(struct request *r)
{
	struct http *h = r->http;
	const struct served served = http_gate_served(&h->gate);
	const bool shared = r->snapshot && http_cache_keeps(&r->route);
	unsigned int status;
	uint64_t page;

	if (route_needs_snapshot(&r->route))
		http_negotiate(r->connection, &r->route);
	if (r->late)
		r->snapshot = without_snapshot(r);
	if (shared)
		status = http_cache_queue(&h->cache, h->config, r->connection, &r->route,
					  r->snapshot, &served, &h->pages, &page);
	else
		status = reply_alone(r, &served, &page);
	if (status)
		http_gate_answered(&h->gate, status, r->late);
	else
		log_event(&h->config->log, LOG_ERROR, "out of memory for an answer");
	http_clients_answered(h->clients, client_of(r->connection), page);
	/* The answer may take its time. */
	snapshot_unref(r->snapshot);
	r->snapshot = NULL;
	return status ? MHD_YES : MHD_NO;
}

static struct request *begin_request(struct http *h, struct MHD_Connection *connection,
				     const char *url, const char *method, void **context)
{
	struct request *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->http = h;
	r->connection = connection;
	r->began = clock_ns();
	*context = r;
	http_gate_enter(&h->gate);
	http_clients_asked(h->clients, client_of(connection),
			   http_web_sent(h->web, connection, http_head_size(connection)));
	r->route = http_route(h->config, method, url);
	if (r->route.page == PAGE_READY && !atomic_load(&h->ready))
		r->route.page = PAGE_NOT_READY;
	return r;
}

/* The head of a request has come; again, if meanwhile the connection was suspended. */
static enum MHD_Result on_head(struct request *r)
{
	switch (http_web_admits(r->http->web, &r->entry, r->connection)) {
	case HTTP_ADMITTED:
		r->let_in = true;
		break;
	case HTTP_ASKED:
		return MHD_YES;
	case HTTP_HOPELESS:
		return MHD_NO;
	case HTTP_UNAUTHORIZED:
		r->route.page = PAGE_UNAUTHORIZED;
		return reply(r);
	case HTTP_AUTH_BUSY:
		r->route.page = PAGE_AUTH_BUSY;
		return reply(r);
	case HTTP_AUTH_ENDING:
		r->route.page = PAGE_ENDING;
		return reply(r);
	}
	/* An answer now, before a body is read, ends the connection: no body is ever taken. */
	if (r->route.page == PAGE_BAD_METHOD)
		return reply(r);
	if (http_has_body(r->connection)) {
		r->route.page = PAGE_BODY;
		return reply(r);
	}
	return MHD_YES;
}

/*
 * libmicrohttpd calls this when the head of a request has come, when all of it has, and once more
 * after a connection was suspended.
 */
enum MHD_Result http_request_handle(void *arg, struct MHD_Connection *connection, const char *url,
				    const char *method, const char *version, const char *upload,
				    size_t *upload_size, void **context)
{
	struct http *h = arg;
	struct request *r = *context;
	struct snapshot_want want;
	int64_t deadline;
	int err;

	(void)version;
	(void)upload;
	/* There is no body, or it is not wanted. */
	*upload_size = 0;
	if (!r)
		r = begin_request(h, connection, url, method, context);
	if (!r) {
		log_event(&h->config->log, LOG_ERROR, "out of memory for a request");
		return MHD_NO;
	}
	if (!r->let_in)
		return on_head(r);
	if (r->asked || !route_needs_snapshot(&r->route))
		return reply(r);
	r->admitted = http_gate_admit(&h->gate);
	if (!r->admitted) {
		r->route.page = PAGE_BUSY;
		return reply(r);
	}
	want = route_want(h->config, &r->route);
	deadline = http_deadline(connection, r->began, &want.deadline_ns);
	r->asked = true;
	MHD_suspend_connection(connection);
	err = http_waits_ask(h->waits, &want, deadline, on_snapshot, r);
	/* From here on another thread has it, unless it was refused. */
	if (err)
		on_snapshot(r, NULL, err == -ETIME);
	return MHD_YES;
}

void http_request_completed(void *arg, struct MHD_Connection *connection, void **context,
			    enum MHD_RequestTerminationCode code)
{
	struct http *h = arg;
	struct request *r = *context;
	bool last;

	(void)code;
	if (!r)
		return;
	*context = NULL;
	http_clients_done(h->clients, client_of(connection));
	snapshot_unref(r->snapshot);
	last = http_gate_leave(&h->gate, r->admitted);
	free(r);
	if (last)
		http_cache_drop(&h->cache);
}
