// SPDX-License-Identifier: GPL-2.0-or-later
#include "log.h"

#include "journal.h"
#include "strbuf.h"
#include "utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define VALUE_MAX 1024
#define PAIRS_MAX 16

struct pair {
	const char *key, *value;
};

void log_open(struct log *log)
{
	if (log->format == LOG_AUTO)
		log->format = journal_is_stderr() ? LOG_JOURNAL : LOG_LOGFMT;
}

/* Escaped in the way that both JSON and logfmt have. */
static void add_quoted(struct strbuf *b, const char *value)
{
	char *clean = utf8_clean(value, strlen(value), VALUE_MAX);

	strbuf_puts(b, "\"");
	for (const char *p = clean; p && *p; p++) {
		if (*p == '"' || *p == '\\')
			strbuf_add(b, "\\", 1);
		if (*p == '\n')
			strbuf_puts(b, "\\n");
		else if ((unsigned char)*p < ' ')
			strbuf_printf(b, "\\u%04x", (unsigned int)*p);
		else
			strbuf_add(b, p, 1);
	}
	strbuf_puts(b, "\"");
	free(clean);
}

/* May this value of logfmt go without quotes? */
static bool is_plain(const char *value)
{
	size_t n = 0;

	while (value[n] > ' ' && value[n] < '\x7f' && !strchr("\"\\=", value[n]))
		n++;
	return n && n <= VALUE_MAX && !value[n];
}

static void add_pair(struct strbuf *b, const struct log *log, const char *key, const char *value)
{
	if (log->format == LOG_JSON) {
		strbuf_puts(b, b->len > 1 ? "," : "");
		add_quoted(b, key);
		strbuf_puts(b, ":");
		add_quoted(b, value);
		return;
	}
	strbuf_puts(b, b->len ? " " : "");
	strbuf_puts(b, key);
	strbuf_puts(b, "=");
	if (is_plain(value))
		strbuf_puts(b, value);
	else
		add_quoted(b, value);
}

static void add_time(struct strbuf *b, const struct log *log)
{
	char date[64] = "", stamp[96];
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	if (gmtime_r(&now.tv_sec, &tm))
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(stamp, sizeof(stamp), "%s.%03ldZ", date, now.tv_nsec / 1000000);
	add_pair(b, log, "ts", stamp);
}

static void write_line(const struct log *log, const char *level, const char *message,
		       const struct pair *pairs, size_t n)
{
	struct strbuf b = {0};

	if (log->format == LOG_JSON)
		strbuf_puts(&b, "{");
	add_time(&b, log);
	add_pair(&b, log, "level", level);
	add_pair(&b, log, "msg", message);
	for (size_t i = 0; i < n; i++)
		add_pair(&b, log, pairs[i].key, pairs[i].value);
	strbuf_puts(&b, log->format == LOG_JSON ? "}\n" : "\n");
	/* One write, so that lines of threads do not mix. There is nowhere to tell of a failure. */
	if (!b.failed && write(STDERR_FILENO, b.text, b.len) < 0)
		b.failed = true;
	strbuf_free(&b);
}

/* The message, then its pairs as logfmt, for who reads only that; each pair is a field too. */
static int write_entry(const struct log *log, enum log_level level, const char *message,
		       const struct pair *pairs, size_t n)
{
	static const int priorities[] = {JOURNAL_DEBUG, JOURNAL_INFO, JOURNAL_WARNING, JOURNAL_ERR};
	const struct log logfmt = {log->level, LOG_LOGFMT};
	struct journal_entry *entry = journal_new(priorities[level]);
	struct strbuf b = {0};

	strbuf_puts(&b, message);
	for (size_t i = 0; i < n; i++) {
		char *clean = utf8_clean(pairs[i].value, strlen(pairs[i].value), VALUE_MAX);

		add_pair(&b, &logfmt, pairs[i].key, pairs[i].value);
		journal_add(entry, pairs[i].key, clean);
		free(clean);
	}
	strbuf_add(&b, "", 1);
	if (!b.failed)
		journal_add(entry, NULL, b.text);
	strbuf_free(&b);
	return journal_send(entry);
}

void log_write(const struct log *log, enum log_level level, const char *message, ...)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};
	struct pair pairs[PAIRS_MAX];
	size_t n = 0;
	const char *key;
	va_list args;

	if (level < log->level)
		return;
	va_start(args, message);
	while (n < PAIRS_MAX && (key = va_arg(args, const char *))) {
		pairs[n].key = key;
		pairs[n++].value = va_arg(args, const char *);
	}
	va_end(args);
	/* A journal that takes nothing is told through stderr, which it reads too. */
	if (log->format != LOG_JOURNAL || write_entry(log, level, message, pairs, n))
		write_line(log, names[level], message, pairs, n);
}
