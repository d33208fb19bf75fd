// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One thread for each listening socket, see http_loop.h. A request that needs a snapshot is
 * suspended until the collector has one, so nothing that is slow ever runs in that thread.
 */
#include "http.h"

#include "clock.h"
#include "http_own.h"
#include "http_request.h"

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

static void on_log(void *arg, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static void on_log(void *arg, const char *format, va_list args)
{
	const struct http *h = arg;
	enum log_level level;
	char text[256];

	vsnprintf(text, sizeof(text), format, args);
	text[strcspn(text, "\n")] = '\0';
	/* All else that it says is about clients, whose requests may also be too large for a pool.
	 */
	level = strstr(text, "memory") && !strstr(text, "in pool") ? LOG_ERROR : LOG_DEBUG;
	log_event(&h->config->log, level, "libmicrohttpd", "text", text);
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
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
			http_web_flags(h->web),
		0, NULL, NULL, http_request_handle, h,
		MHD_OPTION_EXTERNAL_LOGGER, on_log, h,
		MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned int)CONNECTIONS_MAX,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)SILENCE_S,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, h,
		MHD_OPTION_NOTIFY_COMPLETED, http_request_completed, h,
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
	http_pages_init(&h->pages, h->clients);
	if (h->clients)
		err = http_waits_new(request, ctx, h->clients, &config->log, &h->waits);
	if (err)
		goto fail;
	err = http_web_new(config, &h->loops, &h->web);
	if (err)
		goto fail;
	while (h->loops.n < n) {
		struct MHD_Daemon *daemon = start_daemon(h, sockets[h->loops.n]);

		if (!daemon) {
			err = errno ? -errno : -EIO;
			goto fail;
		}
		http_loops_add(&h->loops, daemon);
	}
	err = http_loops_start(&h->loops);
	if (err)
		goto fail;
	*ret = h;
	return 0;
fail:
	for (size_t i = h ? h->loops.n : 0; i < n; i++)
		close(sockets[i]);
	http_stop(h);
	return err;
}

void http_ready(struct http *h)
{
	atomic_store(&h->ready, true);
}

bool http_alive(struct http *h)
{
	return http_loops_alive(&h->loops);
}

void http_drain(struct http *h)
{
	const int64_t now = clock_ns();
	const struct timespec until = clock_timespec(now + DRAIN_NS);

	http_waits_end_by(h->waits, now + LAST_NS);
	http_loops_quiesce(&h->loops, h->config->systemd_socket);
	http_gate_wait(&h->gate, &until);
}

void http_stop(struct http *h)
{
	if (!h)
		return;
	http_web_stop(h->web);
	http_loops_stop(&h->loops);
	http_waits_free(h->waits);
	http_cache_destroy(&h->cache);
	http_pages_destroy(&h->pages);
	http_clients_free(h->clients);
	http_gate_destroy(&h->gate);
	http_web_free(h->web);
	free(h);
}
