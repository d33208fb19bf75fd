/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * YAML, strictly: one document, its parts taken in the order in which they are written. Anchors,
 * aliases, tags and keys that come twice are errors, so what is read is never more than the text.
 */
#ifndef YAML_READER_H
#define YAML_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#define YAML_ERROR_MAX 256

struct yaml_reader {
	yaml_parser_t parser;
	const char *text;   /* all of it */
	yaml_event_t event; /* the next, which nobody has taken yet */
	unsigned int line;  /* of the event, from 1 */
	bool failed;
	unsigned int error_line;
	char error[YAML_ERROR_MAX]; /* for humans; never has a value of the text in it */
};

/*
 * What to do with a key: take its value, by one of the functions below. line is the key's. False
 * after yaml_fail().
 */
typedef bool yaml_key_fn(struct yaml_reader *r, void *ctx, const char *key, unsigned int line);
/* The same for an item of a list. */
typedef bool yaml_item_fn(struct yaml_reader *r, void *ctx, const char *item, unsigned int line);

/*
 * Read a document that is a mapping, or is empty. text is borrowed. False: r->error and
 * r->error_line tell why. r is no one's any more.
 */
bool yaml_read(struct yaml_reader *r, const char *text, size_t len, yaml_key_fn *fn, void *ctx);

/* Note what is wrong, unless that has been done. Returns false. */
bool yaml_fail(struct yaml_reader *r, unsigned int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Take the value: a mapping, in which no key comes twice. Nothing and null are an empty one. name
 * is for errors; the same below.
 */
bool yaml_mapping(struct yaml_reader *r, const char *name, yaml_key_fn *fn, void *ctx);

/* Take a list of strings. Nothing and null are an empty one. */
bool yaml_list(struct yaml_reader *r, const char *name, yaml_item_fn *fn, void *ctx);

/* Take a string that the caller frees; NULL for nothing and null. It has no NUL inside. */
bool yaml_string(struct yaml_reader *r, const char *name, char **ret);

/* Take true or false; nothing and null leave *ret as it is. */
bool yaml_bool(struct yaml_reader *r, const char *name, bool *ret);

#endif
