// SPDX-License-Identifier: GPL-2.0-or-later
/* The addresses of --web.listen-address. */
#include "listen.h"

#include "lib/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	const char *error = listen_check(text), *colon = strrchr(text, ':');
	const size_t host = colon ? (size_t)(colon - text) : 0;

	MUST(!error || *error);
	if (!error) {
		MUST(colon && colon[1] && strspn(colon + 1, "0123456789") == strlen(colon + 1));
		MUST(strtoul(colon + 1, NULL, 10) <= 65535 && host <= 257);
		MUST(!memchr(text, ':', host) || (text[0] == '[' && text[host - 1] == ']'));
	}
	free(text);
	return 0;
}
