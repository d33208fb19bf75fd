/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that the command line decides, in one struct. */
#ifndef CONFIG_H
#define CONFIG_H

#include "config_report.h"
#include "log.h"

#include <stdbool.h>
#include <stddef.h>

#define LISTEN_MAX	     16
#define DEFAULT_LISTEN	     "127.0.0.1:9283"
#define DEFAULT_MAX_REQUESTS 40

/* Sub-commands, as bits: an option says which of them take it. */
enum command { COMMAND_SERVE = 1, COMMAND_DUMP = 2, COMMAND_REPORT = 4 };
enum source_choice { SOURCE_AUTO, SOURCE_DEBUGFS, SOURCE_IOCTL, SOURCE_STOCK };
enum dump_format { DUMP_PROMETHEUS, DUMP_JSON };

struct web;

struct config {
	enum command command;
	const char *version;
	const char *listen[LISTEN_MAX];
	size_t n_listen;
	bool systemd_socket; /* then n_listen is 0 */
	const char *telemetry_path;
	unsigned int max_requests;   /* at once that need a snapshot; 0: no limit */
	const char *web_config_file; /* NULL: none */
	struct web *web;	     /* what is in it; main sets this */
	enum source_choice source;
	bool vcpu;
	const char *debugfs;
	const char *procfs;
	struct log log;
	enum dump_format format;
	struct config_report report;
};

enum config_result { CONFIG_RUN, CONFIG_DONE, CONFIG_ERROR };

/*
 * Read the options argv[0..argc) of ret->command over the defaults. Strings are borrowed from argv.
 * CONFIG_DONE: --help or --version was answered on stdout. CONFIG_ERROR: one line is on stderr.
 */
enum config_result config_parse(struct config *ret, int argc, char **argv);

#endif
