// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One thread of libmicrohttpd for each listening socket. A request that needs a snapshot is
 * suspended until the collector has one, so nothing that is slow ever runs in that thread.
 */
#include "http.h"

#include "clock.h"
#include "http_cache.h"
#include "http_clients.h"
#include "http_gate.h"
#include "http_headers.h"
#include "http_waits.h"
#include "http_web.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* On each socket: libmicrohttpd accepts some at a time, and old ones need a moment to go. */
#define CONNECTIONS_MAX	  (HTTP_CLIENTS_MAX + 64)
#define CONNECTION_MEMORY 16384
/* For what http_clients lacked the memory to watch: it would have ended all others by then. */
#define SILENCE_S 100
/* At the end: to be collected, and to be answered. */
#define LAST_NS	 (4 * NS_PER_S)
#define DRAIN_NS (10 * NS_PER_S)

struct http {
	const struct config *config;
	struct http_clients *clients;
	struct http_waits *waits;
	struct http_web *web;
	struct MHD_Daemon *daemons[LISTEN_MAX];
	size_t n;
	struct http_gate gate;
	struct http_cache cache;
};

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

static void on_connection(void *arg, struct MHD_Connection *connection, void **context,
			  enum MHD_ConnectionNotificationCode what)
{
	struct http *h = arg;
	const union MHD_ConnectionInfo *info;

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		http_web_closed(h->web, connection);
		http_clients_remove(h->clients, *context);
		*context = NULL;
		return;
	}
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	*context = info ? http_clients_add(h->clients, info->connect_fd) : NULL;
	http_waits_wake(h->waits);
	http_web_connected(h->web, connection);
}

/* Runs in another thread. */
static void on_snapshot(void *arg, struct snapshot *s, bool late)
{
	struct request *r = arg;

	r->snapshot = s;
	r->late = late;
	MHD_resume_connection(r->connection);
}

/* Queue an answer that nobody shares. Its status, 0 without memory. */
static unsigned int reply_alone(const struct request *r, const struct served *served)
{
	unsigned int status;
	struct MHD_Response *response =
		http_response(r->http->config, &r->route, r->snapshot, served, &status);

	if (!response)
		return 0;
	if (MHD_queue_response(r->connection, status, response) != MHD_YES)
		status = 0;
	MHD_destroy_response(response);
	return status;
}

/* Without memory for an answer the connection is closed. */
static enum MHD_Result reply(struct request *r)
{
	struct http *h = r->http;
	const struct served served = http_gate_served(&h->gate);
	const bool shared = r->snapshot && http_cache_keeps(&r->route);
	unsigned int status;

	if (route_needs_snapshot(&r->route))
		http_negotiate(r->connection, &r->route);
	if (r->late)
		r->snapshot = http_waits_without(h->waits, r->began);
	if (shared)
		status = http_cache_queue(&h->cache, h->config, r->connection, &r->route,
					  r->snapshot, &served);
	else
		status = reply_alone(r, &served);
	if (status)
		http_gate_answered(&h->gate, status, r->late);
	http_clients_answered(h->clients, client_of(r->connection));
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
	http_clients_asked(h->clients, client_of(connection), http_head_size(connection));
	r->route = http_route(h->config, method, url);
	return r;
}

/* The head of a request has come; again, if meanwhile the connection was suspended. */
static enum MHD_Result on_head(struct request *r)
{
	enum MHD_Result result;

	if (!http_web_admits(r->http->web, &r->entry, r->connection, r->route.json, &result))
		return result;
	r->let_in = true;
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
static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url,
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
	if (!r)
		return MHD_NO;
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
		on_snapshot(r, NULL, err == -EBUSY);
	return MHD_YES;
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **context,
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

static void on_log(void *arg, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static void on_log(void *arg, const char *format, va_list args)
{
	const struct http *h = arg;
	char text[256];

	vsnprintf(text, sizeof(text), format, args);
	text[strcspn(text, "\n")] = '\0';
	log_event(&h->config->log, LOG_DEBUG, "libmicrohttpd", "text", text);
}

/* As libmicrohttpd does, but for a NUL: a path must not end before its end. */
static size_t unescape(void *arg, struct MHD_Connection *connection, char *text)
{
	(void)arg;
	(void)connection;
	return strstr(text, "%00") ? strlen(text) : MHD_http_unescape(text);
}

static struct MHD_Daemon *start_daemon(struct http *h, int fd)
{
	/* clang-format off */
	return MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC |
			MHD_USE_ERROR_LOG | http_web_flags(h->web),
		0, NULL, NULL, on_request, h,
		MHD_OPTION_EXTERNAL_LOGGER, on_log, h,
		MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned int)CONNECTIONS_MAX,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)SILENCE_S,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, h,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
		MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL,
		MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_ARRAY, http_web_options(h->web),
		MHD_OPTION_END);
	/* clang-format on */
}

int http_start(const struct config *config, const int *sockets, size_t n,
	       snapshot_request_fn *request, void *ctx, struct http **ret)
{
	struct http *h = calloc(1, sizeof(*h));
	int err = -ENOMEM;

	if (!h)
		goto fail;
	h->config = config;
	http_cache_init(&h->cache);
	h->clients = http_clients_new();
	http_gate_init(&h->gate, h->clients, config->max_requests);
	if (h->clients)
		err = http_waits_new(request, ctx, h->clients, &config->log, &h->waits);
	if (err)
		goto fail;
	err = http_web_new(config, &h->web);
	if (err)
		goto fail;
	for (; h->n < n; h->n++) {
		h->daemons[h->n] = start_daemon(h, sockets[h->n]);
		if (!h->daemons[h->n]) {
			err = errno ? -errno : -EIO;
			goto fail;
		}
	}
	*ret = h;
	return 0;
fail:
	for (size_t i = h ? h->n : 0; i < n; i++)
		close(sockets[i]);
	http_stop(h);
	return err;
}

void http_drain(struct http *h)
{
	const int64_t now = clock_ns();
	const struct timespec until = clock_timespec(now + DRAIN_NS);

	http_waits_end_by(h->waits, now + LAST_NS);
	for (size_t i = 0; i < h->n; i++) {
		MHD_socket fd = MHD_quiesce_daemon(h->daemons[i]);

		if (fd != MHD_INVALID_SOCKET)
			close(fd);
	}
	http_gate_wait(&h->gate, &until);
}

void http_stop(struct http *h)
{
	if (!h)
		return;
	http_web_stop(h->web);
	for (size_t i = 0; i < h->n; i++)
		MHD_stop_daemon(h->daemons[i]);
	http_waits_free(h->waits);
	http_cache_destroy(&h->cache);
	http_clients_free(h->clients);
	http_gate_destroy(&h->gate);
	http_web_free(h->web);
	free(h);
}
