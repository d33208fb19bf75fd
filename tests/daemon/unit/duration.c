// SPDX-License-Identifier: GPL-2.0-or-later
/* Durations, as flags have them. */
#include "duration.h"
#include "check.h"
#include "clock.h"

#include <errno.h>
#include <inttypes.h>

static void parses(const char *text, int64_t want)
{
	char name[128];
	int64_t got = -1;
	int err = duration_parse(text, &got);

	snprintf(name, sizeof(name), "%s is %" PRId64 " ns, got %" PRId64, text, want, got);
	check(name, !err && got == want);
}

static void refuses(const char *text, int want)
{
	char name[128];
	int64_t got = -1;

	snprintf(name, sizeof(name), "'%s' is refused", text);
	check(name, duration_parse(text, &got) == want && got == -1);
}

static void formats(int64_t ns, const char *want)
{
	char text[DURATION_TEXT_MAX];

	check_text(want, want, duration_format(ns, text));
}

int main(void)
{
	parses("0", 0);
	parses("0s", 0);
	parses("1ms", NS_PER_MS);
	parses("90s", 90 * NS_PER_S);
	parses("5m", 300 * NS_PER_S);
	parses("1h30m", 5400 * NS_PER_S);
	parses("1m500ms", 60 * NS_PER_S + 500 * NS_PER_MS);
	parses("1y1w1d1h1m1s1ms",
	       ((365 + 7 + 1) * INT64_C(86400) + 3600 + 60 + 1) * NS_PER_S + NS_PER_MS);
	parses("0.2s", 200 * NS_PER_MS);
	parses("1.5h", 5400 * NS_PER_S);
	parses("0.000000001s", 1);
	parses("1.000000001ms", NS_PER_MS);
	parses("007s", 7 * NS_PER_S);
	parses("9223372036s", INT64_C(9223372036) * NS_PER_S);
	refuses("", -EINVAL);
	refuses("1", -EINVAL);
	refuses("s", -EINVAL);
	refuses("-1s", -EINVAL);
	refuses("+1s", -EINVAL);
	refuses(" 1s", -EINVAL);
	refuses("1s ", -EINVAL);
	refuses("1 s", -EINVAL);
	refuses("1S", -EINVAL);
	refuses("1us", -EINVAL);
	refuses("1s1s", -EINVAL);
	refuses("1s1m", -EINVAL);
	refuses("1ms1s", -EINVAL);
	refuses("1hm", -EINVAL);
	refuses("1h1", -EINVAL);
	refuses("1.s", -EINVAL);
	refuses(".5s", -EINVAL);
	refuses("0.0000000001s", -EINVAL);
	refuses("1e3s", -EINVAL);
	refuses("0x1s", -EINVAL);
	refuses("1,5s", -EINVAL);
	refuses("9223372037s", -ERANGE);
	refuses("293y", -ERANGE);
	refuses("292y52w", -ERANGE);
	refuses("99999999999999999999s", -ERANGE);
	formats(0, "0s");
	formats(1, "0.000001ms");
	formats(NS_PER_MS, "1ms");
	formats(200 * NS_PER_MS, "200ms");
	formats(60 * NS_PER_S, "1m");
	formats(90 * NS_PER_S, "1m30s");
	formats(5400 * NS_PER_S + NS_PER_MS, "1h30m1ms");
	formats(INT64_C(86400) * 9 * NS_PER_S, "9d");
	return 0;
}
