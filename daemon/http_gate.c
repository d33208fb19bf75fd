// SPDX-License-Identifier: GPL-2.0-or-later
#include "http_gate.h"

#include "clock.h"

void http_gate_init(struct http_gate *g, struct http_clients *clients, size_t max)
{
	*g = (struct http_gate){.clients = clients, .max = max};
	pthread_mutex_init(&g->lock, NULL);
	clock_cond_init(&g->idle);
}

void http_gate_destroy(struct http_gate *g)
{
	pthread_cond_destroy(&g->idle);
	pthread_mutex_destroy(&g->lock);
}

void http_gate_enter(struct http_gate *g)
{
	pthread_mutex_lock(&g->lock);
	g->active++;
	pthread_mutex_unlock(&g->lock);
}

bool http_gate_admit(struct http_gate *g)
{
	bool good;

	pthread_mutex_lock(&g->lock);
	good = !g->max || g->served.in_flight < g->max;
	if (good)
		g->served.in_flight++;
	pthread_mutex_unlock(&g->lock);
	/* Clients that do not take their answers must not keep out those that would. */
	if (good || !http_clients_shut_reader(g->clients))
		return good;
	pthread_mutex_lock(&g->lock);
	g->served.in_flight++;
	pthread_mutex_unlock(&g->lock);
	return true;
}

void http_gate_answered(struct http_gate *g, unsigned int status, bool timeout)
{
	static const unsigned int codes[SERVED_CODES_N] = SERVED_CODES;
	size_t i = 0;

	while (i < SERVED_CODES_N - 1 && codes[i] != status)
		i++;
	pthread_mutex_lock(&g->lock);
	g->served.answers[i]++;
	g->served.timeouts += timeout;
	pthread_mutex_unlock(&g->lock);
}

bool http_gate_leave(struct http_gate *g, bool admitted)
{
	bool last;

	pthread_mutex_lock(&g->lock);
	g->served.in_flight -= admitted;
	last = !--g->active;
	if (last)
		pthread_cond_signal(&g->idle);
	pthread_mutex_unlock(&g->lock);
	return last;
}

struct served http_gate_served(struct http_gate *g)
{
	struct served served;

	pthread_mutex_lock(&g->lock);
	served = g->served;
	pthread_mutex_unlock(&g->lock);
	served.sent_away = http_clients_sent_away(g->clients);
	return served;
}

void http_gate_wait(struct http_gate *g, const struct timespec *until)
{
	pthread_mutex_lock(&g->lock);
	while (g->active && !pthread_cond_timedwait(&g->idle, &g->lock, until))
		;
	pthread_mutex_unlock(&g->lock);
}
