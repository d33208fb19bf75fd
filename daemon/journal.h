/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries with fields in systemd's journal. <syslog.h> has some names of log.h's for itself: this
 * stands between the two.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdbool.h>

/* PRIORITY= as syslog(3) numbers it. */
enum { JOURNAL_ERR = 3, JOURNAL_WARNING = 4, JOURNAL_INFO = 6, JOURNAL_DEBUG = 7 };

/* Has systemd connected stderr to its journal, and is that there? */
bool journal_is_stderr(void);

struct journal_entry;

/* NULL without memory, which the others take. */
struct journal_entry *journal_new(int priority);
/* Add KVM_EXIT_EXPORTER_<KEY>=value, or, with key NULL, MESSAGE=value. */
void journal_add(struct journal_entry *entry, const char *key, const char *value);
/* Send and free. 0 or negative errno. */
int journal_send(struct journal_entry *entry);

#endif
