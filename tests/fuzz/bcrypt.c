// SPDX-License-Identifier: GPL-2.0-or-later
/* What a hash of bcrypt looks like. */
#include "bcrypt.h"

#include "lib/fuzz.h"

#include <crypt.h>
#include <regex.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static regex_t form;
	static bool compiled;
	char *hash = fuzz_string(data, size);
	const unsigned int cost = bcrypt_cost(hash);
	unsigned int want = 0;

	if (!compiled)
		MUST(!regcomp(&form, "^\\$2[aby]\\$(0[4-9]|[12][0-9]|3[01])\\$[./A-Za-z0-9]{53}$",
			      REG_EXTENDED | REG_NOSUB));
	compiled = true;
	if (!regexec(&form, hash, 0, NULL, 0))
		want = (unsigned int)strtoul(hash + 4, NULL, 10);
	MUST(cost == want);
	/* Whom we let be configured, libcrypt can check. */
	if (cost)
		MUST(crypt_checksalt(hash) != CRYPT_SALT_INVALID);
	free(hash);
	return 0;
}
