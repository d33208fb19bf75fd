// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RFC 9110, sections 12.4.2 (q), 12.5.1 (Accept) and 12.5.3 (Accept-Encoding), with the formats
 * that Negotiate() of prometheus/common/expfmt knows. The most exact range decides for a format.
 */
#include "http_accept.h"

#include "clock.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define Q_ONE	      1000
#define TIMEOUT_MAX_S 3600

/* A part of a header's value. */
struct span {
	const char *at;
	size_t len;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool span_is(struct span s, const char *text)
{
	return s.len == strlen(text) && strncasecmp(s.at, text, s.len) == 0;
}

static struct span trim(struct span s)
{
	while (s.len && is_blank(s.at[0])) {
		s.at++;
		s.len--;
	}
	while (s.len && is_blank(s.at[s.len - 1]))
		s.len--;
	return s;
}

/*
 * Cut the first part of *rest off, up to a separator that is not within quotes. False at the end.
 */
static bool next_part(struct span *rest, char separator, struct span *ret)
{
	bool quoted = false;
	size_t n = 0;

	if (!rest->at)
		return false;
	for (; n < rest->len && (quoted || rest->at[n] != separator); n++) {
		if (rest->at[n] == '"')
			quoted = !quoted;
		else if (quoted && rest->at[n] == '\\' && n + 1 < rest->len)
			n++;
	}
	*ret = trim((struct span){rest->at, n});
	if (n < rest->len)
		*rest = (struct span){rest->at + n + 1, rest->len - n - 1};
	else
		rest->at = NULL;
	return true;
}

/* "0.5", "1", "0.": in 1/1000; more digits than three are cut off. -1 for what is no such number.
 */
static int parse_q(struct span s)
{
	unsigned int q, unit = Q_ONE / 10;

	if (!s.len || (s.at[0] != '0' && s.at[0] != '1') || (s.len > 1 && s.at[1] != '.'))
		return -1;
	q = s.at[0] == '1' ? Q_ONE : 0;
	for (size_t i = 2; i < s.len; i++, unit /= 10) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return -1;
		q += (unsigned int)(s.at[i] - '0') * unit;
	}
	return q > Q_ONE ? -1 : (int)q;
}

/* One range of a header with the parameters that matter. */
struct range {
	struct span name, version;
	bool has_version;
	unsigned int q, at;
};

/* False if it is not to be used. */
static bool parse_range(struct span text, struct range *ret)
{
	struct span part, name, value;
	int q = Q_ONE;

	*ret = (struct range){0};
	if (!next_part(&text, ';', &ret->name) || !ret->name.len)
		return false;
	while (q >= 0 && next_part(&text, ';', &part)) {
		if (!next_part(&part, '=', &name) || !part.at)
			continue;
		value = trim(part);
		if (span_is(name, "q")) {
			q = parse_q(value);
		} else if (span_is(name, "version")) {
			if (value.len > 1 && value.at[0] == '"' && value.at[value.len - 1] == '"')
				value = (struct span){value.at + 1, value.len - 2};
			ret->version = value;
			ret->has_version = true;
		}
	}
	ret->q = q < 0 ? 0 : (unsigned int)q;
	return q >= 0;
}

static void apply(struct accept_match *m, const struct range *r, int precision)
{
	if (precision > m->precision)
		*m = (struct accept_match){r->q, precision, r->at};
}

enum { PRECISION_ANY = 1, PRECISION_TYPE, PRECISION_NAME, PRECISION_VERSION };

/* How exactly a range names a format, 0 if it does not mean it. */
static int precision_of(const struct range *r, const char *type, const char *name,
			const char *version)
{
	if (span_is(r->name, "*/*") || span_is(r->name, "*"))
		return PRECISION_ANY;
	if (span_is(r->name, type))
		return PRECISION_TYPE;
	if (!span_is(r->name, name))
		return 0;
	if (!r->has_version)
		return PRECISION_NAME;
	return span_is(r->version, version) ? PRECISION_VERSION : 0;
}

void accept_add(struct accept *a, const char *value)
{
	static const struct {
		const char *type, *name, *version;
	} formats[FORMATS] = {
		[FORMAT_TEXT] = {"text/*", "text/plain", "0.0.4"},
		[FORMAT_OPENMETRICS] = {"application/*", "application/openmetrics-text", "1.0.0"},
		[FORMAT_OPENMETRICS_0_0_1] = {"application/*", "application/openmetrics-text",
					      "0.0.1"},
	};
	struct span rest = {value, strlen(value)}, part;
	struct range r;

	while (next_part(&rest, ',', &part)) {
		if (!parse_range(part, &r))
			continue;
		r.at = a->ranges++;
		for (int f = 0; f < FORMATS; f++)
			apply(&a->formats[f], &r,
			      precision_of(&r, formats[f].type, formats[f].name,
					   formats[f].version));
	}
}

/* Is a to be preferred to b, which is listed before it? */
static bool better(const struct accept_match *a, const struct accept_match *b)
{
	const bool a_named = a->precision >= PRECISION_NAME;
	const bool b_named = b->precision >= PRECISION_NAME;

	if (a->q != b->q)
		return a->q > b->q;
	if (a_named != b_named)
		return a_named;
	return a_named && a->at < b->at;
}

enum metrics_format accept_format(const struct accept *a)
{
	int best = FORMAT_TEXT;

	for (int f = best + 1; f < FORMATS; f++)
		if (a->formats[f].q && better(&a->formats[f], &a->formats[best]))
			best = f;
	return (enum metrics_format)best;
}

void accept_encoding_add(struct accept_encoding *a, const char *value)
{
	struct span rest = {value, strlen(value)}, part;
	struct range r;

	while (next_part(&rest, ',', &part)) {
		if (!parse_range(part, &r))
			continue;
		if (span_is(r.name, "gzip") || span_is(r.name, "x-gzip"))
			apply(&a->gzip, &r, PRECISION_NAME);
		else if (span_is(r.name, "*"))
			apply(&a->gzip, &r, PRECISION_ANY);
		else if (span_is(r.name, "identity"))
			apply(&a->identity, &r, PRECISION_NAME);
	}
}

bool accept_encoding_gzip(const struct accept_encoding *a)
{
	return a->gzip.q && a->gzip.q >= a->identity.q;
}

int64_t accept_timeout(const char *value)
{
	int64_t ns = 0, unit = NS_PER_S / 10;
	const char *p = value;

	if (!value)
		return 0;
	for (; *p >= '0' && *p <= '9'; p++)
		if (ns <= TIMEOUT_MAX_S)
			ns = ns * 10 + (*p - '0');
	if (p == value)
		return 0;
	ns *= NS_PER_S;
	if (*p == '.' && p[1])
		for (p++; *p >= '0' && *p <= '9'; p++, unit /= 10)
			ns += (*p - '0') * unit;
	if (*p)
		return 0;
	return ns > TIMEOUT_MAX_S * NS_PER_S ? TIMEOUT_MAX_S * NS_PER_S : ns;
}
