// SPDX-License-Identifier: GPL-2.0-or-later
#include "promtext.h"

#include "fuzz.h"

#include <string.h>

#define FAMILIES_MAX 64

/* A series without its value, to find those that come twice. */
struct series {
	const char *text;
	size_t len;
};

struct reader {
	const char *at, *end; /* of a line */
	char families[FAMILIES_MAX][64];
	size_t n_families;
	char help[64]; /* the family of the last HELP */
	struct series *all;
	size_t n, room;
};

static bool is_name_byte(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (!first && c >= '0' && c <= '9');
}

static bool take(struct reader *r, const char *word)
{
	const size_t len = strlen(word);

	if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0)
		return false;
	r->at += len;
	return true;
}

static void read_name(struct reader *r, char *ret, size_t size)
{
	size_t n = 0;

	while (r->at < r->end && is_name_byte(*r->at, !n)) {
		MUST(n + 1 < size);
		ret[n++] = *r->at++;
	}
	ret[n] = '\0';
	MUST(n);
}

static char *read_quoted(struct reader *r)
{
	char *value = malloc((size_t)(r->end - r->at) + 1);
	size_t n = 0;

	MUST(value && take(r, "\""));
	while (r->at < r->end && *r->at != '"') {
		char c = *r->at++;

		if (c == '\\') {
			MUST(r->at < r->end);
			c = *r->at++;
			MUST(c == '\\' || c == '"' || c == 'n');
			c = c == 'n' ? '\n' : c;
		}
		value[n++] = c;
	}
	value[n] = '\0';
	MUST(take(r, "\"") && strlen(value) == n && is_utf8(value, n));
	return value;
}

static void read_labels(struct reader *r, struct prom_sample *s)
{
	do {
		struct prom_label *l = &s->labels[s->n_labels];

		MUST(s->n_labels < PROM_LABELS_MAX);
		read_name(r, l->name, sizeof(l->name));
		for (size_t i = 0; i < s->n_labels; i++)
			MUST(strcmp(s->labels[i].name, l->name) != 0);
		MUST(take(r, "="));
		l->value = read_quoted(r);
		s->n_labels++;
	} while (take(r, ","));
	MUST(take(r, "}"));
}

/* Digits, with one dot between at most, and perhaps an exponent. A newline comes after. */
static void check_value(const char *text, size_t len)
{
	char *end;

	MUST(len && strspn(text, "0123456789.e+-") == len);
	strtod(text, &end);
	MUST(end == text + len);
}

static void remember(struct reader *r, const char *from, const char *to)
{
	if (r->n == r->room) {
		r->room = r->room ? r->room * 2 : 256;
		r->all = reallocarray(r->all, r->room, sizeof(*r->all));
		MUST(r->all);
	}
	r->all[r->n++] = (struct series){from, (size_t)(to - from)};
}

static int compare(const void *pa, const void *pb)
{
	const struct series *a = pa, *b = pb;
	const int c = memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);

	return c ? c : (a->len > b->len) - (a->len < b->len);
}

static void read_comment(struct reader *r)
{
	char name[64];

	if (take(r, "HELP ")) {
		read_name(r, r->help, sizeof(r->help));
		MUST(take(r, " ") && r->at < r->end);
		for (size_t i = 0; i < r->n_families; i++)
			MUST(strcmp(r->families[i], r->help) != 0);
		return;
	}
	MUST(take(r, "TYPE "));
	read_name(r, name, sizeof(name));
	MUST(strcmp(name, r->help) == 0);
	MUST(take(r, " counter") || take(r, " gauge"));
	MUST(r->at == r->end && r->n_families < FAMILIES_MAX);
	memcpy(r->families[r->n_families++], name, sizeof(name));
}

static void read_sample(struct reader *r, prom_sample_fn *fn, void *ctx)
{
	struct prom_sample s = {.n_labels = 0};
	const char *start = r->at;

	read_name(r, s.name, sizeof(s.name));
	MUST(r->n_families && strcmp(s.name, r->families[r->n_families - 1]) == 0);
	if (take(r, "{"))
		read_labels(r, &s);
	remember(r, start, r->at);
	MUST(take(r, " "));
	s.value = r->at;
	s.value_len = (size_t)(r->end - r->at);
	check_value(s.value, s.value_len);
	fn(ctx, &s);
	for (size_t i = 0; i < s.n_labels; i++)
		free(s.labels[i].value);
}

const char *prom_label(const struct prom_sample *s, const char *name)
{
	for (size_t i = 0; i < s->n_labels; i++)
		if (strcmp(s->labels[i].name, name) == 0)
			return s->labels[i].value;
	return NULL;
}

void prom_read(const char *text, size_t len, prom_sample_fn *fn, void *ctx)
{
	const char *at = text, *end = text + len;
	struct reader r = {0};

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		MUST(newline && newline > at);
		r.at = at;
		r.end = newline;
		at = newline + 1;
		if (take(&r, "# "))
			read_comment(&r);
		else
			read_sample(&r, fn, ctx);
	}
	if (r.n)
		qsort(r.all, r.n, sizeof(*r.all), compare);
	for (size_t i = 1; i < r.n; i++)
		MUST(compare(&r.all[i - 1], &r.all[i]) != 0);
	free(r.all);
}
