// SPDX-License-Identifier: GPL-2.0-or-later
#include "basic_auth.h"

#include <gnutls/gnutls.h>
#include <string.h>
#include <strings.h>

bool basic_auth_parse(const char *header, struct login *ret)
{
	gnutls_datum_t encoded, text = {0};
	const unsigned char *colon;
	bool good = false;

	if (!header || strncasecmp(header, "Basic ", 6) != 0)
		return false;
	header += 6;
	header += strspn(header, " ");
	if (strlen(header) > 2 * (sizeof(ret->name) + sizeof(ret->password)) ||
	    strspn(header, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") !=
		    strlen(header))
		return false;
	encoded.data = (unsigned char *)strdupa(header);
	encoded.size = (unsigned int)strlen(header);
	if (gnutls_base64_decode2(&encoded, &text))
		return false;
	colon = memchr(text.data, ':', text.size);
	if (colon && !memchr(text.data, '\0', text.size)) {
		const size_t name = (size_t)(colon - text.data), password = text.size - name - 1;

		good = name < sizeof(ret->name) && password < sizeof(ret->password);
		if (good) {
			memcpy(ret->name, text.data, name);
			ret->name[name] = '\0';
			memcpy(ret->password, colon + 1, password);
			ret->password[password] = '\0';
		}
	}
	gnutls_memset(text.data, 0, text.size);
	gnutls_free(text.data);
	return good;
}

const struct web_user *basic_auth_find(const struct web_config *c, const char *name)
{
	const struct web_user *found = NULL;

	/* All are looked at, so that the time does not tell who comes first. */
	for (size_t i = 0; i < c->n_users; i++)
		if (strcmp(c->users[i].name, name) == 0)
			found = &c->users[i];
	return found;
}
