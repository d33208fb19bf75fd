/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A strict reader of Prometheus' text format 0.0.4, written from its specification. */
#ifndef PROMTEXT_H
#define PROMTEXT_H

#include <stddef.h>

#define PROM_LABELS_MAX 8

struct prom_label {
	char name[32];
	char *value; /* unescaped */
};

struct prom_sample {
	char name[64];
	struct prom_label labels[PROM_LABELS_MAX];
	size_t n_labels;
	const char *value; /* digits, up to the end of the line */
	size_t value_len;
};

/* The value of a label, or NULL. */
const char *prom_label(const struct prom_sample *s, const char *name);

typedef void prom_sample_fn(void *ctx, const struct prom_sample *s);

/*
 * Call fn for each sample. What is malformed, a label or a series that comes twice, a family in
 * pieces or without TYPE: MUST() fails.
 */
void prom_read(const char *text, size_t len, prom_sample_fn *fn, void *ctx);

#endif
