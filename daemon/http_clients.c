// SPDX-License-Identifier: GPL-2.0-or-later
#include "http_clients.h"

#include "clock.h"

/* Not netinet/tcp.h: its struct tcp_info lacks the number of bytes received. */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>

/* TCP_CLOSE_WAIT of the kernel's include/net/tcp_states.h; only netinet/tcp.h has it too. */
#define CLOSE_WAIT 8

/* To send the head of a request, from its first byte on; of the first, from the connection on. */
#define HEAD_NS (10 * NS_PER_S)
/* To come back with the next request: longer than Prometheus' usual interval. */
#define IDLE_NS (90 * NS_PER_S)
/* To take an answer. */
#define SEND_NS (60 * NS_PER_S)
/* To take an answer when others wait for a place. */
#define SEND_CROWDED_NS (2 * NS_PER_S)
/* To look at the sockets again. */
#define SWEEP_NS (NS_PER_S / 2)

enum state { STATE_HEAD, STATE_WAITING, STATE_SENDING, STATE_IDLE };

struct http_client {
	struct http_client *next, **link;
	int fd;
	enum state state;
	bool shut;
	bool ended;	/* it will send no more */
	int64_t since;	/* of the state */
	uint64_t taken; /* bytes: of all requests up to now */
	uint64_t page;	/* the last that it was given */
};

struct http_clients {
	pthread_mutex_t lock;
	struct http_client *first;
	size_t n, max;
	uint64_t sent_away;
};

/* Half of the file descriptors are for others than clients. */
static size_t most_clients(void)
{
	struct rlimit limit;

	if (!getrlimit(RLIMIT_NOFILE, &limit) && limit.rlim_cur / 2 < HTTP_CLIENTS_MAX)
		return limit.rlim_cur / 2;
	return HTTP_CLIENTS_MAX;
}

struct http_clients *http_clients_new(void)
{
	struct http_clients *list = calloc(1, sizeof(*list));

	if (!list)
		return NULL;
	pthread_mutex_init(&list->lock, NULL);
	list->max = most_clients();
	return list;
}

void http_clients_free(struct http_clients *list)
{
	if (!list)
		return;
	pthread_mutex_destroy(&list->lock);
	free(list);
}

/* With the lock. While it is held no fd in the list is closed, so none is another's by now. */
static void shut(struct http_client *client)
{
	client->shut = true;
	shutdown(client->fd, SHUT_RDWR);
}

static void send_away(struct http_clients *list, struct http_client *client)
{
	list->sent_away++;
	shut(client);
}

/*
 * With the lock: the client that has been for longest in one of two states, no later than since
 * before; NULL if there is none.
 */
static struct http_client *longest(const struct http_clients *list, enum state a, enum state b,
				   int64_t before)
{
	struct http_client *found = NULL;

	for (struct http_client *c = list->first; c; c = c->next)
		if (!c->shut && (c->state == a || c->state == b) && c->since <= before &&
		    (!found || c->since < found->since))
			found = c;
	return found;
}

struct http_client *http_clients_add(struct http_clients *list, int fd)
{
	const int64_t now = clock_ns();
	struct http_client *client = calloc(1, sizeof(*client));

	if (!client)
		return NULL;
	pthread_mutex_lock(&list->lock);
	if (list->n >= list->max) {
		struct http_client *old = longest(list, STATE_HEAD, STATE_IDLE, now);
		if (!old)
			old = longest(list, STATE_SENDING, STATE_SENDING, now - SEND_CROWDED_NS);
		if (old)
			send_away(list, old);
	}
	client->fd = fd;
	client->since = now;
	client->next = list->first;
	client->link = &list->first;
	if (client->next)
		client->next->link = &client->next;
	list->first = client;
	list->n++;
	pthread_mutex_unlock(&list->lock);
	return client;
}

void http_clients_remove(struct http_clients *list, struct http_client *client)
{
	if (!client)
		return;
	pthread_mutex_lock(&list->lock);
	*client->link = client->next;
	if (client->next)
		client->next->link = client->link;
	list->n--;
	pthread_mutex_unlock(&list->lock);
	free(client);
}

/* What the kernel has received of a client's bytes, 0 if it cannot tell. */
static uint64_t received(int fd, bool *ret_ended)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof(info);

	*ret_ended = false;
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len))
		return 0;
	*ret_ended = info.tcpi_state == CLOSE_WAIT;
	return info.tcpi_bytes_received;
}

void http_clients_asked(struct http_clients *list, struct http_client *client, uint64_t sent)
{
	if (!client)
		return;
	pthread_mutex_lock(&list->lock);
	client->taken += sent;
	client->state = STATE_WAITING;
	client->since = clock_ns();
	pthread_mutex_unlock(&list->lock);
}

void http_clients_answered(struct http_clients *list, struct http_client *client, uint64_t page)
{
	if (!client)
		return;
	pthread_mutex_lock(&list->lock);
	client->state = STATE_SENDING;
	client->since = clock_ns();
	client->page = page;
	pthread_mutex_unlock(&list->lock);
}

void http_clients_done(struct http_clients *list, struct http_client *client)
{
	if (!client)
		return;
	pthread_mutex_lock(&list->lock);
	client->state = STATE_IDLE;
	client->since = clock_ns();
	pthread_mutex_unlock(&list->lock);
}

void http_clients_shut_readers(struct http_clients *list, uint64_t page)
{
	pthread_mutex_lock(&list->lock);
	for (struct http_client *c = list->first; c; c = c->next)
		if (!c->shut && c->state == STATE_SENDING && c->page < page)
			send_away(list, c);
	pthread_mutex_unlock(&list->lock);
}

bool http_clients_shut_reader(struct http_clients *list)
{
	struct http_client *client;

	pthread_mutex_lock(&list->lock);
	client = longest(list, STATE_SENDING, STATE_SENDING, clock_ns() - SEND_CROWDED_NS);
	if (client)
		send_away(list, client);
	pthread_mutex_unlock(&list->lock);
	return client;
}

/*
 * libmicrohttpd tells only of a whole head: look at the socket for the first byte of the next
 * request. And it does not see the end of a client that sent part of a head and then ended its
 * side, if both came at once. True if no request will come.
 */
static bool look(struct http_client *c, int64_t now)
{
	const bool ended_before = c->ended;
	uint64_t bytes;

	if (c->state != STATE_IDLE && c->state != STATE_HEAD)
		return false;
	bytes = received(c->fd, &c->ended);
	if (c->state == STATE_IDLE && bytes > c->taken) {
		c->state = STATE_HEAD;
		/* It came since the last look, if there was one. */
		if (c->since < now - SWEEP_NS)
			c->since = now - SWEEP_NS;
	}
	/* Only at the second look, since it may be about to be read. */
	return c->ended && ended_before;
}

/* Has it been in its state for too long? */
static bool is_late(const struct http_client *c, int64_t now)
{
	switch (c->state) {
	case STATE_HEAD:
		return now - c->since >= HEAD_NS;
	case STATE_IDLE:
		return now - c->since >= IDLE_NS;
	case STATE_SENDING:
		return now - c->since >= SEND_NS;
	default:
		return false;
	}
}

int64_t http_clients_sweep(struct http_clients *list, size_t *ret_shut)
{
	const int64_t now = clock_ns();
	int64_t next = 0;

	*ret_shut = 0;
	pthread_mutex_lock(&list->lock);
	for (struct http_client *c = list->first; c; c = c->next) {
		next = now + SWEEP_NS;
		if (c->shut)
			continue;
		if (look(c, now)) {
			shut(c);
		} else if (is_late(c, now)) {
			send_away(list, c);
			++*ret_shut;
		}
	}
	pthread_mutex_unlock(&list->lock);
	return next;
}

uint64_t http_clients_sent_away(struct http_clients *list)
{
	uint64_t n;

	pthread_mutex_lock(&list->lock);
	n = list->sent_away;
	pthread_mutex_unlock(&list->lock);
	return n;
}
