// SPDX-License-Identifier: GPL-2.0-or-later
/* The header Authorization. */
#include "basic_auth.h"

#include "lib/fuzz.h"

#include <string.h>
#include <strings.h>

/*
 * RFC 4648, section 4; like GnuTLS, with one digit and three signs for nothing at the end. The
 * length, or -1. The caller frees *ret.
 */
static long decode(const char *text, char **ret)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const size_t all = strlen(text), len = strcspn(text, "=");
	unsigned int bits = 0, n_bits = 0;
	long n = 0;

	*ret = malloc(all + 1);
	MUST(*ret);
	if (!all || all % 4 || all - len > 3 || strspn(text + len, "=") != all - len)
		return -1;
	for (size_t i = 0; i < len; i++) {
		const char *digit = strchr(digits, text[i]);

		if (!digit)
			return -1;
		bits = (bits << 6 | (unsigned int)(digit - digits)) & 0xffff;
		n_bits += 6;
		if (n_bits >= 8)
			(*ret)[n++] = (char)(bits >> (n_bits -= 8));
	}
	/* What is left over says nothing. */
	return (bits & ((1U << n_bits) - 1)) ? -1 : n;
}

static bool ends_within(const char *text, size_t size)
{
	return strnlen(text, size) < size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *header = fuzz_string(data, size), *text = NULL, *colon;
	const char *encoded = header + (strlen(header) < 6 ? 0 : 6);
	struct login login;
	bool good, want;
	long len;

	fuzz_fill(&login, sizeof(login));
	good = basic_auth_parse(header, &login);
	len = decode(encoded + strspn(encoded, " "), &text);
	colon = len > 0 ? memchr(text, ':', (size_t)len) : NULL;
	want = strncasecmp(header, "Basic ", 6) == 0 && colon && !memchr(text, '\0', (size_t)len);
	want = want && (size_t)(colon - text) < sizeof(login.name) &&
	       (size_t)(text + len - colon - 1) < sizeof(login.password);
	MUST(good == want);
	if (good) {
		MUST(ends_within(login.name, sizeof(login.name)));
		MUST(ends_within(login.password, sizeof(login.password)));
		text[len] = '\0';
		*colon = '\0';
		MUST(strcmp(login.name, text) == 0 && strcmp(login.password, colon + 1) == 0);
	} else {
		/* Nothing of what was refused is left. */
		MUST(fuzz_is_filled(&login, sizeof(login)));
	}
	MUST(!basic_auth_parse(NULL, &login));
	free(text);
	free(header);
	return 0;
}
