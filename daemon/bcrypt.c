// SPDX-License-Identifier: GPL-2.0-or-later
#include "bcrypt.h"

#include <crypt.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "$2b$10$", 22 characters of salt, 31 of hash (crypt(5)). */
#define HASH_LEN 60

static const char base64[] = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

unsigned int bcrypt_cost(const char *hash)
{
	unsigned int cost;

	if (strlen(hash) != HASH_LEN || strncmp(hash, "$2", 2) != 0 || !strchr("aby", hash[2]) ||
	    hash[3] != '$' || hash[6] != '$' || strspn(hash + 4, "0123456789") != 2 ||
	    strspn(hash + 7, base64) != HASH_LEN - 7)
		return 0;
	cost = (unsigned int)(hash[4] - '0') * 10 + (unsigned int)(hash[5] - '0');
	return cost >= 4 && cost <= 31 ? cost : 0;
}

/* 2^cost rounds for nothing. */
static void spend(unsigned int cost, const char *password, struct crypt_data *data,
		  unsigned long *rounds)
{
	char setting[32];

	snprintf(setting, sizeof(setting), "$2b$%02u$abcdefghijklmnopqrstuu", cost);
	if (crypt_r(password, setting, data))
		*rounds += 1UL << cost;
}

int bcrypt_verify(const char *hash, unsigned int max_cost, const char *password,
		  unsigned long *ret_rounds)
{
	const unsigned int cost = hash ? bcrypt_cost(hash) : max_cost;
	struct crypt_data *data = calloc(1, sizeof(*data));
	int match = 0;

	*ret_rounds = 0;
	if (!data)
		return -ENOMEM;
	if (hash) {
		const char *got = crypt_r(password, hash, data);

		/* libcrypt's failures begin with an asterisk, and are shorter. */
		if (got && strlen(got) == HASH_LEN) {
			match = gnutls_memcmp(got, hash, HASH_LEN) == 0;
			*ret_rounds = 1UL << cost;
		}
	} else {
		spend(cost, password, data, ret_rounds);
	}
	/* 2^cost + 2^cost + 2^(cost + 1) + ... + 2^(max_cost - 1) is 2^max_cost. */
	for (unsigned int c = cost; c < max_cost; c++)
		spend(c, password, data, ret_rounds);
	explicit_bzero(data, sizeof(*data));
	free(data);
	return match;
}
