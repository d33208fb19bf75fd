/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What --web.config.file says, with the certificates that it names, read again when one of these
 * files has changed, and has been left alone since then for a second. What is read anew may change
 * who comes in, but not open a door that was shut: see web_weaker.h. Logs nothing.
 */
#ifndef WEB_H
#define WEB_H

#include "tls.h"
#include "web_config.h"

struct web;

/* What the files said at one moment. It does not change, and lives until the last puts it away. */
struct web_state {
	struct web_config config;
	struct tls_server *tls; /* NULL: plain HTTP */
	unsigned int refs;	/* with the lock of struct web */
};

#define WEB_ERROR_MAX 640

/* ret_error: WEB_ERROR_MAX bytes: file, line, what is wrong. path is borrowed. NULL: ret_error. */
struct web *web_open(const char *path, char *ret_error);
/* All states must have been put away. NULL is allowed. */
void web_close(struct web *web);

enum web_news {
	WEB_SAME,
	WEB_NEW,    /* what was read is from new files */
	WEB_BROKEN, /* new files are no good, what was read before stays; told once */
};

/*
 * The state of now. Costs a stat() for each file once a second; any thread may call it, and only
 * one at a time looks at files. ret_news says what it found, and for WEB_BROKEN ret_error,
 * WEB_ERROR_MAX bytes, says why.
 */
struct web_state *web_get(struct web *web, enum web_news *ret_news, char *ret_error);
/* Read all files now, changed or not, left alone or not. WEB_NEW, or WEB_BROKEN with ret_error. */
enum web_news web_reload(struct web *web, char *ret_error);
/* Is what the files say now no good, so that web goes by what they said before? */
bool web_is_broken(struct web *web);
/* The state that was read last, without a look at the files. */
struct web_state *web_last(struct web *web);
/* NULL is allowed. */
void web_put(struct web *web, struct web_state *state);

/* Is TLS on? This does not change while the exporter runs. */
bool web_has_tls(const struct web *web);

#endif
