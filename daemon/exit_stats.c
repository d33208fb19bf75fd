// SPDX-License-Identifier: GPL-2.0-or-later
#include "exit_stats.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Any number of so many digits fits into 64 bits. */
#define SAFE_DIGITS 19

struct token {
	const char *text;
	size_t len;
};

/* What is left of a line. */
struct line {
	const char *at;
	const char *end;
};

/* Cut the next line, which must end in a newline, off [*at, end). */
static bool next_line(const char **at, const char *end, struct line *ret)
{
	const char *newline = memchr(*at, '\n', (size_t)(end - *at));

	if (!newline)
		return false;
	*ret = (struct line){*at, newline};
	*at = newline + 1;
	return true;
}

/* The next word. Words are separated by exactly one space: false at the end and on a stray space.
 */
static bool next_token(struct line *line, struct token *ret)
{
	const char *start = line->at, *p = start;

	while (p<line->end && * p> ' ' && *p <= '~')
		p++;
	if (p == start || (p < line->end && *p != ' ') || (p < line->end && p + 1 == line->end))
		return false;
	*ret = (struct token){start, (size_t)(p - start)};
	line->at = p < line->end ? p + 1 : p;
	return true;
}

static bool token_is(const struct token *t, const char *word)
{
	return t->len == strlen(word) && memcmp(t->text, word, t->len) == 0;
}

static bool is_digit(char c, unsigned int *ret)
{
	*ret = (unsigned int)(unsigned char)c - '0';
	return *ret <= 9;
}

/* Digits from text on, up to end or to the first byte that is none. NULL if they do not fit. */
static const char *parse_digits(const char *text, const char *end, uint64_t *ret)
{
	const char *safe = end - text > SAFE_DIGITS ? text + SAFE_DIGITS : end;
	uint64_t value = 0;
	unsigned int digit;

	for (; text < safe && is_digit(*text, &digit); text++)
		value = value * 10 + digit;
	for (bool more = text == safe; more && text < end && is_digit(*text, &digit); text++)
		if (__builtin_mul_overflow(value, (uint64_t)10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)digit, &value))
			return NULL;
	*ret = value;
	return text;
}

static bool to_u64(const struct token *t, uint64_t *ret)
{
	return parse_digits(t->text, t->text + t->len, ret) == t->text + t->len;
}

/* As next_token() and to_u64(), in one pass: most of a file is numbers. */
static bool next_u64(struct line *line, uint64_t *ret)
{
	const char *p = parse_digits(line->at, line->end, ret);

	if (!p || p == line->at)
		return false;
	if (p < line->end && (*p++ != ' ' || p == line->end))
		return false;
	line->at = p;
	return true;
}

/* Words go into labels: keep what would need escaping out. */
static bool copy_word(const struct token *t, char *ret, size_t max)
{
	if (t->len > max || memchr(t->text, '"', t->len) || memchr(t->text, '\\', t->len))
		return false;
	memcpy(ret, t->text, t->len);
	ret[t->len] = '\0';
	return true;
}

enum field { ISA, TSC_KHZ, ON, VCPUS, PAUSED, DROPPED, FIELDS };

static bool parse_header(struct line line, struct exit_stats *st)
{
	static const char *const keys[FIELDS] = {"isa",	  "tsc_khz", "on",
						 "vcpus", "paused",  "dropped"};
	uint64_t on = 0;
	uint64_t *const values[FIELDS] = {NULL,	      &st->tsc_khz, &on,
					  &st->vcpus, &st->paused,  &st->dropped};
	unsigned int seen = 0;
	struct token key, value;

	if (!next_token(&line, &key) || !token_is(&key, "#"))
		return false;
	while (line.at < line.end) {
		int f = 0;

		if (!next_token(&line, &key) || !next_token(&line, &value))
			return false;
		while (f < FIELDS && !token_is(&key, keys[f]))
			f++;
		if (f == FIELDS)
			continue;
		if (seen & (1U << f))
			return false;
		seen |= 1U << f;
		if (f == ISA ? !copy_word(&value, st->isa, ISA_NAME_MAX)
			     : !to_u64(&value, values[f]))
			return false;
	}
	st->on = on == 1;
	return seen == (1U << FIELDS) - 1 && on <= 1 && st->tsc_khz <= UINT32_MAX;
}

/* The number of columns, 0 if the line does not begin with those that are known. */
static size_t parse_columns(struct line line)
{
	static const char *const known[] = {"#",      "code", "name",	"count",
					    "kernel", "user", "blocked"};
	const size_t n_known = sizeof(known) / sizeof(known[0]);
	struct token t;
	size_t n = 0;

	while (line.at < line.end) {
		if (!next_token(&line, &t) || (n < n_known && !token_is(&t, known[n])))
			return 0;
		n++;
	}
	return n < n_known ? 0 : n - 1;
}

static bool parse_code(const struct token *code, const struct exit_reason *r, uint64_t *ret)
{
	if (token_is(code, "-1")) {
		*ret = REASON_NO_CODE;
		return strcmp(r->name, "OTHER") == 0;
	}
	return to_u64(code, ret) && *ret <= UINT32_MAX;
}

static bool parse_reason(struct line line, size_t columns, struct exit_reason *r)
{
	struct token code, name;
	size_t n = 3 + PHASES;

	if (!next_token(&line, &code) || !next_token(&line, &name) ||
	    !copy_word(&name, r->name, REASON_NAME_MAX) || !next_u64(&line, &r->count))
		return false;
	r->name_len = (uint8_t)name.len;
	for (int p = 0; p < PHASES; p++)
		if (!next_u64(&line, &r->cycles[p]))
			return false;
	for (struct token extra; line.at < line.end; n++)
		if (!next_token(&line, &extra))
			return false;
	return n == columns && parse_code(&code, r, &r->code);
}

/* The reasons so far, and what tells of most that they are new without a look at all of these. */
struct rows {
	struct exit_reason *reasons;
	size_t n, max;
	uint64_t last_code;
	uint64_t names; /* a bit for each name */
};

static uint64_t name_bit(const struct exit_reason *r)
{
	const unsigned int first = (unsigned char)r->name[0];
	const unsigned int last = (unsigned char)r->name[r->name_len - 1];

	return UINT64_C(1) << ((first * 5 + last * 3 + r->name_len) % 64);
}

/* A reason that comes twice would become a series that comes twice. */
static bool is_known(const struct rows *rows, const struct exit_reason *r)
{
	/* Files are sorted by code, as a rule. */
	if (!rows->n || (r->code > rows->last_code && !(rows->names & name_bit(r))))
		return false;
	for (const struct exit_reason *old = rows->reasons; old < r; old++)
		if (old->code == r->code ||
		    (old->name_len == r->name_len && memcmp(old->name, r->name, r->name_len) == 0))
			return true;
	return false;
}

static bool parse_row(struct line line, size_t columns, struct rows *rows, struct exit_stats *st)
{
	struct exit_reason *r = &rows->reasons[rows->n];

	if (rows->n == rows->max || !parse_reason(line, columns, r) || is_known(rows, r))
		return false;
	/* Series are only for reasons that have occurred. */
	if (!r->count)
		return true;
	rows->n++;
	if (rows->n == 1 || r->code > rows->last_code)
		rows->last_code = r->code;
	rows->names |= name_bit(r);
	st->exits += r->count;
	for (int p = 0; p < PHASES; p++)
		st->cycles[p] += r->cycles[p];
	return true;
}

/* How many lines begin in [at, end), but no more than max. */
static size_t count_lines(const char *at, const char *end, size_t max)
{
	size_t n = 0;

	while (n < max && at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		at = newline ? newline + 1 : end;
		n++;
	}
	return n;
}

int exit_stats_parse(const char *text, size_t len, struct exit_stats *ret)
{
	struct exit_stats st = {0};
	struct rows rows = {0};
	const char *at = text, *end = text + len;
	struct line line;
	size_t columns;

	if (!next_line(&at, end, &line) || !parse_header(line, &st))
		return -EBADMSG;
	if (!next_line(&at, end, &line) || !(columns = parse_columns(line)))
		return -EBADMSG;
	/* No more than it takes: this is what a snapshot is made of. */
	rows.max = count_lines(at, end, EXIT_STATS_REASONS_MAX);
	if (rows.max) {
		rows.reasons = malloc(rows.max * sizeof(*rows.reasons));
		if (!rows.reasons)
			return -ENOMEM;
	}
	while (at < end) {
		if (!next_line(&at, end, &line) || !parse_row(line, columns, &rows, &st)) {
			free(rows.reasons);
			return -EBADMSG;
		}
	}
	st.reasons = rows.reasons;
	st.n_reasons = rows.n;
	*ret = st;
	return 0;
}
