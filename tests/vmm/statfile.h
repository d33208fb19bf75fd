/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the kernel's exit_stats files, strictly: whatever is odd is an error. */
#ifndef STATFILE_H
#define STATFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STAT_ROWS = 512 };

struct stat_row {
	int64_t code;
	char name[48];
	uint64_t count, kernel, user, blocked; /* the latter in cycles */
};

struct stat_file {
	char isa[8];
	uint64_t tsc_khz;
	unsigned int on;
	unsigned int vcpus;
	uint64_t paused, dropped;
	size_t row_count;
	struct stat_row rows[STAT_ROWS]; /* by code */
};

/*
 * Returns 0, or a negative errno: of open or read, or -EBADMSG if the text is
 * not what the format says. *ret is then undefined.
 */
int stat_read(const char *path, struct stat_file *ret);

/* Finds a row by its name; NULL if there is none. */
const struct stat_row *stat_find(const struct stat_file *file, const char *name);

/* The sum of all exits, and of all phases of all reasons with paused. */
uint64_t stat_exits(const struct stat_file *file);
uint64_t stat_cycles(const struct stat_file *file);

/*
 * Has anything gone backwards from before to after? Returns what it was, in a
 * static buffer, or NULL.
 */
const char *stat_backwards(const struct stat_file *before, const struct stat_file *after);

/* Are all counts and phases the same in both? */
bool stat_same(const struct stat_file *a, const struct stat_file *b);

/* The time stamp counter, in program order. */
uint64_t read_tsc(void);

#endif
