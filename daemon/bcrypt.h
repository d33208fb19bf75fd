/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Passwords hashed with bcrypt, by libcrypt. */
#ifndef BCRYPT_H
#define BCRYPT_H

#include <stdbool.h>

/* 2^15 rounds are some two seconds: a scrape would not wait for more. */
#define BCRYPT_COST_MAX 15
/* What libcrypt takes (CRYPT_MAX_PASSPHRASE_SIZE), of which bcrypt looks at 72 bytes. */
#define BCRYPT_PASSWORD_MAX 511

/*
 * The cost of a hash, whose prefix is $2a$, $2b$ or $2y$: 4 to 31, the logarithm of the number of
 * rounds. 0 if it is no such hash.
 */
unsigned int bcrypt_cost(const char *hash);

/*
 * Does password match hash? NULL matches nothing. Whatever the hash, there are 2^max_cost rounds,
 * so the time tells nothing of it; max_cost is the greatest of all hashes. ret_rounds: the rounds
 * that there were. Negative errno without memory, else 0 or 1.
 */
int bcrypt_verify(const char *hash, unsigned int max_cost, const char *password,
		  unsigned long *ret_rounds);

#endif
