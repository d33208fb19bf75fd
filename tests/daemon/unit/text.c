// SPDX-License-Identifier: GPL-2.0-or-later
/* Text: UTF-8, numbers, ids, listening addresses. */
#include "check.h"
#include "listen.h"
#include "snapshot.h"
#include "strbuf.h"
#include "utf8.h"

#include <stdlib.h>

static void test_utf8(const char *name, const char *text, size_t max, const char *want)
{
	char *clean = utf8_clean(text, strlen(text), max);

	check_text(name, want, clean);
	free(clean);
}

static void test_ratio(uint64_t numerator, uint64_t denominator, const char *want)
{
	struct strbuf b = {0};

	strbuf_ratio(&b, numerator, denominator);
	strbuf_add(&b, "", 1);
	check_text(want, want, b.text);
	strbuf_free(&b);
}

/* What grows must not seem to shrink. */
static void test_ratio_grows(void)
{
	double before = 0;
	bool grows = true;

	for (uint64_t cycles = 0; cycles < 100000; cycles++) {
		struct strbuf b = {0};
		double value;

		strbuf_ratio(&b, cycles, UINT64_C(2899999000));
		strbuf_add(&b, "", 1);
		value = b.failed ? -1 : strtod(b.text, NULL);
		grows = grows && value >= before;
		before = value;
		strbuf_free(&b);
	}
	check("a ratio grows with its numerator", grows);
}

static void test_id(const char *text, bool good, uint32_t pid, bool has_fd, uint32_t fd)
{
	struct vm_id id = {0};
	bool taken = vm_id_parse(text, strlen(text), &id) == 0;
	char name[64];

	snprintf(name, sizeof(name), "id '%s'", text);
	check(name,
	      taken == good && (!good || (id.pid == pid && id.has_fd == has_fd && id.fd == fd)));
}

static void test_address(const char *address, bool good)
{
	char name[64];

	snprintf(name, sizeof(name), "address '%s'", address);
	check(name, !listen_check(address) == good);
}

int main(void)
{
	test_utf8("ASCII", "abc", 10, "abc");
	test_utf8("nothing", "", 10, "");
	test_utf8("cut", "abcdef", 3, "abc");
	test_utf8("cut before a character", "ab\xE2\x98\x83", 4, "ab");
	test_utf8("not cut", "ab\xE2\x98\x83", 5, "ab\xE2\x98\x83");
	test_utf8("a lone byte", "a\x80z", 10, "a\xEF\xBF\xBDz");
	test_utf8("two parts of characters", "\xE2\x98\xF0\x9F\x98", 10,
		  "\xEF\xBF\xBD\xEF\xBF\xBD");
	test_utf8("the last character", "\xF4\x8F\xBF\xBF", 10, "\xF4\x8F\xBF\xBF");
	test_utf8("beyond the last", "\xF5", 10, "\xEF\xBF\xBD");

	test_ratio(0, 7, "0");
	test_ratio(14, 7, "2");
	test_ratio(1, 2, "0.5");
	test_ratio(1, 3, "0.3333333333");
	test_ratio(2, 3, "0.6666666666");
	test_ratio(1, UINT64_C(4294967295000), "0");
	test_ratio(UINT64_MAX, 1000, "18446744073709551.615");
	test_ratio(UINT64_MAX, UINT64_C(4294967295000), "4294967.297");
	test_ratio_grows();

	test_id("1", true, 1, false, 0);
	test_id("4242-0", true, 4242, true, 0);
	test_id("2147483647-2147483647", true, 2147483647, true, 2147483647);
	test_id("", false, 0, false, 0);
	test_id("0", false, 0, false, 0);
	test_id("01", false, 0, false, 0);
	test_id("1-01", false, 0, false, 0);
	test_id("-1", false, 0, false, 0);
	test_id("+1", false, 0, false, 0);
	test_id(" 1", false, 0, false, 0);
	test_id("1 ", false, 0, false, 0);
	test_id("1-", false, 0, false, 0);
	test_id("1-2-3", false, 0, false, 0);
	test_id("1-2x", false, 0, false, 0);
	test_id("0x1", false, 0, false, 0);
	test_id("2147483648", false, 0, false, 0);
	test_id("4294967297", false, 0, false, 0);
	test_id("18446744073709551617", false, 0, false, 0);

	test_address("127.0.0.1:9283", true);
	test_address("[::1]:9283", true);
	test_address(":9283", true);
	test_address("host:0", true);
	test_address("::1:9283", false);
	test_address("host", false);
	test_address("host:", false);
	test_address("host:65536", false);
	test_address("host:-1", false);
	test_address("host:http", false);
	test_address("[::1:9283", false);
	return 0;
}
