// SPDX-License-Identifier: GPL-2.0-or-later
#include "log.h"

#include "strbuf.h"
#include "utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define VALUE_MAX 1024

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

void log_write(const struct log *log, enum log_level level, const char *message, ...)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};
	struct strbuf b = {0};
	const char *key;
	va_list args;

	if (level < log->level)
		return;
	if (log->format == LOG_JSON)
		strbuf_puts(&b, "{");
	add_time(&b, log);
	add_pair(&b, log, "level", names[level]);
	add_pair(&b, log, "msg", message);
	va_start(args, message);
	while ((key = va_arg(args, const char *)))
		add_pair(&b, log, key, va_arg(args, const char *));
	va_end(args);
	strbuf_puts(&b, log->format == LOG_JSON ? "}\n" : "\n");
	/* One write, so that lines of threads do not mix. There is nowhere to tell of a failure. */
	if (!b.failed && write(STDERR_FILENO, b.text, b.len) < 0)
		b.failed = true;
	strbuf_free(&b);
}
