// SPDX-License-Identifier: GPL-2.0-or-later
/* What clients say that they take, and how long they wait. */
#include "http_accept.h"
#include "check.h"
#include "clock.h"

static const char *const formats[FORMATS] = {"text", "openmetrics", "openmetrics 0.0.1"};

/* Two values are two headers. */
static void test_format(const char *value, const char *second, enum metrics_format want)
{
	struct accept a = {0};
	char name[256];

	accept_add(&a, value);
	if (second)
		accept_add(&a, second);
	snprintf(name, sizeof(name), "Accept: %s", value);
	check_text(name, formats[want], formats[accept_format(&a)]);
}

#define OM "application/openmetrics-text"

static void test_formats(void)
{
	static const struct {
		enum metrics_format want;
		const char *value;
	} tests[] = {
		{FORMAT_TEXT, ""},
		{FORMAT_TEXT, "*/*"},
		{FORMAT_TEXT, "*"},
		{FORMAT_TEXT, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
		{FORMAT_TEXT, "image/png"},
		{FORMAT_TEXT, "text/plain"},
		{FORMAT_TEXT, "text/plain;version=0.0.4"},
		{FORMAT_OPENMETRICS, OM},
		{FORMAT_OPENMETRICS, OM ";version=1.0.0"},
		{FORMAT_OPENMETRICS, OM "; version=\"1.0.0\" ; charset=utf-8"},
		{FORMAT_OPENMETRICS, "Application/OpenMetrics-Text; Version=1.0.0; Q=0.9"},
		{FORMAT_OPENMETRICS_0_0_1, OM ";version=0.0.1"},
		{FORMAT_TEXT, OM ";version=2.0.0"},
		{FORMAT_TEXT, OM "-more"},
		/* Prometheus 2.42, and 3 */
		{FORMAT_OPENMETRICS, OM ";version=1.0.0," OM ";version=0.0.1;q=0.75,"
					"text/plain;version=0.0.4;q=0.5,*/*;q=0.1"},
		{FORMAT_OPENMETRICS,
		 OM ";version=1.0.0;escaping=allow-utf-8;q=0.5," OM ";version=0.0.1;q=0.4,"
		    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,"
		    "text/plain;version=0.0.4;q=0.2,*/*;q=0.1"},
		/* Prometheus 2.5 */
		{FORMAT_OPENMETRICS_0_0_1,
		 OM "; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"},
		/* with protocol buffers first, which are not served */
		{FORMAT_TEXT, "application/vnd.google.protobuf;proto=io.prometheus.client."
			      "MetricFamily;encoding=delimited;q=0.7,text/plain;version=0.0.4;"
			      "q=0.3,*/*;q=0.1"},
		{FORMAT_TEXT, OM ";q=0.4,text/plain;q=0.5"},
		{FORMAT_OPENMETRICS, "text/plain;q=0.4," OM ";q=0.5"},
		{FORMAT_OPENMETRICS, "text/plain;q=0.499," OM ";q=0.5"},
		{FORMAT_TEXT, "text/plain," OM},
		{FORMAT_OPENMETRICS, OM ",text/plain"},
		{FORMAT_OPENMETRICS, "*/*," OM},
		{FORMAT_TEXT, "*/*;q=0.9," OM ";q=0.8"},
		{FORMAT_OPENMETRICS, "text/plain;q=0.1,*/*;q=0.9," OM ";q=0.5"},
		{FORMAT_TEXT, OM ";q=0"},
		{FORMAT_TEXT, OM ";q=0.000,*/*;q=0.1"},
		{FORMAT_OPENMETRICS, "text/plain;q=0," OM ";q=0.001"},
		{FORMAT_TEXT, "text/plain;q=0," OM ";q=0"},
		{FORMAT_OPENMETRICS, "application/*"},
		{FORMAT_TEXT, "application/*;q=0.5,text/*;q=0.5"},
		/* nonsense is passed over */
		{FORMAT_TEXT, OM ";q=high,text/plain;q=0.1"},
		{FORMAT_TEXT, OM ";q=-1,text/plain;q=0.1"},
		{FORMAT_TEXT, OM ";q=1.1,text/plain;q=0.1"},
		{FORMAT_TEXT, OM ";q=2,text/plain;q=0.1"},
		{FORMAT_TEXT, OM ";q=,text/plain;q=0.1"},
		{FORMAT_TEXT, OM ";q=0.5x,text/plain;q=0.1"},
		{FORMAT_OPENMETRICS, ",,;;, ;q=1,=;=," OM ",\""},
		{FORMAT_OPENMETRICS, OM " ; q = 0.5 , text/plain ; q = 0.25"},
		{FORMAT_TEXT, "text/plain;x=\"," OM ",\";q=0.5"},
		{FORMAT_OPENMETRICS, "text/plain;x=\"\\\"\";q=0.5," OM},
		{FORMAT_OPENMETRICS, OM ";q=0.12345678901234567890,text/plain;q=0.1"},
	};

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		test_format(tests[i].value, NULL, tests[i].want);
	test_format("text/plain;q=0.5", OM, FORMAT_OPENMETRICS);
	test_format("text/plain", OM, FORMAT_TEXT);
}

static void test_encoding(const char *value, bool want)
{
	struct accept_encoding a = {0};
	char name[128];

	accept_encoding_add(&a, value);
	snprintf(name, sizeof(name), "Accept-Encoding: %s", value);
	check(name, accept_encoding_gzip(&a) == want);
}

static void test_encodings(void)
{
	test_encoding("", false);
	test_encoding("gzip", true);
	test_encoding("GZip", true);
	test_encoding("x-gzip", true);
	test_encoding("deflate, br", false);
	test_encoding("deflate, gzip;q=1.0, *;q=0.5", true);
	test_encoding("gzip;q=0", false);
	test_encoding("gzip;q=0.0, *", false);
	test_encoding("*, gzip;q=0", false);
	test_encoding("*", true);
	test_encoding("*;q=0", false);
	test_encoding("*;q=0, gzip", true);
	test_encoding("identity", false);
	test_encoding("identity, gzip;q=0.5", false);
	test_encoding("identity;q=0.5, gzip", true);
	test_encoding("identity;q=0", false);
	test_encoding("identity;q=0, gzip;q=0.001", true);
	test_encoding("gzip;q=nonsense", false);
	test_encoding("gzipped", false);
	test_encoding("br;gzip", false);
}

static void test_timeout(const char *value, int64_t want)
{
	char name[128];

	snprintf(name, sizeof(name), "timeout '%s'", value ? value : "(none)");
	check(name, accept_timeout(value) == want);
}

int main(void)
{
	test_formats();
	test_encodings();
	test_timeout(NULL, 0);
	test_timeout("10", 10 * NS_PER_S);
	test_timeout("10.000000", 10 * NS_PER_S);
	test_timeout("0.25", NS_PER_S / 4);
	test_timeout("0.000000001", 1);
	test_timeout("0.00000000019", 0);
	test_timeout("007", 7 * NS_PER_S);
	test_timeout("3600.5", 3600 * NS_PER_S);
	test_timeout("99999999999999999999999999999999", 3600 * NS_PER_S);
	test_timeout("", 0);
	test_timeout("0", 0);
	test_timeout("0.0", 0);
	test_timeout("-1", 0);
	test_timeout("+1", 0);
	test_timeout(" 1", 0);
	test_timeout("1 ", 0);
	test_timeout("1s", 0);
	test_timeout("1.", 0);
	test_timeout(".5", 0);
	test_timeout("1,5", 0);
	test_timeout("1.5.1", 0);
	test_timeout("1e3", 0);
	test_timeout("0x10", 0);
	test_timeout("inf", 0);
	test_timeout("NaN", 0);
	return 0;
}
