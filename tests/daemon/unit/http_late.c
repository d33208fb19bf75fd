// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The real server over a collector that answers when the test says so: late, never, or not at all.
 */
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
	struct {
		snapshot_done_fn *done;
		void *arg;
	} held[HELD_MAX];
	size_t n;
	int64_t deadline_ns;
	int refuse;
} fake = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int fake_request(void *ctx, const struct snapshot_want *want, snapshot_done_fn *done,
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

static size_t held(void)
{
	size_t n;

	pthread_mutex_lock(&fake.lock);
	n = fake.n;
	pthread_mutex_unlock(&fake.lock);
	return n;
}

static void answer_all(void)
{
	size_t n = held();

	for (size_t i = 0; i < n; i++) {
		struct snapshot *s = snapshot_new();

		if (s) {
			s->source = "debugfs";
			s->why = "available";
			s->success = true;
			s->read_errors = 7;
		}
		fake.held[i].done(fake.held[i].arg, s);
	}
	fake.n = 0;
}

/* A connection that has sent a GET. */
static int ask(const char *address, const char *path, const char *header)
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
static const char *answer(int fd)
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

static bool has(const char *text, const char *what)
{
	return strstr(text, what) != NULL;
}

static void wait_held(size_t n)
{
	for (int i = 0; i < 500 && held() < n; i++)
		usleep(10000);
}

#define TIMEOUT "X-Prometheus-Scrape-Timeout-Seconds: "

static void test_never(const char *address)
{
	const int64_t begin = clock_ns();
	const char *text = answer(ask(address, "/metrics", TIMEOUT "2\r\n"));
	const int64_t took = clock_ns() - begin;

	check("no snapshot: answered before the timeout", took < 2 * NS_PER_S);
	check("no snapshot: and not much before", took >= NS_PER_S * 18 / 10);
	check("the collector is told to be done a bit earlier",
	      fake.deadline_ns >= begin + NS_PER_S * 16 / 10 &&
		      fake.deadline_ns < begin + NS_PER_S * 18 / 10);
	check("no snapshot: 200", has(text, "HTTP/1.1 200"));
	check("no snapshot: no success", has(text, "\nkvm_exit_exporter_collector_success 0\n"));
	check("no snapshot: says why",
	      has(text, "kvm_exit_exporter_source_info{source=\"none\",why=\"timeout\"} 1\n"));
	check("no snapshot: no process metrics that are not known", !has(text, "\nprocess_"));
	text = answer(ask(address, "/vms", TIMEOUT "0.3\r\n"));
	check("no snapshot: /vms is 503",
	      has(text, "HTTP/1.1 503") && has(text, "{\"error\":\"the exit statistics could not"));
	text = answer(ask(address, "/vm/1", TIMEOUT "0.3\r\n"));
	check("no snapshot: /vm/<pid> is 503", has(text, "HTTP/1.1 503"));
	check("what is late is still asked for", held() == 3);
	answer_all();
	text = answer(ask(address, "/-/healthy", ""));
	check("late snapshots do no harm", has(text, "HTTP/1.1 200"));
}

static void test_in_time(const char *address)
{
	int fd = ask(address, "/metrics", TIMEOUT "nonsense\r\n");
	const char *text;

	wait_held(1);
	check("nonsense is no timeout", fake.deadline_ns > clock_ns() + 20 * NS_PER_S);
	answer_all();
	text = answer(fd);
	check("a snapshot in time is served",
	      has(text, "\nkvm_exit_exporter_collector_success 1\n") &&
		      has(text, "\nkvm_exit_exporter_read_errors_total 7\n"));
	check("timeouts were counted", has(text, "\nkvm_exit_exporter_scrape_timeouts_total 3\n"));
	check("answers were counted",
	      has(text, "\nkvm_exit_exporter_http_requests_total{code=\"200\"} 2\n") &&
		      has(text, "\nkvm_exit_exporter_http_requests_total{code=\"503\"} 2\n"));
}

static void test_stuck(const char *address)
{
	int fds[20];
	const char *text = "";
	int64_t begin;
	size_t counted = 0;

	for (size_t i = 0; i < 20; i++)
		fds[i] = ask(address, "/metrics", TIMEOUT "0.2\r\n");
	for (size_t i = 0; i < 20; i++)
		counted += has(answer(fds[i]), "collector_success 0\n");
	check("20 that get nothing are all answered", counted == 20);
	begin = clock_ns();
	text = answer(ask(address, "/metrics", ""));
	check("a stuck collector is not asked again", held() == 20);
	check("and the answer does not wait for it",
	      clock_ns() - begin < NS_PER_S && has(text, "collector_success 0\n"));
	check("errors are those of the last snapshot", has(text, "read_errors_total 7\n"));
	answer_all();
	fds[0] = ask(address, "/metrics", "");
	wait_held(1);
	check("once it is back, it is asked again", held() == 1);
	answer_all();
	check("and serves", has(answer(fds[0]), "collector_success 1\n"));
	fake.refuse = -ESHUTDOWN;
	check("one that refuses is a 503", has(answer(ask(address, "/metrics", "")), " 503 "));
	fake.refuse = 0;
}

/* With at most 3 requests. */
static void test_busy(const char *address)
{
	int fds[3];
	const char *text;
	size_t good = 0;

	for (size_t i = 0; i < 3; i++) {
		fds[i] = ask(address, "/metrics", "");
		wait_held(i + 1);
	}
	text = answer(ask(address, "/metrics", ""));
	check("one too many is 503", has(text, "HTTP/1.1 503"));
	check("and told to come back", has(text, "Retry-After: 1\r\n"));
	text = answer(ask(address, "/vm/1", ""));
	check("under /vm as JSON",
	      has(text, "HTTP/1.1 503") && has(text, "{\"error\":\"too many requests"));
	check("pages without a snapshot are served",
	      has(answer(ask(address, "/-/ready", "")), "HTTP/1.1 200"));
	check("no more was asked for", held() == 3);
	answer_all();
	for (size_t i = 0; i < 3; i++)
		good += has(answer(fds[i]), "HTTP/1.1 200");
	check("those before it are served", good == 3);
	fds[0] = ask(address, "/metrics", "");
	wait_held(1);
	answer_all();
	check("and then there is room again", has(answer(fds[0]), "HTTP/1.1 200"));
}

/* The end does not wait for a collector that says nothing. */
static void test_end(const char *address, struct http *http)
{
	int fd = ask(address, "/metrics", "");
	const int64_t begin = clock_ns();

	wait_held(1);
	http_drain(http);
	check("the end is not waited for", clock_ns() - begin < 9 * NS_PER_S);
	check("who waits is answered at the end", has(answer(fd), "collector_success 0\n"));
	answer_all();
}

static void with_server(unsigned int max, bool end, void (*const *tests)(const char *))
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
		test_end(address, http);
	http_stop(http);
}

int main(void)
{
	static void (*const late[])(const char *) = {test_never, test_in_time, test_stuck, NULL};
	static void (*const busy[])(const char *) = {test_busy, NULL};

	with_server(40, true, late);
	with_server(3, false, busy);
	return 0;
}
