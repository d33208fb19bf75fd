/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Passwords are checked by a thread of its own, since a bcrypt takes as long as hundreds of
 * requests; one that was right is remembered, so that a scraper waits only once.
 */
#ifndef AUTH_H
#define AUTH_H

#include "basic_auth.h"

#include <stdint.h>

struct auth;

enum auth_verdict {
	AUTH_GOOD,
	AUTH_BAD,
	AUTH_WAIT,   /* the verdict comes later */
	AUTH_BUSY,   /* too many wait, of all or of this address */
	AUTH_ENDING, /* the exporter ends, or is out of memory */
};

/* Told in the auth's own thread. rounds: how many rounds of bcrypt it took. */
typedef void auth_done_fn(void *ctx, enum auth_verdict verdict, unsigned long rounds);

/* NULL without memory or threads. */
struct auth *auth_new(void);
/* Answer whoever waits, and end the thread: AUTH_ENDING is the verdict from now on. */
void auth_stop(struct auth *auth);
/* NULL is allowed. It must have been stopped. */
void auth_free(struct auth *auth);

/* Is it known to be right, by the users of config? */
bool auth_recall(struct auth *auth, const struct web_config *config, const struct login *login);

/*
 * Is this password right, by the users of config? address is the client's, as a number that others
 * do not have; of each only a few may wait. Unless the verdict is AUTH_WAIT, done() is not called.
 */
enum auth_verdict auth_check(struct auth *auth, const struct web_config *config,
			     const struct login *login, uint64_t address, auth_done_fn *done,
			     void *ctx);

#endif
