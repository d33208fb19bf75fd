/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the files of the web configuration, once. */
#ifndef WEB_LOAD_H
#define WEB_LOAD_H

#include "watched.h"
#include "web.h"

enum { WEB_FILE_CONFIG, WEB_FILE_CERT, WEB_FILE_KEY, WEB_FILE_CLIENT_CA, WEB_FILES };

/*
 * Read files[WEB_FILE_CONFIG], whose path is path, and what it names, of which the paths are noted
 * in the others. 0, with one reference, or negative errno with the reason in ret_error,
 * WEB_ERROR_MAX bytes; -EAGAIN: a file changed meanwhile.
 */
int web_load(const char *path, struct watched *files, struct web_state **ret, char *ret_error);

/* NULL is allowed. */
void web_state_free(struct web_state *state);

/* "PATH: WHAT" */
void web_fail(char *ret_error, const char *path, const char *what);

#endif
