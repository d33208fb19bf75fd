// SPDX-License-Identifier: GPL-2.0-or-later
#include "web_weaker.h"

/* What a client must do to come in, as bits. */
enum { MUST_SHOW = 1, MUST_BE_GOOD = 2 };

static unsigned int demands(enum client_auth auth)
{
	switch (auth) {
	case CLIENT_REQUIRE_ANY:
		return MUST_SHOW;
	case CLIENT_VERIFY_IF_GIVEN:
		return MUST_BE_GOOD;
	case CLIENT_REQUIRE_AND_VERIFY:
		return MUST_SHOW | MUST_BE_GOOD;
	default:
		return 0;
	}
}

const char *web_weaker(const struct web_config *before, const struct web_config *after)
{
	/* The sockets too would have to be others. */
	if (before->tls.on != after->tls.on)
		return "to switch TLS on or off takes a restart";
	if (demands(before->tls.client_auth) & ~demands(after->tls.client_auth))
		return "a client_auth_type that asks for less takes a restart";
	if (before->tls.n_allowed_sans && !after->tls.n_allowed_sans)
		return "to do without client_allowed_sans takes a restart";
	if (before->n_users && !after->n_users)
		return "to do without users takes a restart";
	return NULL;
}
