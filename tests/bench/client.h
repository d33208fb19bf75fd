/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An HTTP client for one path, /metrics, that costs little. What fails ends the program. */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>
#include <stddef.h>

struct answer {
	char *body; /* the caller frees it */
	size_t len, size;
	bool gzip;
};

_Noreturn void die(const char *what);

/* A connection to a port of this host. */
int connect_to(const char *port);
void ask(int fd, bool gzip);
void read_answer(int fd, struct answer *ret);
/* Both: one GET on a connection that stays open. */
void scrape(int fd, bool gzip, struct answer *ret);

#endif
