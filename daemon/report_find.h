/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which VM a report is about. Pure. */
#ifndef REPORT_FIND_H
#define REPORT_FIND_H

#include "snapshot.h"
#include "strbuf.h"

/*
 * Is this VM the one that the user means: by "<pid>", "<pid>-<fd>" as in the JSON's paths, its
 * name, "<name>/<fd>" as in the metrics' label vm, or its uuid?
 */
bool report_means(const struct vm *vm, const char *text);

/*
 * Find the VM that text means. A number is a pid first, and a name only if there is no such pid.
 * FIND_ONE: *ret is its index. Else a line for humans is added to error.
 */
enum find_result report_find(const struct snapshot *s, const char *text, size_t *ret,
			     struct strbuf *error);

/* The VMs that were there when the wait for a new one began, and still are. */
struct report_known {
	struct known_one {
		uint32_t pid, tid, fd;
		uint64_t start_ticks;
		uint64_t exits;
	} * vms;
	size_t n;
};

/* Those of s. 0 or -ENOMEM. */
int report_known_init(struct report_known *k, const struct snapshot *s);

/*
 * Look for a VM that is not known, has had an exit, and is the one that text means (NULL: any). The
 * one whose process is the youngest first; true, and its index. Forgets those that have gone: what
 * comes under the same numbers is new, as is one whose exits have become fewer.
 */
bool report_known_new(struct report_known *k, const struct snapshot *s, const char *text,
		      size_t *ret);

void report_known_clear(struct report_known *k);

#endif
