// SPDX-License-Identifier: GPL-2.0-or-later
#include "http_clients.h"

#include "clock.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>

/* To send a request, or to come back with the next: longer than Prometheus' usual interval. */
#define IDLE_NS (90 * NS_PER_S)
/* The same when others may be waiting. */
#define CROWDED_NS (3 * NS_PER_S)
/* To be answered and to take the answer. */
#define BUSY_NS (60 * NS_PER_S)

struct http_client {
	struct http_client *next, **link;
	int fd;
	bool busy;
	int64_t since; /* of the last change of busy */
};

struct http_clients {
	pthread_mutex_t lock;
	struct http_client *first;
	size_t n;
};

struct http_clients *http_clients_new(void)
{
	struct http_clients *list = calloc(1, sizeof(*list));

	if (list)
		pthread_mutex_init(&list->lock, NULL);
	return list;
}

void http_clients_free(struct http_clients *list)
{
	if (!list)
		return;
	pthread_mutex_destroy(&list->lock);
	free(list);
}

struct http_client *http_clients_add(struct http_clients *list, int fd)
{
	struct http_client *client = calloc(1, sizeof(*client));

	if (!client)
		return NULL;
	client->fd = fd;
	client->since = clock_ns();
	pthread_mutex_lock(&list->lock);
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

void http_clients_mark(struct http_clients *list, struct http_client *client, int busy)
{
	if (!client)
		return;
	pthread_mutex_lock(&list->lock);
	client->busy = busy;
	client->since = clock_ns();
	pthread_mutex_unlock(&list->lock);
}

size_t http_clients_sweep(struct http_clients *list, size_t crowd)
{
	const int64_t now = clock_ns();
	size_t shut = 0;

	/* While the lock is held no fd in the list is closed, so none can be another's by now. */
	pthread_mutex_lock(&list->lock);
	for (const struct http_client *c = list->first; c; c = c->next) {
		int64_t limit = c->busy ? BUSY_NS : list->n > crowd ? CROWDED_NS : IDLE_NS;

		if (now - c->since > limit)
			shut += !shutdown(c->fd, SHUT_RDWR);
	}
	pthread_mutex_unlock(&list->lock);
	return shut;
}
