// SPDX-License-Identifier: GPL-2.0-or-later
/* Scrapes whose snapshot comes late, or never, or that are too many. */
#include "http_fake.h"

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
	      has(answer(ask(address, "/-/healthy", "")), "HTTP/1.1 200"));
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

static void test_ready(const char *address, struct http *http)
{
	const char *text = answer(ask(address, "/-/ready", ""));

	check("not ready before that is said",
	      has(text, "HTTP/1.1 503") && has(text, "Retry-After: 1\r\n"));
	check("but healthy", has(answer(ask(address, "/-/healthy", "")), "HTTP/1.1 200"));
	http_ready(http);
	check("then ready", has(answer(ask(address, "/-/ready", "")), "HTTP/1.1 200"));
}

int main(void)
{
	static void (*const none[])(const char *) = {NULL};
	static void (*const late[])(const char *) = {test_never, test_in_time, NULL};
	static void (*const busy[])(const char *) = {test_busy, NULL};

	with_server(40, late, NULL);
	with_server(3, busy, NULL);
	with_server(40, none, test_ready);
	return 0;
}
