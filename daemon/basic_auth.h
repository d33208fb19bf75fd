/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The header Authorization of HTTP's basic authentication (RFC 7617). Pure. */
#ifndef BASIC_AUTH_H
#define BASIC_AUTH_H

#include "bcrypt.h"
#include "web_config.h"

#define LOGIN_NAME_MAX 255

/* What a client says it is. Wipe it after use. */
struct login {
	char name[LOGIN_NAME_MAX + 1];
	char password[BCRYPT_PASSWORD_MAX + 1];
};

/*
 * Read a header's value; NULL: there is none. False if it is not of the form, or too long, or has a
 * NUL where neither a name nor a password can have one: no user is known by that.
 */
bool basic_auth_parse(const char *header, struct login *ret);

/* The user of that name, or NULL. */
const struct web_user *basic_auth_find(const struct web_config *c, const char *name);

#endif
