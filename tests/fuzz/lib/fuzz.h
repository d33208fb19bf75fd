/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the fuzz targets share. A target is tests/fuzz/NAME.c, which defines
 * LLVMFuzzerTestOneInput(): any bytes in, and what must hold of what comes out. Its corpus is
 * tests/fuzz/corpus/NAME/, its words, if it has any, tests/fuzz/dict/NAME.dict.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "snapshot.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold; if it does not, the fuzzer keeps the input. */
#define MUST(condition)                                                                   \
	do {                                                                              \
		if (!(condition)) {                                                       \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, \
				#condition);                                              \
			abort();                                                          \
		}                                                                         \
	} while (0)

/* The bytes as a string; the caller frees it. */
char *fuzz_string(const uint8_t *data, size_t size);

/* Bytes that tell whether somebody wrote there. */
void fuzz_fill(void *to, size_t size);
bool fuzz_is_filled(const void *from, size_t size);

bool is_utf8(const char *text, size_t len);

/* What a source may hand on: names, codes, sums. */
void must_be_sound(const struct exit_stats *st);

/*
 * Renders the VM of st and id in each format. Each must parse, have no series twice, and say what
 * st says.
 */
void must_render(const struct exit_stats *st, const struct identity *id);

/* The same for all of a snapshot. */
void must_render_all(const struct snapshot *s);

#endif
