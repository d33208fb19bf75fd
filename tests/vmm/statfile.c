/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "statfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <x86intrin.h>

/* A line may have more columns at its end, nothing else. */
static bool starts_line(const char *line, const char *expected)
{
	const size_t length = strlen(expected);

	return !strncmp(line, expected, length) && (line[length] == '\0' || line[length] == ' ');
}

/* Printed again, what was parsed must give the same text: no overflow goes unseen. */
/* NOLINTBEGIN(cert-err34-c) */
static int parse_header(const char *line, struct stat_file *file)
{
	char again[256];

	if (sscanf(line,
		   "# isa %7s tsc_khz %" SCNu64 " on %u vcpus %u paused %" SCNu64
		   " dropped %" SCNu64,
		   file->isa, &file->tsc_khz, &file->on, &file->vcpus, &file->paused,
		   &file->dropped) != 6)
		return -EBADMSG;
	snprintf(again, sizeof(again),
		 "# isa %s tsc_khz %" PRIu64 " on %u vcpus %u paused %" PRIu64 " dropped %" PRIu64,
		 file->isa, file->tsc_khz, file->on, file->vcpus, file->paused, file->dropped);
	return starts_line(line, again) ? 0 : -EBADMSG;
}

static int parse_row(const char *line, struct stat_row *row)
{
	char again[256];

	if (sscanf(line, "%" SCNd64 " %47s %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64,
		   &row->code, row->name, &row->count, &row->kernel, &row->user,
		   &row->blocked) != 6)
		return -EBADMSG;
	snprintf(again, sizeof(again),
		 "%" PRId64 " %s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, row->code,
		 row->name, row->count, row->kernel, row->user, row->blocked);
	return starts_line(line, again) && row->count ? 0 : -EBADMSG;
}
/* NOLINTEND(cert-err34-c) */

static int parse(char *text, struct stat_file *file)
{
	unsigned int number = 0;
	int error = 0;

	file->row_count = 0;
	for (char *line = text, *end; !error && *line; line = end + 1, number++) {
		end = strchr(line, '\n');
		if (!end)
			return -EBADMSG;
		*end = '\0';
		if (number == 0)
			error = parse_header(line, file);
		else if (number == 1)
			error = starts_line(line, "# code name count kernel user blocked")
					? 0
					: -EBADMSG;
		else if (file->row_count == STAT_ROWS)
			error = -EBADMSG;
		else
			error = parse_row(line, &file->rows[file->row_count++]);
	}
	return error || number >= 2 ? error : -EBADMSG;
}

int stat_read(const char *path, struct stat_file *ret)
{
	static _Thread_local char text[128 * 1024];
	size_t size = 0;
	ssize_t got;
	int error = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	do {
		got = read(fd, text + size, sizeof(text) - 1 - size);
		if (got < 0)
			error = -errno;
		else
			size += (size_t)got;
	} while (got > 0);
	close(fd);
	if (error)
		return error;
	text[size] = '\0';
	return parse(text, ret);
}

const struct stat_row *stat_find(const struct stat_file *file, const char *name)
{
	for (size_t i = 0; i < file->row_count; i++) {
		if (!strcmp(file->rows[i].name, name))
			return &file->rows[i];
	}
	return NULL;
}

uint64_t stat_exits(const struct stat_file *file)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < file->row_count; i++)
		sum += file->rows[i].count;
	return sum;
}

uint64_t stat_cycles(const struct stat_file *file)
{
	uint64_t sum = file->paused;

	for (size_t i = 0; i < file->row_count; i++)
		sum += file->rows[i].kernel + file->rows[i].user + file->rows[i].blocked;
	return sum;
}

const char *stat_backwards(const struct stat_file *before, const struct stat_file *after)
{
	static char what[128];

	if (after->paused < before->paused)
		return "paused";
	if (after->dropped < before->dropped)
		return "dropped";
	for (size_t i = 0; i < before->row_count; i++) {
		const struct stat_row *old = &before->rows[i];
		const struct stat_row *new = stat_find(after, old->name);
		const char *column = NULL;

		if (!new)
			column = "row";
		else if (new->count < old->count)
			column = "count";
		else if (new->kernel < old->kernel)
			column = "kernel";
		else if (new->user < old->user)
			column = "user";
		else if (new->blocked < old->blocked)
			column = "blocked";
		if (column) {
			snprintf(what, sizeof(what), "%s of %s", column, old->name);
			return what;
		}
	}
	return NULL;
}

bool stat_same(const struct stat_file *a, const struct stat_file *b)
{
	return a->row_count == b->row_count && !stat_backwards(a, b) && !stat_backwards(b, a);
}

uint64_t read_tsc(void)
{
	unsigned int processor;

	return __rdtscp(&processor);
}
