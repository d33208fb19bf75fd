// SPDX-License-Identifier: GPL-2.0-or-later
/* The file of --web.config.file. */
#include "web_config.h"

#include "bcrypt.h"
#include "lib/fuzz.h"
#include "tls_names.h"

#include <errno.h>
#include <string.h>
#include <yaml.h>

/* As many as there can be: lines also end by CR, NEL and Unicode's, in UTF-8 and in UTF-16. */
static size_t lines(const uint8_t *data, size_t size)
{
	size_t n = 1;

	for (size_t i = 0; i < size; i++)
		n += data[i] && strchr("\n\r\x85\xa8\xa9()", data[i]);
	return n;
}

static bool both(const char *a, const char *b)
{
	return a && b;
}

static void must_be_text(const char *text)
{
	MUST(text && is_utf8(text, strlen(text)));
}

static void check_tls(const struct web_tls *t)
{
	const bool ca = t->client_ca || t->client_ca_file;

	if (!t->on) {
		MUST(!t->cert && !t->cert_file && !t->key && !t->key_file && !ca);
		MUST(!t->n_allowed_sans && !t->n_suites && !t->n_curves && !t->client_auth);
		return;
	}
	MUST((t->cert || t->cert_file) && !both(t->cert, t->cert_file));
	MUST((t->key || t->key_file) && !both(t->key, t->key_file));
	MUST(!both(t->client_ca, t->client_ca_file));
	MUST(t->min >= TLS_12 && t->min <= t->max && t->max <= TLS_13);
	MUST(t->client_auth >= CLIENT_NONE && t->client_auth <= CLIENT_REQUIRE_AND_VERIFY);
	/* Whoever says whom to let in must not let in all. */
	MUST(!ca || t->client_auth != CLIENT_NONE);
	MUST(ca || t->client_auth != CLIENT_REQUIRE_AND_VERIFY);
	MUST(!t->n_allowed_sans || t->client_auth == CLIENT_VERIFY_IF_GIVEN ||
	     t->client_auth == CLIENT_REQUIRE_AND_VERIFY);
	MUST(t->n_suites <= WEB_SUITES_MAX && t->n_curves <= WEB_CURVES_MAX);
	for (size_t i = 0; i < t->n_suites; i++)
		MUST(!memchr(t->suites, t->suites[i], i));
	for (size_t i = 0; i < t->n_curves; i++)
		MUST(!memchr(t->curves, t->curves[i], i));
	for (size_t i = 0; i < t->n_allowed_sans; i++) {
		must_be_text(t->allowed_sans[i]);
		MUST(*t->allowed_sans[i]);
	}
	MUST(!tls_suites_check(t));
}

static void check_config(const struct web_config *c)
{
	unsigned int cost = 0;

	check_tls(&c->tls);
	MUST(c->n_headers <= WEB_HEADERS_MAX);
	for (size_t i = 0; i < c->n_headers; i++) {
		const char *value = c->headers[i].value;

		must_be_text(value);
		MUST(*value);
		/* Nothing that would begin a header of its own. */
		for (const char *p = value; *p; p++)
			MUST((unsigned char)*p >= ' ' && *p != 0x7f);
		for (size_t k = 0; k < i; k++)
			MUST(c->headers[k].name != c->headers[i].name);
	}
	for (size_t i = 0; i < c->n_users; i++) {
		must_be_text(c->users[i].name);
		MUST(!strchr(c->users[i].name, ':') && c->users[i].hash);
		MUST(bcrypt_cost(c->users[i].hash) &&
		     bcrypt_cost(c->users[i].hash) <= BCRYPT_COST_MAX);
		if (bcrypt_cost(c->users[i].hash) > cost)
			cost = bcrypt_cost(c->users[i].hash);
		for (size_t k = 0; k < i; k++)
			MUST(strcmp(c->users[k].name, c->users[i].name) != 0);
	}
	MUST(c->max_cost == cost);
}

static bool is_foreign(const yaml_event_t *e)
{
	if (e->type == YAML_SCALAR_EVENT)
		return e->data.scalar.anchor || e->data.scalar.tag ||
		       memchr(e->data.scalar.value, 0, e->data.scalar.length);
	return e->type == YAML_ALIAS_EVENT;
}

/* What would be cut short, or would mean what stands elsewhere, must not be taken. */
static void must_be_plain(const char *text, size_t len)
{
	yaml_parser_t parser;
	yaml_event_t event;
	bool end = false;

	MUST(yaml_parser_initialize(&parser));
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	while (!end) {
		MUST(yaml_parser_parse(&parser, &event) && !is_foreign(&event));
		end = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
}

/* 0, or why not. What is freed after failure is the sanitizer's to see. */
static int parse(const char *text, size_t len, unsigned int *ret_line, char *ret_error)
{
	struct web_config c;
	int err;

	fuzz_fill(&c, sizeof(c));
	fuzz_fill(ret_error, WEB_CONFIG_ERROR_MAX);
	err = web_config_parse(text, len, &c, ret_line, ret_error);
	if (err) {
		MUST(!c.users && !c.n_users && !c.n_headers && !c.tls.on && !c.tls.key);
		return err;
	}
	check_config(&c);
	must_be_plain(text, len);
	web_config_free(&c);
	return 0;
}

/* A line more in front moves what is wrong by a line, and changes nothing else. */
static void check_moved(const uint8_t *data, size_t size, int err, unsigned int line,
			const char *error)
{
	static const char more[] = "# more\n";
	const size_t extra = sizeof(more) - 1;
	char moved_error[WEB_CONFIG_ERROR_MAX], *text = malloc(size + extra);
	unsigned int moved_line;

	MUST(text);
	memcpy(text, more, extra);
	memcpy(text + extra, data, size);
	MUST(parse(text, size + extra, &moved_line, moved_error) == err);
	MUST(!err || (moved_line == line + 1 && strcmp(moved_error, error) == 0));
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char error[WEB_CONFIG_ERROR_MAX];
	unsigned int line;
	const int err = parse((const char *)data, size, &line, error);

	if (err) {
		MUST(err == -EINVAL && strnlen(error, sizeof(error)) < sizeof(error) && *error);
		/* libyaml begins a line more at the end. */
		MUST(line >= 1 && line <= lines(data, size) + 1);
	}
	/* A mark of UTF-16 or UTF-8 means that only at the start. */
	if (size && data[0] != 0xef && data[0] != 0xfe && data[0] != 0xff)
		check_moved(data, size, err, line, error);
	return 0;
}
