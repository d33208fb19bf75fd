// SPDX-License-Identifier: GPL-2.0-or-later
#include "activation.h"
#include "collector.h"
#include "config.h"
#include "http.h"
#include "life.h"
#include "listen.h"
#include "render_json.h"
#include "render_prometheus.h"
#include "report.h"
#include "web.h"

#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef VERSION
#define VERSION "unknown"
#endif

#define EXIT_USAGE 2

static int open_sockets(const struct config *config, int *sockets)
{
	for (size_t i = 0; i < config->n_listen; i++) {
		char name[LISTEN_NAME_MAX];
		const char *error;
		int fd = listen_open(config->listen[i], name, &error);

		if (fd < 0) {
			log_event(
				&config->log, LOG_ERROR,
				fd == -EADDRINUSE
					? "cannot listen: the port is in use (9283 is also the default of Ceph's mgr)"
					: "cannot listen",
				"address", config->listen[i], "err", error ? error : strerror(-fd));
			while (i)
				close(sockets[--i]);
			return fd;
		}
		sockets[i] = fd;
		log_event(&config->log, LOG_INFO, "listening", "address", name);
	}
	return 0;
}

/* The sockets that systemd has opened. */
static int take_sockets(const struct config *config, int *sockets, size_t *n)
{
	char name[LISTEN_NAME_MAX];
	const char *error;
	int err = activation_sockets(sockets, LISTEN_MAX, n, &error);

	if (err) {
		log_event(&config->log, LOG_ERROR, "cannot listen", "err",
			  error ? error : strerror(-err));
		return err;
	}
	for (size_t i = 0; i < *n; i++) {
		listen_describe(sockets[i], name);
		log_event(&config->log, LOG_INFO, "listening", "address", name);
	}
	return 0;
}

static int serve(const struct config *config)
{
	struct collector *collector = NULL;
	struct http *http = NULL;
	int sockets[LISTEN_MAX];
	size_t n_sockets = config->n_listen;
	sigset_t signals;
	int err;

	life_block_signals(&signals);
	if (config->systemd_socket ? take_sockets(config, sockets, &n_sockets)
				   : open_sockets(config, sockets))
		return EXIT_FAILURE;
	life_confine(config);
	err = collector_new(config, &collector);
	if (!err)
		err = collector_start(collector);
	if (!err)
		err = http_start(config, sockets, n_sockets, collector_request, collector, &http);
	if (!err) {
		life_run(&(struct life){config, collector, http}, &signals);
		http_drain(http);
	} else {
		log_event(&config->log, LOG_ERROR, "cannot start", "err",
			  err == -EAGAIN ? "no memory for a thread, or too many of them"
					 : strerror(-err));
	}
	if (collector)
		collector_stop(collector);
	http_stop(http);
	collector_free(collector);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int dump(const struct config *config)
{
	const bool json = config->format == DUMP_JSON;
	const struct snapshot_want want = {.all_vcpus = json || config->vcpu};
	struct collector *collector = NULL;
	struct snapshot *s = NULL;
	struct strbuf out = {0};
	int status = EXIT_FAILURE;

	life_confine(config);
	if (!collector_new(config, &collector))
		s = collector_collect(collector, &want);
	if (!s)
		out.failed = true;
	else if (json)
		render_json_dump(s, &out);
	else
		render_prometheus(s, config->version, config->vcpu, &out);
	if (out.failed)
		log_event(&config->log, LOG_ERROR, "out of memory");
	else if (fwrite(out.text, 1, out.len, stdout) != out.len || fflush(stdout))
		log_event(&config->log, LOG_ERROR, "cannot write", "err", strerror(errno));
	else if (s->success)
		status = EXIT_SUCCESS;
	strbuf_free(&out);
	snapshot_unref(s);
	collector_free(collector);
	return status;
}

/* Read --web.config.file, if there is one. */
static bool open_web(struct config *config)
{
	char error[WEB_ERROR_MAX];

	if (!config->web_config_file)
		return true;
	config->web = web_open(config->web_config_file, error);
	if (!config->web)
		log_event(&config->log, LOG_ERROR, "cannot use the web configuration", "err",
			  error);
	return config->web != NULL;
}

static const struct {
	const char *name; /* NULL: without a name */
	enum command command;
	int (*run)(const struct config *config);
} commands[] = {
	{NULL, COMMAND_SERVE, serve},
	{"dump", COMMAND_DUMP, dump},
	{"report", COMMAND_REPORT, report_run},
};

int main(int argc, char **argv)
{
	struct config config = {
		.version = VERSION,
		.telemetry_path = "/metrics",
		.max_requests = DEFAULT_MAX_REQUESTS,
		.debugfs = "/sys/kernel/debug",
		.procfs = "/proc",
		.log = {.level = LOG_INFO, .format = LOG_AUTO},
	};
	size_t command = 0, n = sizeof(commands) / sizeof(commands[0]);
	int skip = 1, status;

	/* Answers are large and short-lived: give their memory back at once. */
	mallopt(M_MMAP_THRESHOLD, 128 * 1024);
	/* But keep what a snapshot of some thousand VMs takes for the next one. */
	mallopt(M_TRIM_THRESHOLD, 16 * 1024 * 1024);
	mallopt(M_ARENA_MAX, 2);

	if (argc > 1 && argv[1][0] != '-') {
		for (command = 1; command < n; command++)
			if (strcmp(argv[1], commands[command].name) == 0)
				break;
		if (command == n) {
			fprintf(stderr,
				"kvm-exit-exporter: unknown command; there are dump and report\n");
			return EXIT_USAGE;
		}
		skip = 2;
	}
	config.command = commands[command].command;
	switch (config_parse(&config, argc - skip, argv + skip)) {
	case CONFIG_DONE:
		return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
	case CONFIG_ERROR:
		return EXIT_USAGE;
	default:
		log_open(&config.log);
		if (!open_web(&config))
			return EXIT_FAILURE;
		status = commands[command].run(&config);
		web_close(config.web);
		return status;
	}
}
