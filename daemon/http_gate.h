/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts requests, and keeps their number within bounds. Any thread may call it. */
#ifndef HTTP_GATE_H
#define HTTP_GATE_H

#include "http_clients.h"
#include "render_prometheus.h"

#include <pthread.h>

struct http_gate {
	struct http_clients *clients;
	size_t max; /* 0: no limit */
	pthread_mutex_t lock;
	pthread_cond_t idle;
	size_t active; /* requests that are not answered yet */
	struct served served;
};

/* At most max requests take part in scrapes at once. clients is borrowed. */
void http_gate_init(struct http_gate *g, struct http_clients *clients, size_t max);
void http_gate_destroy(struct http_gate *g);

/* A request has come. */
void http_gate_enter(struct http_gate *g);
/* It needs a snapshot: may it have one? If there are too many, it may if a slow client can go. */
bool http_gate_admit(struct http_gate *g);
/* It is answered with status; timeout: it did not get its snapshot in time. */
void http_gate_answered(struct http_gate *g, unsigned int status, bool timeout);
/* It is over. Was it the last? */
bool http_gate_leave(struct http_gate *g, bool admitted);

/* What was served up to now. */
struct served http_gate_served(struct http_gate *g);
/* Wait until no request is left, until a time (CLOCK_MONOTONIC) at most. */
void http_gate_wait(struct http_gate *g, const struct timespec *until);

#endif
