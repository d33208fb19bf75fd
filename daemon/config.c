// SPDX-License-Identifier: GPL-2.0-or-later
#include "config.h"

#include "listen.h"
#include "page.h"
#include "snapshot.h"

#include <stdio.h>
#include <string.h>

#define PROGRAM "kvm-exit-exporter"

struct option_def {
	const char *name;
	const char *argument; /* for --help; NULL: a switch, also as --no-<name> */
	int commands;
	const char *help;
	const char *choices; /* NULL: any value that set() takes */
	/* Take a value; for switches "true" or "false". An error for humans, or NULL. */
	const char *(*set)(struct config *c, const char *value);
};

/* The place of value in the blank separated list of choices, -1 if it is not there. */
static int choice(const char *choices, const char *value)
{
	const size_t len = strlen(value);

	for (int i = 0; *choices; i++) {
		size_t n = strcspn(choices, " ");

		if (n == len && memcmp(choices, value, n) == 0)
			return i;
		choices += n;
		choices += strspn(choices, " ");
	}
	return -1;
}

static const char levels[] = "debug info warn error";
static const char formats[] = "logfmt json";
static const char sources[] = "auto debugfs ioctl stock";
static const char dump_formats[] = "prometheus json";

static const char *set_listen(struct config *c, const char *value)
{
	if (c->n_listen == LISTEN_MAX)
		return "is given too often";
	c->listen[c->n_listen++] = value;
	return listen_check(value);
}

static const char *set_telemetry_path(struct config *c, const char *value)
{
	if (value[0] != '/' || !value[1])
		return "must begin with a slash and be more than that";
	if (strpbrk(value, "?#%\" <>"))
		return "must be a plain path";
	if (strncmp(value, "/vm", 3) == 0 || strncmp(value, "/-/", 3) == 0 || page_find(value))
		return "is taken by another page";
	c->telemetry_path = value;
	return NULL;
}

static const char *set_max_requests(struct config *c, const char *value)
{
	uint32_t n;

	if (number_parse(value, strlen(value), &n))
		return "must be a number, 0 for no limit";
	c->max_requests = n;
	return NULL;
}

static const char *set_web_config(struct config *c, const char *value)
{
	c->web_config_file = value;
	return *value ? NULL : "must not be empty";
}

static const char *set_source(struct config *c, const char *value)
{
	c->source = (enum source_choice)choice(sources, value);
	return NULL;
}

static const char *set_systemd_socket(struct config *c, const char *value)
{
	c->systemd_socket = strcmp(value, "true") == 0;
	return NULL;
}

static const char *set_vcpu(struct config *c, const char *value)
{
	c->vcpu = strcmp(value, "true") == 0;
	return NULL;
}

static const char *set_debugfs(struct config *c, const char *value)
{
	c->debugfs = value;
	return *value ? NULL : "must not be empty";
}

static const char *set_procfs(struct config *c, const char *value)
{
	c->procfs = value;
	return *value ? NULL : "must not be empty";
}

static const char *set_log_level(struct config *c, const char *value)
{
	c->log.level = (enum log_level)choice(levels, value);
	return NULL;
}

static const char *set_log_format(struct config *c, const char *value)
{
	c->log.format = (enum log_format)choice(formats, value);
	return NULL;
}

static const char *set_format(struct config *c, const char *value)
{
	c->format = (enum dump_format)choice(dump_formats, value);
	return NULL;
}

#define BOTH (COMMAND_SERVE | COMMAND_DUMP)
#define ALL  (BOTH | COMMAND_REPORT)

static const struct option_def options[] = {
	{"web.listen-address", "HOST:PORT", COMMAND_SERVE,
	 "address to listen on, may be repeated (" DEFAULT_LISTEN ")", NULL, set_listen},
	{"web.systemd-socket", NULL, COMMAND_SERVE,
	 "listen on the sockets that systemd hands over, instead", NULL, set_systemd_socket},
	{"web.telemetry-path", "PATH", COMMAND_SERVE, "where the metrics are (/metrics)", NULL,
	 set_telemetry_path},
	{"web.max-requests", "N", COMMAND_SERVE, "most requests at once, 0 for no limit (40)", NULL,
	 set_max_requests},
	{"web.config.file", "FILE", COMMAND_SERVE,
	 "TLS, passwords and headers, as for other exporters", NULL, set_web_config},
	{"collector.source", "SOURCE", ALL,
	 "where the counters come from: auto, debugfs, ioctl, stock (auto)", sources, set_source},
	{"collector.vcpu", NULL, BOTH, "metrics for each vCPU too: many series", NULL, set_vcpu},
	{"path.debugfs", "DIR", ALL, "where debugfs is mounted (/sys/kernel/debug)", NULL,
	 set_debugfs},
	{"path.procfs", "DIR", ALL, "where procfs is mounted (/proc)", NULL, set_procfs},
	{"log.level", "LEVEL", ALL, "debug, info, warn, error (info)", levels, set_log_level},
	{"log.format", "FORMAT", ALL,
	 "logfmt, json (logfmt; fields in the journal if systemd logs there)", formats,
	 set_log_format},
	{"format", "FORMAT", COMMAND_DUMP, "prometheus, json (prometheus)", dump_formats,
	 set_format},
	{"format", "FORMAT", COMMAND_REPORT, "text, markdown, csv (text)", config_report_formats,
	 config_report_format},
	{"for", "DURATION", COMMAND_REPORT, "how long to watch the VM (60s)", NULL,
	 config_report_for},
	{"every", "DURATION", COMMAND_REPORT, "how often to read it (10s; with --boot 1s)", NULL,
	 config_report_every},
	{"boot", NULL, COMMAND_REPORT,
	 "wait for the next VM to start, and begin with its first exit", NULL, config_report_boot},
};

#define N_OPTIONS (sizeof(options) / sizeof(options[0]))

static const char *command_name(enum command command)
{
	if (command == COMMAND_REPORT)
		return PROGRAM " report";
	return command == COMMAND_DUMP ? PROGRAM " dump" : PROGRAM;
}

static void print_help(enum command command)
{
	printf("Usage: %s [OPTION...]%s\n", command_name(command),
	       command == COMMAND_REPORT ? " [VM]" : "");
	puts(command == COMMAND_REPORT
		     ? "Watch one VM for a while, and say how many exits it has, whether their rate is "
		       "stable,\nwhich reasons they have, and who spends the time. VM is a pid, "
		       "<pid>-<fd>, a name\nor a uuid. With --boot: the next VM to start, or the next "
		       "of that name.\n"
	     : command == COMMAND_DUMP
		     ? "Print one snapshot of KVM's exit statistics and end.\n"
		     : "Serve KVM's exit statistics, for each VM and reason, to Prometheus.\n"
		       "'" PROGRAM " dump' prints one snapshot without a server, '" PROGRAM
		       " report'\nanswers questions about one VM.\n");
	for (size_t i = 0; i < N_OPTIONS; i++) {
		char left[64];

		if (!(options[i].commands & (int)command))
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", options[i].name,
			 options[i].argument ? "=" : "",
			 options[i].argument ? options[i].argument : "");
		printf("  %-32s %s\n", left, options[i].help);
	}
	printf("  %-32s %s\n  %-32s %s\n", "--version", "print the version", "--help",
	       "print this");
}

/* One line on stderr: what is wrong with which argument. */
static enum config_result complain(const struct config *c, const char *arg, const char *what)
{
	/* An argument is foreign text: keep it on its line. */
	fprintf(stderr, "%s: ", command_name(c->command));
	for (size_t i = 0; i < 200 && arg[i]; i++)
		fputc((unsigned char)arg[i] < ' ' || arg[i] == '\x7f' ? '?' : arg[i], stderr);
	fprintf(stderr, ": %s; see --help\n", what);
	return CONFIG_ERROR;
}

/* The option of that name, of several the command's own. */
static const struct option_def *find_option(enum command command, const char *name, size_t len)
{
	const struct option_def *found = NULL;

	for (size_t i = 0; i < N_OPTIONS; i++) {
		const struct option_def *o = &options[i];

		if (strlen(o->name) != len || memcmp(o->name, name, len) != 0)
			continue;
		if (o->commands & (int)command)
			return o;
		found = o;
	}
	return found;
}

/* Set one option. */
static enum config_result apply(struct config *c, const struct option_def *o, const char *arg,
				const char *value)
{
	const char *error = NULL;
	char text[128];

	if (!(o->commands & (int)c->command)) {
		error = "does not go with this command";
	} else if (o->choices && choice(o->choices, value) < 0) {
		snprintf(text, sizeof(text), "must be one of: %s", o->choices);
		error = text;
	} else {
		error = o->set(c, value);
	}
	return error ? complain(c, arg, error) : CONFIG_RUN;
}

enum config_result config_parse(struct config *c, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		const char *arg = argv[i], *equals, *value;
		const struct option_def *o;
		bool no = false;
		size_t len;

		if (c->command == COMMAND_REPORT && arg[0] != '-') {
			const char *error = config_report_vm(&c->report, arg);

			if (error)
				return complain(c, arg, error);
			continue;
		}
		if (strncmp(arg, "--", 2) != 0 || !arg[2])
			return complain(c, arg, "is not an option");
		if (strcmp(arg, "--help") == 0 || strcmp(arg, "--version") == 0) {
			if (arg[2] == 'h')
				print_help(c->command);
			else
				printf("%s %s\n", PROGRAM, c->version);
			return CONFIG_DONE;
		}
		equals = strchr(arg, '=');
		len = equals ? (size_t)(equals - arg) - 2 : strlen(arg) - 2;
		o = find_option(c->command, arg + 2, len);
		if (!o && len > 3 && memcmp(arg, "--no-", 5) == 0) {
			o = find_option(c->command, arg + 5, len - 3);
			no = true;
		}
		if (!o || (no && o->argument))
			return complain(c, arg, "unknown option");
		if (!o->argument && equals)
			return complain(c, arg, "takes no value");
		if (!o->argument)
			value = no ? "false" : "true";
		else if (equals)
			value = equals + 1;
		else if (i + 1 < argc)
			value = argv[++i];
		else
			return complain(c, arg, "needs a value");
		if (apply(c, o, arg, value) != CONFIG_RUN)
			return CONFIG_ERROR;
	}
	if (c->systemd_socket && c->n_listen)
		return complain(c, c->listen[0], "does not go with --web.systemd-socket");
	if (!c->n_listen && !c->systemd_socket)
		c->listen[c->n_listen++] = DEFAULT_LISTEN;
	if (c->command == COMMAND_REPORT) {
		const char *arg, *error = config_report_finish(&c->report, &arg);

		return error ? complain(c, arg, error) : CONFIG_RUN;
	}
	return CONFIG_RUN;
}
