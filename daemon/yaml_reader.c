// SPDX-License-Identifier: GPL-2.0-or-later
#include "yaml_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_MAX 1024

/* What an event is, for errors. */
static const char *kind(const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_MAPPING_START_EVENT:
		return "a mapping";
	case YAML_SEQUENCE_START_EVENT:
		return "a list";
	case YAML_SCALAR_EVENT:
		return "a plain value";
	case YAML_ALIAS_EVENT:
		return "an alias";
	default:
		return "nothing";
	}
}

bool yaml_fail(struct yaml_reader *r, unsigned int line, const char *format, ...)
{
	va_list args;

	if (r->failed)
		return false;
	r->failed = true;
	r->error_line = line;
	va_start(args, format);
	vsnprintf(r->error, sizeof(r->error), format, args);
	va_end(args);
	return false;
}

/* What YAML lets a node have that has no place here. */
static bool check_node(struct yaml_reader *r)
{
	const yaml_event_t *e = &r->event;
	const void *anchor = NULL, *tag = NULL;

	switch (e->type) {
	case YAML_ALIAS_EVENT:
		anchor = e->data.alias.anchor;
		break;
	case YAML_SCALAR_EVENT:
		anchor = e->data.scalar.anchor;
		tag = e->data.scalar.tag;
		break;
	case YAML_SEQUENCE_START_EVENT:
		anchor = e->data.sequence_start.anchor;
		tag = e->data.sequence_start.tag;
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = e->data.mapping_start.anchor;
		tag = e->data.mapping_start.tag;
		break;
	default:
		break;
	}
	if (anchor)
		return yaml_fail(r, r->line, "anchors and aliases are not supported");
	if (tag)
		return yaml_fail(r, r->line, "tags are not supported");
	return true;
}

/* The line of what is wrong. Of bytes that are no characters, libyaml only tells the place. */
static unsigned int problem_line(const struct yaml_reader *r)
{
	const yaml_parser_t *p = &r->parser;
	unsigned int line = 1;

	if (p->error != YAML_READER_ERROR)
		return (unsigned int)p->problem_mark.line + 1;
	for (size_t i = 0; i < p->problem_offset; i++)
		line += r->text[i] == '\n';
	return line;
}

/* Go to the next event. */
static bool next(struct yaml_reader *r)
{
	yaml_event_delete(&r->event);
	if (!yaml_parser_parse(&r->parser, &r->event)) {
		if (r->parser.error == YAML_MEMORY_ERROR)
			return yaml_fail(r, 0, "out of memory");
		return yaml_fail(r, problem_line(r), "not valid YAML: %s",
				 r->parser.problem ? r->parser.problem : "not UTF-8");
	}
	r->line = (unsigned int)r->event.start_mark.line + 1;
	return check_node(r);
}

static bool is_null(const yaml_event_t *e)
{
	static const char *const words[] = {"", "~", "null", "Null", "NULL"};

	if (e->type != YAML_SCALAR_EVENT || e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp((const char *)e->data.scalar.value, words[i]) == 0)
			return true;
	return false;
}

/* Take a scalar as it is written. */
static bool take_text(struct yaml_reader *r, const char *name, char **ret)
{
	const yaml_event_t *e = &r->event;
	char *copy;

	if (e->type != YAML_SCALAR_EVENT)
		return yaml_fail(r, r->line, "%s: must be a plain value, not %s", name, kind(e));
	if (memchr(e->data.scalar.value, '\0', e->data.scalar.length))
		return yaml_fail(r, r->line, "%s: has a NUL in it", name);
	copy = strdup((const char *)e->data.scalar.value);
	if (!copy)
		return yaml_fail(r, 0, "out of memory");
	if (!next(r)) {
		free(copy);
		return false;
	}
	*ret = copy;
	return true;
}

bool yaml_string(struct yaml_reader *r, const char *name, char **ret)
{
	*ret = NULL;
	return is_null(&r->event) ? next(r) : take_text(r, name, ret);
}

bool yaml_bool(struct yaml_reader *r, const char *name, bool *ret)
{
	static const char *const words[] = {"false", "False", "FALSE", "true", "True", "TRUE"};
	const yaml_event_t *e = &r->event;

	if (is_null(e))
		return next(r);
	if (e->type == YAML_SCALAR_EVENT && e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		for (size_t i = 0; i < 6; i++)
			if (strcmp((const char *)e->data.scalar.value, words[i]) == 0) {
				*ret = i >= 3;
				return next(r);
			}
	return yaml_fail(r, r->line, "%s: must be true or false", name);
}

bool yaml_list(struct yaml_reader *r, const char *name, yaml_item_fn *fn, void *ctx)
{
	if (is_null(&r->event))
		return next(r);
	if (r->event.type != YAML_SEQUENCE_START_EVENT)
		return yaml_fail(r, r->line, "%s: must be a list, not %s", name, kind(&r->event));
	if (!next(r))
		return false;
	while (r->event.type != YAML_SEQUENCE_END_EVENT) {
		const unsigned int line = r->line;
		char *item = NULL;
		bool good = take_text(r, name, &item) && fn(r, ctx, item, line);

		free(item);
		if (!good)
			return false;
	}
	return next(r);
}

/* One key and its value. keys[0..*n) were there before; the new one is added. */
static bool take_key(struct yaml_reader *r, const char *name, yaml_key_fn *fn, void *ctx,
		     char **keys, size_t *n)
{
	const unsigned int line = r->line;
	char *key = NULL;

	if (*n == KEYS_MAX)
		return yaml_fail(r, line, "%s: has too many keys", name);
	if (!take_text(r, name, &key) || !key)
		return false;
	for (size_t i = 0; i < *n && keys[i]; i++)
		if (strcmp(keys[i], key) == 0) {
			yaml_fail(r, line, "%s: %.64s is there twice", name, key);
			free(key);
			return false;
		}
	keys[(*n)++] = key;
	return fn(r, ctx, key, line);
}

bool yaml_mapping(struct yaml_reader *r, const char *name, yaml_key_fn *fn, void *ctx)
{
	bool good = true;
	size_t n = 0;
	char **keys;

	if (is_null(&r->event))
		return next(r);
	if (r->event.type != YAML_MAPPING_START_EVENT)
		return yaml_fail(r, r->line, "%s: must be a mapping, not %s", name,
				 kind(&r->event));
	keys = calloc(KEYS_MAX, sizeof(*keys));
	if (!keys)
		return yaml_fail(r, 0, "out of memory");
	good = next(r);
	while (good && r->event.type != YAML_MAPPING_END_EVENT)
		good = take_key(r, name, fn, ctx, keys, &n);
	for (size_t i = 0; i < n; i++)
		free(keys[i]);
	free(keys);
	return good && next(r);
}

static bool read_stream(struct yaml_reader *r, yaml_key_fn *fn, void *ctx)
{
	/* The start of the stream comes first. */
	if (!next(r))
		return false;
	if (!next(r))
		return false;
	if (r->event.type == YAML_STREAM_END_EVENT)
		return true;
	if (!next(r) || !yaml_mapping(r, "the file", fn, ctx))
		return false;
	if (!next(r)) /* the end of the document */
		return false;
	if (r->event.type != YAML_STREAM_END_EVENT)
		return yaml_fail(r, r->line, "has more than one document");
	return true;
}

bool yaml_read(struct yaml_reader *r, const char *text, size_t len, yaml_key_fn *fn, void *ctx)
{
	bool good;

	*r = (struct yaml_reader){.text = text};
	if (!yaml_parser_initialize(&r->parser))
		return yaml_fail(r, 0, "out of memory");
	yaml_parser_set_input_string(&r->parser, (const unsigned char *)text, len);
	good = read_stream(r, fn, ctx);
	yaml_event_delete(&r->event);
	yaml_parser_delete(&r->parser);
	return good;
}
