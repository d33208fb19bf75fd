// SPDX-License-Identifier: GPL-2.0-or-later
#include "exit_stats.h"

#include "check.h"

#include <errno.h>
#include <stdlib.h>

#define HEAD	"# isa svm tsc_khz 2300000 on 1 vcpus 2 paused 7 dropped 1\n"
#define COLUMNS "# code name count kernel user blocked\n"

static const char good[] = HEAD COLUMNS "114 CPUID 20000 41234567 5 6\n"
					"120 HLT 12 81234 0 9200000123\n"
					"4294967295 INVALID_GUEST_STATE 1 0 0 0\n"
					"-1 OTHER 18446744073709551615 1 2 3\n";

/* A copy without a byte to spare, so that ASan sees every read beyond the end. */
static int parse(const char *text, size_t len, struct exit_stats *ret)
{
	char *copy = malloc(len ? len : 1);
	int err;

	if (!copy)
		return -ENOMEM;
	if (len)
		memcpy(copy, text, len);
	err = exit_stats_parse(copy, len, ret);
	free(copy);
	return err;
}

static void test_good(void)
{
	struct exit_stats st = {0};

	check("a good file is taken", parse(good, sizeof(good) - 1, &st) == 0);
	check("header", strcmp(st.isa, "svm") == 0 && st.tsc_khz == 2300000 && st.on &&
				st.vcpus == 2 && st.paused == 7 && st.dropped == 1);
	check("four reasons", st.n_reasons == 4);
	if (st.n_reasons == 4) {
		check("code, name and count",
		      st.reasons[0].code == 114 && strcmp(st.reasons[0].name, "CPUID") == 0 &&
			      st.reasons[0].name_len == 5 && st.reasons[0].count == 20000);
		check("phases", st.reasons[0].cycles[PHASE_KERNEL] == 41234567 &&
					st.reasons[0].cycles[PHASE_USER] == 5 &&
					st.reasons[0].cycles[PHASE_BLOCKED] == 6);
		check("code of 32 bits", st.reasons[2].code == 4294967295);
		check("OTHER has no code", st.reasons[3].code == REASON_NO_CODE);
		check("count of 64 bits", st.reasons[3].count == UINT64_MAX);
	}
	check("sums", st.exits == 20000 + 12 + 1 + UINT64_MAX &&
			      st.cycles[PHASE_KERNEL] == 41234567 + 81234 + 1 &&
			      st.cycles[PHASE_BLOCKED] == UINT64_C(9200000123) + 6 + 3);
	exit_stats_clear(&st);
	exit_stats_clear(&st);
}

/* Cut anywhere but at the end of a line it is refused, and the result is left alone. */
static void test_cut(void)
{
	bool refused = true, untouched = true;

	for (size_t len = 0; len < sizeof(good) - 1; len++) {
		struct exit_stats st = {.exits = 99};
		int err = parse(good, len, &st);
		bool whole = len > sizeof(HEAD COLUMNS) - 2 && good[len - 1] == '\n';

		if (whole != (err == 0) || (err && err != -EBADMSG))
			refused = false;
		if (err && st.exits != 99)
			untouched = false;
		if (!err)
			exit_stats_clear(&st);
	}
	check("refused when cut at any byte within a line", refused);
	check("the result is untouched on failure", untouched);
}

/* Any single byte changed to any other: never a crash, and never a byte that breaks the output. */
static void test_changed(void)
{
	char text[sizeof(good)];
	bool clean = true;

	for (size_t at = 0; at < sizeof(good) - 1; at++) {
		for (int byte = 0; byte < 256; byte++) {
			struct exit_stats st = {0};

			memcpy(text, good, sizeof(good));
			text[at] = (char)byte;
			if (parse(text, sizeof(good) - 1, &st))
				continue;
			for (size_t i = 0; i < st.n_reasons; i++)
				for (const char *c = st.reasons[i].name; *c; c++)
					if (*c <= ' ' || *c > '~' || *c == '"' || *c == '\\')
						clean = false;
			exit_stats_clear(&st);
		}
	}
	check("no byte gets into a name that would need escaping", clean);
}

static void test_one(const char *name, const char *text, int want)
{
	struct exit_stats st = {0};
	int err = parse(text, strlen(text), &st);

	check(name, err == want);
	if (!err)
		exit_stats_clear(&st);
}

int main(void)
{
	test_good();
	test_cut();
	test_changed();
	test_one("no reasons yet", HEAD COLUMNS, 0);
	test_one("appended fields and columns",
		 "# isa vmx tsc_khz 0 on 0 vcpus 0 paused 0 dropped 0 new x other 5\n"
		 "# code name count kernel user blocked new\n1 A 1 2 3 4 anything\n",
		 0);
	test_one("a row with fewer columns than the head",
		 HEAD "# code name count kernel user blocked new\n1 A 1 2 3 4\n", -EBADMSG);
	test_one("a blank line", HEAD COLUMNS "\n", -EBADMSG);
	test_one("2^64 - 1", HEAD COLUMNS "1 A 18446744073709551615 0 0 0\n", 0);
	test_one("2^64", HEAD COLUMNS "1 A 18446744073709551616 0 0 0\n", -EBADMSG);
	test_one("2^64 * 10", HEAD COLUMNS "1 A 184467440737095516160 0 0 0\n", -EBADMSG);
	test_one("3 * 10^19", HEAD COLUMNS "1 A 30000000000000000000 0 0 0\n", -EBADMSG);
	test_one("a plus sign", HEAD COLUMNS "1 A +1 0 0 0\n", -EBADMSG);
	return 0;
}
