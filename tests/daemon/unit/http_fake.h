/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The real server over a collector that answers when the test says so: late, never, or not at all.
 */
#ifndef HTTP_FAKE_H
#define HTTP_FAKE_H

#include "check.h"
#include "clock.h"
#include "http.h"
#include "listen.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define HELD_MAX 64

/* What was asked for and is not answered. */
static struct {
	pthread_mutex_t lock;
	struct held {
		snapshot_done_fn *done;
		void *arg;
	} held[HELD_MAX];
	size_t n;
	int64_t deadline_ns;
	int refuse;
} fake = {.lock = PTHREAD_MUTEX_INITIALIZER};

static inline int fake_request(void *ctx, const struct snapshot_want *want, snapshot_done_fn *done,
			       void *arg)
{
	int err = fake.refuse;

	(void)ctx;
	pthread_mutex_lock(&fake.lock);
	fake.deadline_ns = want->deadline_ns;
	if (!err && fake.n == HELD_MAX)
		err = -ENOMEM;
	if (!err) {
		fake.held[fake.n].done = done;
		fake.held[fake.n++].arg = arg;
	}
	pthread_mutex_unlock(&fake.lock);
	return err;
}

static inline size_t held(void)
{
	size_t n;

	pthread_mutex_lock(&fake.lock);
	n = fake.n;
	pthread_mutex_unlock(&fake.lock);
	return n;
}

/* Answer what is held; what is asked for meanwhile is held in turn. */
static inline void answer_all(void)
{
	struct held taken[HELD_MAX];
	size_t n;

	pthread_mutex_lock(&fake.lock);
	n = fake.n;
	memcpy(taken, fake.held, sizeof(taken));
	fake.n = 0;
	pthread_mutex_unlock(&fake.lock);
	for (size_t i = 0; i < n; i++) {
		struct snapshot *s = snapshot_new();

		if (s) {
			s->source = "debugfs";
			s->why = "available";
			s->success = true;
			s->read_errors = 7;
		}
		taken[i].done(taken[i].arg, s);
	}
}

/* A connection that has sent a GET. */
static inline int ask(const char *address, const char *path, const char *header)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	char text[512];
	int len;

	sa.sin_port = htons((uint16_t)strtoul(strrchr(address, ':') + 1, NULL, 10));
	len = snprintf(text, sizeof(text),
		       "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n", path, header);
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) ||
	    send(fd, text, (size_t)len, MSG_NOSIGNAL) != len)
		perror("ask");
	return fd;
}

/* What it is answered, to the end. */
static inline const char *answer(int fd)
{
	static char text[65536];
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(text) - 1 && (n = recv(fd, text + len, sizeof(text) - 1 - len, 0)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	close(fd);
	return text;
}

static inline bool has(const char *text, const char *what)
{
	return strstr(text, what) != NULL;
}

static inline void wait_held(size_t n)
{
	for (int i = 0; i < 500 && held() < n; i++)
		usleep(10000);
}

#define TIMEOUT "X-Prometheus-Scrape-Timeout-Seconds: "

/*
 * Run the tests against a server that serves at most max requests at once; end, if there is one, is
 * the last: it ends the server.
 */
static inline void with_server(unsigned int max, void (*const *tests)(const char *),
			       void (*end)(const char *, struct http *))
{
	const struct config config = {
		.version = "1",
		.telemetry_path = "/metrics",
		.max_requests = max,
		.log = {.level = LOG_ERROR},
	};
	char address[LISTEN_NAME_MAX];
	const char *error;
	struct http *http = NULL;
	int fd = listen_open("127.0.0.1:0", address, &error);

	if (fd < 0 || http_start(&config, &fd, 1, fake_request, NULL, &http)) {
		check("the server starts", false);
		return;
	}
	for (; *tests; tests++)
		(*tests)(address);
	if (end)
		end(address, http);
	http_stop(http);
}

#endif
