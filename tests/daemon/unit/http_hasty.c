// SPDX-License-Identifier: GPL-2.0-or-later
/* Scrapes that are gone before the collector has anything for them: they harm no other. */
#include "http_fake.h"

/* As many as the collector is left with, at the most. */
#define ABANDONED 16

/* They ask, and are gone before the collector says anything. */
static void abandon(const char *address)
{
	int fds[ABANDONED];
	size_t counted = 0;

	for (size_t i = 0; i < ABANDONED; i++)
		fds[i] = ask(address, "/metrics", TIMEOUT "0.2\r\n");
	for (size_t i = 0; i < ABANDONED; i++)
		counted += has(answer(fds[i]), "collector_success 0\n");
	check("16 that get nothing are all answered", counted == ABANDONED);
}

static void test_stuck(const char *address)
{
	int64_t begin;
	const char *text;
	int fds[3];
	size_t good = 0;

	fds[0] = ask(address, "/metrics", "");
	wait_held(1);
	answer_all();
	check("all is well", has(answer(fds[0]), "collector_success 1\n"));
	abandon(address);
	begin = clock_ns();
	text = answer(ask(address, "/metrics", TIMEOUT "0.5\r\n"));
	check("a stuck collector is not asked again", held() == ABANDONED);
	check("who asks then has until its own timeout",
	      clock_ns() - begin >= NS_PER_S * 4 / 10 && has(text, "collector_success 0\n"));
	check("errors are those of the last snapshot", has(text, "read_errors_total 7\n"));
	for (size_t i = 0; i < 3; i++)
		fds[i] = ask(address, "/metrics", TIMEOUT "5\r\n");
	usleep(100000);
	check("nor for others", held() == ABANDONED);
	answer_all();
	wait_held(3);
	check("once it is back, it is asked for all who still wait", held() == 3);
	answer_all();
	for (size_t i = 0; i < 3; i++)
		good += has(answer(fds[i]), "collector_success 1\n");
	check("and serves them", good == 3 && !held());

	abandon(address);
	fds[0] = ask(address, "/metrics", TIMEOUT "5\r\n");
	usleep(100000);
	fake.refuse = -ESHUTDOWN;
	answer_all();
	check("one that waited is refused if the collector refuses", has(answer(fds[0]), " 503 "));
	check("one that refuses is a 503", has(answer(ask(address, "/metrics", "")), " 503 "));
	fake.refuse = 0;
}

/* Less time than a snapshot takes: answered, and nobody is bothered. */
static void test_hasty(const char *address)
{
	const char *text;
	size_t counted = 0;
	int fd;

	for (size_t i = 0; i < 20; i++)
		counted += has(answer(ask(address, "/metrics", TIMEOUT "0.0001\r\n")),
			       "collector_success 0\n");
	check("20 in a hurry are answered", counted == 20);
	check("without the collector", held() == 0);
	text = answer(ask(address, "/vms", TIMEOUT "0.01\r\n"));
	check("in a hurry: /vms is 503", has(text, "HTTP/1.1 503") && held() == 0);
	text = answer(ask(address, "/metrics", TIMEOUT "0.0001\r\n"));
	check("in a hurry: says why", has(text, "why=\"timeout\"} 1\n"));
	fd = ask(address, "/metrics", "");
	wait_held(1);
	answer_all();
	check("one that has time is served beside them", has(answer(fd), "collector_success 1\n"));
}

/* The end does not wait for a collector that says nothing. */
static void test_end(const char *address, struct http *http)
{
	int64_t begin;
	int fds[2];

	fds[0] = ask(address, "/metrics", "");
	wait_held(1);
	abandon(address);
	fds[1] = ask(address, "/metrics", "");
	usleep(100000);
	begin = clock_ns();
	http_drain(http);
	check("the end is not waited for", clock_ns() - begin < 9 * NS_PER_S);
	for (size_t i = 0; i < 2; i++)
		check(i ? "and who was not asked for" : "who waits is answered at the end",
		      has(answer(fds[i]), "collector_success 0\n"));
	check("which the collector was not asked for even then", held() == ABANDONED + 1);
	answer_all();
}

int main(void)
{
	static void (*const tests[])(const char *) = {test_stuck, test_hasty, NULL};

	with_server(40, tests, test_end);
	return 0;
}
