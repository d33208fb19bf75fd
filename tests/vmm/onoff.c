/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * onoff PARAMETER ROUNDS BUSY_FILE... [-- IDLE_FILE...]
 *
 * Switches the accounting off and on again while guests run, and checks each
 * time, for each exit_stats file, that
 * - the file says so;
 * - nothing at all changes while it is off;
 * - a busy guest's count goes on when it is on;
 * - nothing goes backwards;
 * - the phases grow by no more than the vCPUs' time while it was on.
 * It must be on when this starts, and is on again at the end.
 */
#include "statfile.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	MAX_FILES = 16,
	/* What was on its way when the switch was thrown gets this long to end. */
	SETTLE_US = 2000,
	OFF_US = 10000,
	/* A busy guest that counts nothing for so long has been forgotten. */
	RESUME_TRIES = 2000,
	RESUME_US = 5000,
};

struct watched {
	const char *path;
	bool busy;
	struct stat_file on, off, still;
};

static _Noreturn void fail(unsigned int round, const char *path, const char *why)
{
	printf("round %u: %s: %s\n", round, path, why);
	exit(1);
}

static void read_file(unsigned int round, const char *path, struct stat_file *ret, unsigned int on)
{
	int error = stat_read(path, ret);

	if (error)
		fail(round, path, strerrordesc_np(-error));
	if (ret->on != on)
		fail(round, path, on ? "says that it is off" : "says that it is on");
}

static void no_step_back(unsigned int round, const struct watched *w,
			 const struct stat_file *before, const struct stat_file *after)
{
	const char *backwards = stat_backwards(before, after);

	if (backwards) {
		char why[192];

		snprintf(why, sizeof(why), "%s went backwards", backwards);
		fail(round, w->path, why);
	}
}

static void throw_switch(const char *parameter, const char *value)
{
	int fd = open(parameter, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, 1) != 1) {
		printf("%s: cannot be written\n", parameter);
		exit(1);
	}
	close(fd);
}

static void resumed(unsigned int round, struct watched *w)
{
	for (int i = 0; i < RESUME_TRIES; i++) {
		read_file(round, w->path, &w->on, 1);
		if (!w->busy || stat_exits(&w->on) > stat_exits(&w->still))
			return;
		usleep(RESUME_US);
	}
	fail(round, w->path, "counts nothing after it was switched on");
}

static void check_growth(unsigned int round, const struct watched *w, uint64_t on_cycles)
{
	const uint64_t grown = stat_cycles(&w->off) - stat_cycles(&w->still);

	if (grown > w->off.vcpus * on_cycles) {
		char why[128];

		snprintf(why, sizeof(why), "%" PRIu64 " cycles of %u vCPUs in %" PRIu64, grown,
			 w->off.vcpus, on_cycles);
		fail(round, w->path, why);
	}
}

int main(int argc, char **argv)
{
	static struct watched files[MAX_FILES];
	size_t count = 0;
	bool busy = true;

	for (int i = 3; i < argc && count < MAX_FILES; i++) {
		if (!strcmp(argv[i], "--"))
			busy = false;
		else
			files[count++] = (struct watched){.path = argv[i], .busy = busy};
	}
	if (!count) {
		fputs("usage: onoff PARAMETER ROUNDS BUSY_FILE... [-- IDLE_FILE...]\n", stderr);
		return 2;
	}
	const unsigned int rounds = (unsigned int)strtoul(argv[2], NULL, 10);
	uint64_t on_since = 0;

	for (unsigned int round = 0; round <= rounds; round++) {
		if (round) {
			on_since = read_tsc();
			throw_switch(argv[1], "1");
			for (size_t i = 0; i < count; i++) {
				resumed(round, &files[i]);
				no_step_back(round, &files[i], &files[i].still, &files[i].on);
			}
			if (round == rounds)
				break;
		}
		throw_switch(argv[1], "0");
		const uint64_t on_cycles = read_tsc() - on_since;

		usleep(SETTLE_US);
		for (size_t i = 0; i < count; i++) {
			struct watched *w = &files[i];

			read_file(round, w->path, &w->off, 0);
			if (round) {
				no_step_back(round, w, &w->on, &w->off);
				check_growth(round, w, on_cycles);
			}
		}
		usleep(OFF_US);
		for (size_t i = 0; i < count; i++) {
			struct watched *w = &files[i];

			read_file(round, w->path, &w->still, 0);
			if (!stat_same(&w->off, &w->still))
				fail(round, w->path, "went on while off");
		}
	}
	return 0;
}
