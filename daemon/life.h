/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The server's life between its start and its end: signals, and what systemd is told. */
#ifndef LIFE_H
#define LIFE_H

#include "collector.h"
#include "http.h"

#include <signal.h>

struct life {
	const struct config *config;
	struct collector *collector; /* started */
	struct http *http;	     /* started */
};

/* Block the signals that life_run() takes, in this thread and those that it starts. */
void life_block_signals(sigset_t *ret);

/* Give up what is not needed once the sockets are there; no thread may run yet. Says who we are. */
void life_confine(const struct config *config);

/* Say that we are ready after a first attempt to collect, then serve until a signal says stop. */
void life_run(const struct life *life, const sigset_t *signals);

#endif
