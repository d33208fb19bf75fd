/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line for each event on stderr, as logfmt or JSON, or an entry with fields in systemd's
 * journal. Only main, http and collector log.
 */
#ifndef LOG_H
#define LOG_H

#include <stddef.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_format { LOG_LOGFMT, LOG_JSON, LOG_JOURNAL, LOG_AUTO };

struct log {
	enum log_level level; /* the least that is written */
	enum log_format format;
};

/* Once, before anything is logged: LOG_AUTO becomes the journal if stderr is its, else logfmt. */
void log_open(struct log *log);

/*
 * Write one line: time, level, message, then pairs of key and value (const char *).
 * Values may be any bytes; they are bounded and escaped.
 */
#define log_event(log, level, ...) log_write(log, level, __VA_ARGS__, (const char *)NULL)

/* What log_event() calls: the pairs are ended by NULL. */
void log_write(const struct log *log, enum log_level level, const char *message, ...)
	__attribute__((sentinel));

#endif
