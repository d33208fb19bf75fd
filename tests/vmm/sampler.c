/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sampler FILE SECONDS REASON PHASE LEAST
 *
 * Reads an exit_stats file ten times a second and checks that
 * - nothing goes backwards;
 * - all phases together never exceed the vCPUs' time since the first sample,
 *   which must be taken before the guest runs;
 * - PHASE (user, blocked or paused) of REASON grows, from when it is first seen
 *   to its end, as fast as the time stamp counter does, to LEAST seconds at least.
 * The bounds come from the counter's readings around each read: a busy machine
 * makes them wider, never wrong. Says "sampling" when it begins; exit status 1
 * and a line that says why if a check fails.
 */
#include "statfile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	MAX_SAMPLES = 6000,
	PERIOD_US = 100000,
	MIN_PAIRS = 20,
};

struct sample {
	uint64_t before, after; /* time stamp counter around the read */
	uint64_t value;		/* of the phase that is watched */
};

static uint64_t phase_of(const struct stat_file *file, const char *reason, const char *phase)
{
	const struct stat_row *row = stat_find(file, reason);

	if (!strcmp(phase, "paused"))
		return file->paused;
	if (!row)
		return 0;
	return !strcmp(phase, "user") ? row->user : row->blocked;
}

static int check_steady(const struct sample *samples, size_t count, uint64_t tsc_khz, double least)
{
	const uint64_t final = samples[count - 1].value;
	const uint64_t slack = tsc_khz; /* 1 ms */
	unsigned int pairs = 0;

	for (size_t i = 0; i + 1 < count; i++) {
		const struct sample *a = &samples[i], *b = &samples[i + 1];

		if (!a->value || b->value == final)
			continue;
		const uint64_t grown = b->value - a->value;

		pairs++;
		if (grown + slack < b->before - a->after || grown > b->after - a->before + slack) {
			printf("sample %zu: grew by %" PRIu64 " cycles in %" PRIu64 " to %" PRIu64
			       "\n",
			       i, grown, b->before - a->after, b->after - a->before);
			return 1;
		}
	}
	if ((double) final < least * 1000 * (double)tsc_khz) {
		printf("came to %.3f s only\n", (double) final / (double)tsc_khz / 1000);
		return 1;
	}
	if (pairs < MIN_PAIRS) {
		printf("seen growing %u times only: it jumped\n", pairs);
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	static struct sample samples[MAX_SAMPLES];
	static struct stat_file files[2];
	uint64_t start_cycles = 0;
	size_t count = 0;

	if (argc != 6) {
		fputs("usage: sampler FILE SECONDS REASON PHASE LEAST\n", stderr);
		return 2;
	}
	const size_t wanted = (size_t)(strtod(argv[2], NULL) * 1e6 / PERIOD_US);

	for (; count < wanted && count < MAX_SAMPLES; count++) {
		struct sample *sample = &samples[count];
		struct stat_file *file = &files[count % 2], *last = &files[(count + 1) % 2];
		const char *backwards;
		int error;

		sample->before = read_tsc();
		error = stat_read(argv[1], file);
		sample->after = read_tsc();
		if (error) {
			printf("%s: %s\n", argv[1], strerrordesc_np(-error));
			return 1;
		}
		sample->value = phase_of(file, argv[3], argv[4]);
		if (!count) {
			start_cycles = stat_cycles(file);
			printf("sampling\n");
			fflush(stdout);
		} else if ((backwards = stat_backwards(last, file))) {
			printf("sample %zu: %s went backwards\n", count, backwards);
			return 1;
		}
		const uint64_t cycles = stat_cycles(file) - start_cycles;

		if (cycles > file->vcpus * (sample->after - samples[0].before)) {
			printf("sample %zu: %" PRIu64 " cycles of %u vCPUs in %" PRIu64 "\n", count,
			       cycles, file->vcpus, sample->after - samples[0].before);
			return 1;
		}
		usleep(PERIOD_US);
	}
	return check_steady(samples, count, files[0].tsc_khz, strtod(argv[5], NULL));
}
