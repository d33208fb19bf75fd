// SPDX-License-Identifier: GPL-2.0-or-later
/* X-Prometheus-Scrape-Timeout-Seconds. */
#include "http_accept.h"

#include "lib/fuzz.h"

#include <string.h>

#define HOUR_NS 3600000000000LL

/* Digits, perhaps with a dot and more digits behind. */
static bool is_decimal(const char *text)
{
	const size_t whole = strspn(text, "0123456789");

	text += whole;
	if (!whole || !*text)
		return whole;
	return *text == '.' && text[1] && strspn(text + 1, "0123456789") == strlen(text + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	const int64_t ns = accept_timeout(text);
	long double want = 0;

	MUST(ns >= 0 && ns <= HOUR_NS);
	if (is_decimal(text))
		want = strtold(text, NULL) * 1e9L;
	if (want > HOUR_NS)
		want = HOUR_NS;
	/* What is less than a nanosecond is cut off. */
	MUST((long double)ns <= want + 0.01L && (long double)ns > want - 1.01L);
	free(text);
	MUST(!accept_timeout(NULL));
	return 0;
}
