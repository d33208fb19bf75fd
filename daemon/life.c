// SPDX-License-Identifier: GPL-2.0-or-later
#include "life.h"

#include "clock.h"
#include "notify.h"
#include "sandbox.h"
#include "web.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define TURN_NS (2 * NS_PER_S)
#define FEW_FDS 256
/* How long the first attempt may take before we are ready without it. */
#define FIRST_NS   (10 * NS_PER_S)
#define STATUS_MAX (OUTCOME_MAX + 64)

void life_block_signals(sigset_t *ret)
{
	sigemptyset(ret);
	sigaddset(ret, SIGTERM);
	sigaddset(ret, SIGINT);
	sigaddset(ret, SIGHUP);
	pthread_sigmask(SIG_BLOCK, ret, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* As many descriptors as we may have; a limit this low is told before it is felt. */
static void raise_limit(const struct log *log)
{
	struct rlimit limit;
	char text[24];

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= FEW_FDS)
		return;
	snprintf(text, sizeof(text), "%ju", (uintmax_t)limit.rlim_cur);
	log_event(log, LOG_WARN,
		  "few files may be opened: connections and scrapes will fail when there are many",
		  "limit", text);
}

void life_confine(const struct config *config)
{
	const struct sandbox want = {
		.ioctl = config->source == SOURCE_AUTO || config->source == SOURCE_IOCTL,
		.datagrams = notify_wanted() || config->log.format == LOG_JOURNAL,
	};
	int err;

	raise_limit(&config->log);
	if (geteuid() == 0)
		log_event(&config->log, LOG_WARN,
			  "running as root; to read debugfs is all that is needed");
	err = sandbox_drop_capabilities(&want);
	if (err)
		log_event(&config->log, LOG_WARN, "cannot drop capabilities", "err",
			  strerror(-err));
	err = sandbox_filter_calls(&want);
	if (err)
		log_event(&config->log, LOG_WARN,
			  "running without a filter of system calls: the kernel takes none", "err",
			  strerror(-err));
}

static void ignore(void *arg, struct snapshot *s)
{
	(void)arg;
	snapshot_unref(s);
}

/* Why there is nothing to serve, if there is not, the collector has logged. */
static void attempt(const struct life *life, char *ret)
{
	const struct snapshot_want want = {0};

	if (collector_request(life->collector, &want, ignore, NULL) ||
	    !outcome_get(collector_outcome(life->collector), clock_ns() + FIRST_NS, ret)) {
		snprintf(ret, OUTCOME_MAX, "the first attempt to collect has not ended yet");
		log_event(&life->config->log, LOG_WARN, ret);
	}
}

/* All else that is read anew is so whenever it is needed. */
static void reload(const struct life *life)
{
	struct web *web = life->config->web;
	char error[WEB_ERROR_MAX];

	notify_reloading();
	if (web && web_reload(web, error) == WEB_BROKEN)
		log_event(&life->config->log, LOG_ERROR,
			  "cannot use the new web configuration; the old one stays", "err", error);
	else
		log_event(&life->config->log, LOG_INFO, "reloaded");
}

/* What systemd is to show: outcome, of the last attempt to collect, and what else is wrong. */
static void describe(const struct life *life, const char *outcome, char *ret)
{
	struct web *web = life->config->web;

	snprintf(ret, STATUS_MAX, "%s%s", outcome,
		 web && web_is_broken(web)
			 ? "; the web configuration is no good, the one before it stays"
			 : "");
}

/* Tell systemd of what is new. */
static void update_status(const struct life *life, char *outcome, char *status)
{
	char last[OUTCOME_MAX], now[STATUS_MAX];

	if (outcome_get(collector_outcome(life->collector), 0, last))
		memcpy(outcome, last, sizeof(last));
	describe(life, outcome, now);
	if (strcmp(now, status) == 0)
		return;
	memcpy(status, now, sizeof(now));
	notify_status(status);
}

void life_run(const struct life *life, const sigset_t *signals)
{
	const struct log *log = &life->config->log;
	const int64_t watchdog = notify_watchdog_ns();
	/* Often enough that an answer that just misses one turn is in time with the next. */
	const int64_t turn = watchdog && watchdog / 4 < TURN_NS ? watchdog / 4 : TURN_NS;
	const struct timespec period = clock_timespec(turn);
	char outcome[OUTCOME_MAX], status[STATUS_MAX];
	int signal;

	attempt(life, outcome);
	http_ready(life->http);
	describe(life, outcome, status);
	log_event(log, LOG_INFO, "ready", "version", life->config->version);
	notify_ready(status);
	do {
		/* Both are asked, whatever the first says. */
		const bool collector = collector_alive(life->collector);
		const bool http = http_alive(life->http);

		if (watchdog && collector && http)
			notify_alive();
		signal = sigtimedwait(signals, NULL, &period);
		if (signal == SIGHUP) {
			reload(life);
			describe(life, outcome, status);
			notify_ready(status);
		}
		update_status(life, outcome, status);
	} while (signal < 0 || signal == SIGHUP);
	log_event(log, LOG_INFO, "stopping", "signal", strsignal(signal));
	notify_stopping();
}
