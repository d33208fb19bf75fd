// SPDX-License-Identifier: GPL-2.0-or-later
/* Who a VM is: the command line of its process. */
#include "identity.h"

#include "lib/fuzz.h"

#include <string.h>

static void must_be_text(const char *text)
{
	if (!text)
		return;
	MUST(strlen(text) <= IDENTITY_NAME_MAX && is_utf8(text, strlen(text)));
}

static void must_be_uuid(const char *uuid)
{
	if (!uuid)
		return;
	MUST(strlen(uuid) == 36 && strspn(uuid, "0123456789abcdef-") == 36);
	MUST(uuid[8] == '-' && uuid[13] == '-' && uuid[18] == '-' && uuid[23] == '-');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct exit_stats st = {.isa = "svm", .tsc_khz = 2000000, .vcpus = 1};
	struct identity id, again;

	MUST(!identity_parse((const char *)data, size, &id));
	must_be_text(id.name);
	must_be_text(id.vmm);
	must_be_uuid(id.uuid);
	must_render(&st, &id);
	/* The NUL at the end may be cut off, and says nothing. */
	if (size && !data[size - 1] && (size < 2 || data[size - 2])) {
		MUST(!identity_parse((const char *)data, size - 1, &again));
		MUST(!id.name == !again.name && (!id.name || strcmp(id.name, again.name) == 0));
		identity_clear(&again);
	}
	identity_clear(&id);
	return 0;
}
