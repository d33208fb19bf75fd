// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One thread of libmicrohttpd for each listening socket. A request that needs a snapshot is
 * suspended until the collector has one, so nothing that is slow ever runs in that thread.
 */
#include "http.h"

#include "clock.h"
#include "http_cache.h"
#include "http_clients.h"
#include "http_reply.h"

#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONNECTIONS_MAX	  64 /* on each socket */
#define CONNECTION_MEMORY 16384
#define SILENCE_S	  30
#define DRAIN_NS	  (5 * NS_PER_S)

struct http {
	const struct config *config;
	snapshot_request_fn *request;
	void *ctx;
	struct http_clients *clients;
	struct MHD_Daemon *daemons[LISTEN_MAX];
	size_t n;
	pthread_mutex_t lock;
	pthread_cond_t idle;
	size_t active; /* requests that are not answered yet */
	struct http_cache metrics;
};

struct request {
	struct http *http;
	struct MHD_Connection *connection;
	struct route route;
	bool asked;
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
		http_clients_remove(h->clients, *context);
		*context = NULL;
		return;
	}
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	*context = info ? http_clients_add(h->clients, info->connect_fd) : NULL;
}

/* Runs in the collector's thread. */
static void on_snapshot(void *arg, struct snapshot *s)
{
	struct request *r = arg;

	r->snapshot = s;
	MHD_resume_connection(r->connection);
}

/* Without memory for an answer the connection is closed. */
static enum MHD_Result reply(const struct request *r)
{
	struct MHD_Response *response;
	enum MHD_Result result;
	unsigned int status;

	if (r->route.page == PAGE_METRICS && r->snapshot)
		return http_cache_queue(&r->http->metrics, r->http->config, r->connection,
					&r->route, r->snapshot);
	response = http_response(r->http->config, &r->route, r->snapshot, &status);
	if (!response)
		return MHD_NO;
	result = MHD_queue_response(r->connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static bool has_body(struct MHD_Connection *connection)
{
	const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
							 MHD_HTTP_HEADER_CONTENT_LENGTH);

	return (length && strcmp(length, "0") != 0) ||
	       MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
					   MHD_HTTP_HEADER_TRANSFER_ENCODING);
}

static enum MHD_Result begin_request(struct http *h, struct MHD_Connection *connection,
				     const char *url, const char *method, void **context)
{
	struct request *r = calloc(1, sizeof(*r));

	if (!r)
		return MHD_NO;
	r->http = h;
	r->connection = connection;
	*context = r;
	pthread_mutex_lock(&h->lock);
	h->active++;
	pthread_mutex_unlock(&h->lock);
	http_clients_mark(h->clients, client_of(connection), true);
	r->route = http_route(h->config, method, url);
	/* An answer now, before a body is read, ends the connection: no body is ever taken. */
	if (r->route.page == PAGE_BAD_METHOD)
		return reply(r);
	if (has_body(connection)) {
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
	int err;

	(void)version;
	(void)upload;
	/* There is no body, or it is not wanted. */
	*upload_size = 0;
	if (!r)
		return begin_request(h, connection, url, method, context);
	if (r->asked || !route_needs_snapshot(&r->route))
		return reply(r);
	want = route_want(h->config, &r->route);
	r->asked = true;
	MHD_suspend_connection(connection);
	err = h->request(h->ctx, &want, on_snapshot, r);
	/* From here on the connection belongs to the collector, unless it refused. */
	if (err)
		MHD_resume_connection(connection);
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
	http_clients_mark(h->clients, client_of(connection), false);
	snapshot_unref(r->snapshot);
	free(r);
	pthread_mutex_lock(&h->lock);
	last = !--h->active;
	if (last)
		pthread_cond_signal(&h->idle);
	pthread_mutex_unlock(&h->lock);
	if (last)
		http_cache_drop(&h->metrics);
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

static struct MHD_Daemon *start_daemon(struct http *h, int fd)
{
	/* clang-format off */
	return MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC |
			MHD_USE_ERROR_LOG,
		0, NULL, NULL, on_request, h,
		MHD_OPTION_EXTERNAL_LOGGER, on_log, h,
		MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned int)CONNECTIONS_MAX,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)SILENCE_S,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, h,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
		MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_END);
	/* clang-format on */
}

int http_start(const struct config *config, const int *sockets, size_t n,
	       snapshot_request_fn *request, void *ctx, struct http **ret)
{
	struct http *h = calloc(1, sizeof(*h));
	pthread_condattr_t attr;
	int err = -ENOMEM;

	if (!h)
		goto fail;
	h->config = config;
	h->request = request;
	h->ctx = ctx;
	pthread_mutex_init(&h->lock, NULL);
	http_cache_init(&h->metrics);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&h->idle, &attr);
	pthread_condattr_destroy(&attr);
	h->clients = http_clients_new();
	if (!h->clients)
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

void http_sweep(struct http *h)
{
	size_t n = http_clients_sweep(h->clients, CONNECTIONS_MAX / 2);
	char text[24];

	if (!n)
		return;
	snprintf(text, sizeof(text), "%zu", n);
	log_event(&h->config->log, LOG_DEBUG, "sent slow clients away", "connections", text);
}

void http_drain(struct http *h)
{
	const struct timespec until = clock_timespec(clock_ns() + DRAIN_NS);

	for (size_t i = 0; i < h->n; i++) {
		MHD_socket fd = MHD_quiesce_daemon(h->daemons[i]);

		if (fd != MHD_INVALID_SOCKET)
			close(fd);
	}
	pthread_mutex_lock(&h->lock);
	while (h->active && !pthread_cond_timedwait(&h->idle, &h->lock, &until))
		;
	pthread_mutex_unlock(&h->lock);
}

void http_stop(struct http *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < h->n; i++)
		MHD_stop_daemon(h->daemons[i]);
	http_cache_destroy(&h->metrics);
	http_clients_free(h->clients);
	pthread_cond_destroy(&h->idle);
	pthread_mutex_destroy(&h->lock);
	free(h);
}
