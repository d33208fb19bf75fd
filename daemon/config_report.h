/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the command line decides for report. */
#ifndef CONFIG_REPORT_H
#define CONFIG_REPORT_H

#include <stdbool.h>
#include <stdint.h>

enum report_format { REPORT_FORMAT_TEXT, REPORT_FORMAT_MARKDOWN, REPORT_FORMAT_CSV };

struct config_report {
	const char *vm; /* NULL: not given */
	int64_t length; /* ns; 0: not given, and 60 s after config_report_finish() */
	int64_t every;	/* ns; 0: not given, and 10 s or, for a boot, 1 s */
	bool boot;
	enum report_format format;
};

struct config;

/* The formats by name, in the order of the enum. */
extern const char config_report_formats[];

/*
 * Take a value, like the other options; a format is one of these. An error for humans, or NULL.
 */
const char *config_report_for(struct config *c, const char *value);
const char *config_report_every(struct config *c, const char *value);
const char *config_report_boot(struct config *c, const char *value);
const char *config_report_format(struct config *c, const char *value);
/* Take the VM: the one argument that is no option. */
const char *config_report_vm(struct config_report *c, const char *value);

/* Fill in what was not given. An error, and *ret_arg, the argument to blame; or NULL. */
const char *config_report_finish(struct config_report *c, const char **ret_arg);

#endif
