// SPDX-License-Identifier: GPL-2.0-or-later
/* Pages as text and OpenMetrics; compressed while they are written. */
#include "check.h"
#include "gzip.h"
#include "render_self.h"

#include <stdlib.h>
/* An unpacker that is not the packer's. */
#define ZLIB_CONST
#include <zlib.h>

/* What out holds, as a string; it is freed with out. */
static const char *text_of(struct strbuf *out)
{
	strbuf_add(out, "", 1);
	return out->failed ? "(no memory)" : out->text;
}

static bool has(const char *text, const char *what)
{
	return strstr(text, what) != NULL;
}

static void test_head(bool openmetrics, const char *name, const char *type, const char *want)
{
	struct strbuf out = {0};

	prometheus_head(&out, openmetrics, name, type, "Help.");
	check_text(openmetrics ? "head, OpenMetrics" : "head, text", want, text_of(&out));
	strbuf_free(&out);
}

static void test_heads(void)
{
	test_head(false, "a_total", "counter", "# HELP a_total Help.\n# TYPE a_total counter\n");
	test_head(true, "a_total", "counter", "# TYPE a counter\n# HELP a Help.\n");
	test_head(true, "a_seconds_total", "counter",
		  "# TYPE a_seconds counter\n# UNIT a_seconds seconds\n# HELP a_seconds Help.\n");
	test_head(true, "a_bytes", "gauge",
		  "# TYPE a_bytes gauge\n# UNIT a_bytes bytes\n# HELP a_bytes Help.\n");
	test_head(true, "a_info", "gauge", "# TYPE a info\n# HELP a Help.\n");
	test_head(true, "a_seconds_left", "gauge",
		  "# TYPE a_seconds_left gauge\n# HELP a_seconds_left Help.\n");
	test_head(true, "a_kilobytes", "gauge",
		  "# TYPE a_kilobytes gauge\n# HELP a_kilobytes Help.\n");
}

static void test_self(void)
{
	const struct render_want want = {.version = "1"};
	struct snapshot *s = snapshot_new();
	struct strbuf out = {0};

	if (!s)
		return;
	s->source = s->why = "x";
	render_self(s, &want, &out);
	check("an unknown start of the process is left out",
	      !has(text_of(&out), "process_start_time_seconds"));
	strbuf_free(&out);
	s->self.start_time = 1700000000.25;
	render_self(s, &want, &out);
	check("a known one is not",
	      has(text_of(&out), "\nprocess_start_time_seconds 1700000000.25\n"));
	strbuf_free(&out);
	snapshot_unref(s);
}

/* Lines of which some repeat and some do not. */
static void write_lines(struct strbuf *out, size_t n)
{
	uint64_t x = 1;

	for (size_t i = 0; i < n; i++) {
		x = x * UINT64_C(6364136223846793005) + 1442695040888963407;
		strbuf_puts(out, "kvm_vm_exits_total{vm=\"a\"} ");
		strbuf_u64(out, i % 3 ? x : 7);
		strbuf_puts(out, "\n");
		strbuf_pass_on(out);
	}
}

static bool inflates_to(const struct strbuf *packed, const struct strbuf *plain)
{
	z_stream z = {.next_in = (const Bytef *)packed->text, .avail_in = (uInt)packed->len};
	char *text = malloc(plain->len + 1);
	bool good;

	if (!text || inflateInit2(&z, 15 + 16) != Z_OK) {
		free(text);
		return false;
	}
	z.next_out = (Bytef *)text;
	z.avail_out = (uInt)plain->len + 1;
	good = inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == plain->len &&
	       z.avail_in == 0 && memcmp(text, plain->text, plain->len) == 0;
	inflateEnd(&z);
	free(text);
	return good;
}

static void test_gzip(size_t lines)
{
	struct strbuf plain = {0}, packed = {0};
	struct gzip g;
	char name[64];
	size_t most;

	write_lines(&plain, lines);
	gzip_begin(&g, &packed);
	write_lines(&packed, lines);
	most = packed.size;
	snprintf(name, sizeof(name), "gzip of %zu lines", lines);
	if (lines < 10) {
		check(name,
		      !gzip_end(&g, &packed) && packed.len == plain.len &&
			      (!plain.len || memcmp(packed.text, plain.text, plain.len) == 0));
	} else {
		check(name, gzip_end(&g, &packed) && !packed.failed &&
				    inflates_to(&packed, &plain) && packed.len < plain.len);
		check("a text that is compressed is never in memory whole",
		      most <= (size_t)256 * 1024);
	}
	strbuf_free(&plain);
	strbuf_free(&packed);
}

int main(void)
{
	test_heads();
	test_self();
	test_gzip(0);
	test_gzip(3);
	test_gzip(100);
	test_gzip(2000);
	test_gzip(100000);
	return 0;
}
