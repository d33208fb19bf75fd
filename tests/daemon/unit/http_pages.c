// SPDX-License-Identifier: GPL-2.0-or-later
/* Answers that slow clients hold: what they may take together, and who has to go. */
#include "http_pages.h"
#include "check.h"
#include "http_reply.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define MIB	((size_t)1024 * 1024)
#define READERS 40

static struct http_clients *clients;
static struct http_pages pages;

static struct reader {
	struct MHD_Response *response;
	struct http_client *client;
	int fds[2];
} readers[READERS];

/* A client takes a page of so many bytes, but does not read it. */
static void take(struct reader *r, size_t size)
{
	struct strbuf body = {0};
	uint64_t number = 0;

	strbuf_add(&body, "x", 1);
	if (!strbuf_room(&body, size) || socketpair(AF_UNIX, SOCK_STREAM, 0, r->fds)) {
		check("a client", false);
		return;
	}
	/* Not written to: the kernel gives no memory for it. */
	body.len = size;
	r->client = http_clients_add(clients, r->fds[0]);
	r->response = http_pages_response(&pages, &body, &number);
	if (!r->response || !r->client)
		check("a page", false);
	http_clients_answered(clients, r->client, number);
}

/* It has gone, or was closed. */
static void leave(struct reader *r)
{
	if (!r->response)
		return;
	MHD_destroy_response(r->response);
	http_clients_remove(clients, r->client);
	close(r->fds[0]);
	close(r->fds[1]);
	*r = (struct reader){0};
}

static void leave_all(void)
{
	for (size_t i = 0; i < READERS; i++)
		leave(&readers[i]);
	check("nothing is left", !pages.bytes && !pages.first && !http_pages_full(&pages));
}

static bool sent_away(const struct reader *r)
{
	struct pollfd fd = {.fd = r->fds[1], .events = POLLIN};

	return poll(&fd, 1, 0) == 1 && (fd.revents & POLLHUP);
}

/* The first n are sent away, those after them are not. */
static bool went(size_t n, size_t of)
{
	bool good = true;

	for (size_t i = 0; i < of; i++)
		good &= sent_away(&readers[i]) == (i < n);
	return good;
}

/* What a scrape of one VM is answered. */
static unsigned int scrape(bool *ret_retry)
{
	const struct config config = {.version = "1", .telemetry_path = "/metrics"};
	const struct route route = {.page = PAGE_METRICS};
	const struct served served = {0};
	struct snapshot *s = snapshot_new();
	struct reply reply = {0};

	*ret_retry = false;
	if (s)
		s->vms = calloc(1, sizeof(*s->vms));
	if (s && s->vms) {
		s->n_vms = 1;
		s->source = s->why = "x";
		reply = http_reply(&config, &route, s, &served, &pages);
	}
	if (reply.response) {
		*ret_retry = MHD_get_response_header(reply.response, "Retry-After") != NULL;
		MHD_destroy_response(reply.response);
	}
	snapshot_unref(s);
	return reply.status;
}

static void test_oldest_go(void)
{
	bool retry;
	size_t most = 0;

	for (size_t i = 0; i < 9; i++)
		take(&readers[i], 5 * MIB);
	check("45 MiB: all stay", went(0, 9));
	take(&readers[9], 5 * MIB);
	check("50 MiB: the oldest is sent away", went(1, 10));
	take(&readers[10], 4 * MIB);
	check("54 MiB: and the next", went(2, 11));
	check("54 MiB: there is room while they go", !http_pages_full(&pages));
	take(&readers[11], 5 * MIB);
	take(&readers[12], 5 * MIB);
	take(&readers[13], 5 * MIB);
	check("69 MiB, and nobody has gone: no room", http_pages_full(&pages));
	check("no room: 503, and when to come back", scrape(&retry) == 503 && retry);
	check("but those before have to go", went(5, 14));
	leave(&readers[0]);
	check("64 MiB: room again", !http_pages_full(&pages));
	check("room: 200", scrape(&retry) == 200 && !retry);
	leave_all();
	/* Whoever comes: those who were sent away go soon. */
	for (size_t i = 0; i < READERS; i++) {
		take(&readers[i], 5 * MIB);
		for (size_t j = 0; j <= i; j++)
			if (readers[j].response && sent_away(&readers[j]))
				leave(&readers[j]);
		most = pages.bytes > most ? pages.bytes : most;
	}
	check("40 of 5 MiB, one after the other: at most 48 MiB", most <= 48 * MIB);
	leave_all();
}

static void test_done_stay(void)
{
	take(&readers[0], 30 * MIB);
	http_clients_done(clients, readers[0].client);
	take(&readers[1], 30 * MIB);
	take(&readers[2], MIB);
	take(&readers[3], 120 * MIB);
	check("who has taken its page is not sent away", !sent_away(&readers[0]));
	check("nor a page of which there is room for four", went(0, 4));
	check("six of the largest have room", !http_pages_full(&pages));
	leave_all();
}

static void test_none(void)
{
	struct strbuf body = {0};
	uint64_t number;

	check("no page without text", !http_pages_response(&pages, &body, &number));
	strbuf_puts(&body, "x");
	body.failed = true;
	check("nor of one that lacked memory", !http_pages_response(&pages, &body, &number));
	strbuf_free(&body);
}

int main(void)
{
	clients = http_clients_new();
	if (!clients)
		return 1;
	http_pages_init(&pages, clients);
	test_none();
	test_oldest_go();
	test_done_stay();
	http_pages_destroy(&pages);
	http_clients_free(clients);
	return 0;
}
