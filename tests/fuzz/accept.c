// SPDX-License-Identifier: GPL-2.0-or-later
/* Accept and Accept-Encoding: each line is one header's value. */
#include "http_accept.h"

#include "lib/fuzz.h"

#include <string.h>
#include <strings.h>

/* RFC 9110 again, by cutting copies into pieces: right for what has no quotes. */
struct rule {
	const char *name; /* in the input; "" if there is none */
	const char *version;
	unsigned int q;
};

static char *trim(char *text)
{
	char *end;

	text += strspn(text, " \t");
	for (end = text + strlen(text); end > text && strchr(" \t", end[-1]); end--)
		end[-1] = '\0';
	return text;
}

/* -1: no number from 0 to 1. */
static int q_of(const char *text)
{
	char digits[4] = "000";

	if ((text[0] != '0' && text[0] != '1') || (text[1] && text[1] != '.'))
		return -1;
	if (text[1] && strspn(text + 2, "0123456789") != strlen(text + 2))
		return -1;
	for (size_t i = 0; text[1] && i < 3 && text[2 + i]; i++)
		digits[i] = text[2 + i];
	if (text[0] == '1')
		return strcmp(digits, "000") == 0 ? 1000 : -1;
	return (int)strtol(digits, NULL, 10);
}

/* False if it counts for nothing. */
static bool read_rule(char *part, struct rule *ret)
{
	char *value;

	*ret = (struct rule){.name = trim(strsep(&part, ";")), .q = 1000};
	while (part) {
		value = strsep(&part, ";");
		const char *name = trim(strsep(&value, "="));

		if (!value)
			continue;
		value = trim(value);
		if (strcasecmp(name, "version") == 0)
			ret->version = value;
		if (strcasecmp(name, "q") == 0 && q_of(value) < 0)
			return false;
		if (strcasecmp(name, "q") == 0)
			ret->q = (unsigned int)q_of(value);
	}
	return *ret->name;
}

static bool is(const char *a, const char *b)
{
	return strcasecmp(a, b) == 0;
}

static int precision(const struct rule *r, const char *type, const char *name, const char *version)
{
	if (is(r->name, "*") || is(r->name, "*/*"))
		return 1;
	if (is(r->name, type))
		return 2;
	if (!is(r->name, name))
		return 0;
	return !r->version ? 3 : is(r->version, version) ? 4 : 0;
}

static void take(struct accept_match *m, int how, const struct rule *r, unsigned int at)
{
	if (how > m->precision)
		*m = (struct accept_match){.q = r->q, .precision = how, .at = at};
}

static void read_all(const char *const *lines, size_t n, struct accept *a,
		     struct accept_encoding *e)
{
	struct rule r;
	unsigned int at = 0;

	for (size_t i = 0; i < n; i++) {
		char *copy = strdup(lines[i]), *rest = copy;

		MUST(copy);
		while (rest) {
			if (!read_rule(strsep(&rest, ","), &r))
				continue;
			take(&a->formats[0], precision(&r, "text/*", "text/plain", "0.0.4"), &r,
			     at);
			for (int f = 1; f < FORMATS; f++)
				take(&a->formats[f],
				     precision(&r, "application/*", "application/openmetrics-text",
					       f == FORMAT_OPENMETRICS ? "1.0.0" : "0.0.1"),
				     &r, at);
			take(&e->gzip,
			     is(r.name, "gzip") || is(r.name, "x-gzip") ? 2 : is(r.name, "*"), &r,
			     at);
			take(&e->identity, is(r.name, "identity") ? 2 : 0, &r, at);
			at++;
		}
		free(copy);
	}
}

/* q first, then being named, then being named first, then the order of the formats. */
static long long worth(const struct accept *a, int f)
{
	const struct accept_match *m = &a->formats[f];
	const bool named = m->precision >= 3;

	if (f && !m->q)
		return -1;
	return ((long long)m->q << 42) + ((long long)named << 41) +
	       ((long long)(named ? INT32_MAX - m->at : 0) << 2) + FORMATS - 1 - f;
}

static void must_match(const struct accept_match *m, unsigned int ranges)
{
	MUST(m->q <= 1000 && m->precision >= 0 && m->precision <= 4);
	MUST(m->precision ? m->at < ranges : !m->q && !m->at);
}

static bool any_has(const char *const *lines, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcasestr(lines[i], word))
			return true;
	return false;
}

static void check(const char *const *lines, size_t n)
{
	struct accept a = {0}, a2 = {0};
	struct accept_encoding e = {0}, e2 = {0};
	enum metrics_format format;

	for (size_t i = 0; i < n; i++) {
		accept_add(&a, lines[i]);
		accept_encoding_add(&e, lines[i]);
	}
	for (int f = 0; f < FORMATS; f++)
		must_match(&a.formats[f], a.ranges);
	must_match(&e.gzip, 1);
	must_match(&e.identity, 1);
	format = accept_format(&a);
	MUST(format == FORMAT_TEXT || (format < FORMATS && a.formats[format].q));
	/* Nobody gets what he has not named. */
	if (!any_has(lines, n, "application/openmetrics-text") &&
	    !any_has(lines, n, "application/*") && !any_has(lines, n, "*"))
		MUST(format == FORMAT_TEXT);
	if (!any_has(lines, n, "gzip") && !any_has(lines, n, "*"))
		MUST(!accept_encoding_gzip(&e));
	if (any_has(lines, n, "\""))
		return;
	read_all(lines, n, &a2, &e2);
	for (int f = 0; f < FORMATS; f++) {
		MUST(a.formats[f].q == a2.formats[f].q);
		MUST(a.formats[f].precision == a2.formats[f].precision);
		MUST(worth(&a2, f) <= worth(&a2, (int)format));
	}
	MUST(e.gzip.q == e2.gzip.q && e.identity.q == e2.identity.q);
	MUST(accept_encoding_gzip(&e) == (e2.gzip.q && e2.gzip.q >= e2.identity.q));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size), *rest = text;
	const char *lines[8];
	size_t n = 0;

	while (rest && n < 8) {
		/* Each in memory of its own, so that a look beyond its end is seen. */
		lines[n] = strdup(strsep(&rest, "\n"));
		MUST(lines[n++]);
	}
	check(lines, n);
	while (n)
		free((void *)(uintptr_t)lines[--n]);
	free(text);
	return 0;
}
