/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A unit test prints one line for each check. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static inline void check(const char *name, bool good)
{
	printf(good ? "ok - %s\n" : "not ok - %s: it does not hold\n", name);
}

/* Compare two strings, either of which may be NULL. */
static inline void check_text(const char *name, const char *want, const char *got)
{
	if (want && got ? strcmp(want, got) == 0 : want == got)
		printf("ok - %s\n", name);
	else
		printf("not ok - %s: want '%s', got '%s'\n", name, want ? want : "(null)",
		       got ? got : "(null)");
}

#endif
