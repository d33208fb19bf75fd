// SPDX-License-Identifier: GPL-2.0-or-later
#include "journal.h"

#include "strbuf.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* Without the place in our source, which says nothing to an operator. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define FIELDS_MAX     24

struct journal_entry {
	struct strbuf fields[FIELDS_MAX];
	size_t n;
	bool failed;
};

/* systemd names the socket that it made stderr in the environment: what is inherited may not be it.
 */
bool journal_is_stderr(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat st;
	char own[64];

	if (!stream || fstat(STDERR_FILENO, &st))
		return false;
	snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	return strcmp(stream, own) == 0 && !access(JOURNAL_SOCKET, W_OK);
}

static struct strbuf *new_field(struct journal_entry *entry)
{
	if (entry->n < FIELDS_MAX)
		return &entry->fields[entry->n++];
	entry->failed = true;
	return NULL;
}

struct journal_entry *journal_new(int priority)
{
	struct journal_entry *entry = calloc(1, sizeof(*entry));

	if (entry) {
		strbuf_printf(new_field(entry), "PRIORITY=%d", priority);
		strbuf_puts(new_field(entry), "SYSLOG_IDENTIFIER=kvm-exit-exporter");
	}
	return entry;
}

void journal_add(struct journal_entry *entry, const char *key, const char *value)
{
	struct strbuf *field = entry ? new_field(entry) : NULL;

	if (!field)
		return;
	strbuf_puts(field, key ? "KVM_EXIT_EXPORTER_" : "MESSAGE");
	/* The journal's keys have capital letters, digits and underscores. */
	for (; key && *key; key++) {
		const char c = *key;
		const bool lower = c >= 'a' && c <= 'z';
		const bool good = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		const char put = lower ? (char)(c - 'a' + 'A') : good ? c : '_';

		strbuf_add(field, &put, 1);
	}
	strbuf_puts(field, "=");
	strbuf_puts(field, value ? value : "");
}

int journal_send(struct journal_entry *entry)
{
	struct iovec iov[FIELDS_MAX];
	bool failed = !entry || entry->failed;
	int err = -ENOMEM;

	for (size_t i = 0; entry && i < entry->n; i++) {
		failed |= entry->fields[i].failed;
		iov[i] = (struct iovec){entry->fields[i].text, entry->fields[i].len};
	}
	if (!failed)
		err = sd_journal_sendv(iov, (int)entry->n);
	for (size_t i = 0; entry && i < entry->n; i++)
		strbuf_free(&entry->fields[i]);
	free(entry);
	return err < 0 ? err : 0;
}
