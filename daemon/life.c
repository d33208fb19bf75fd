// SPDX-License-Identifier: GPL-2.0-or-later
#include "life.h"

#include "clock.h"
#include "notify.h"
#include "sandbox.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define TURN_NS (2 * NS_PER_S)
#define FEW_FDS 256
/* How long the first attempt may take before we are ready without it. */
#define FIRST_NS (10 * NS_PER_S)

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

/* There is nothing that only a signal would have read again: what is read anew is so on change. */
static void reload(const struct life *life, const char *status)
{
	notify_reloading();
	log_event(&life->config->log, LOG_INFO, "reloaded");
	notify_ready(status);
}

/* Tell systemd of a new outcome. */
static void update_status(const struct life *life, char *status)
{
	char now[OUTCOME_MAX];

	if (!outcome_get(collector_outcome(life->collector), 0, now) || strcmp(now, status) == 0)
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
	char status[OUTCOME_MAX];
	int signal;

	attempt(life, status);
	http_ready(life->http);
	log_event(log, LOG_INFO, "ready", "version", life->config->version);
	notify_ready(status);
	do {
		/* Both are asked, whatever the first says. */
		const bool collector = collector_alive(life->collector);
		const bool http = http_alive(life->http);

		if (watchdog && collector && http)
			notify_alive();
		signal = sigtimedwait(signals, NULL, &period);
		if (signal == SIGHUP)
			reload(life, status);
		update_status(life, status);
	} while (signal < 0 || signal == SIGHUP);
	log_event(log, LOG_INFO, "stopping", "signal", strsignal(signal));
	notify_stopping();
}
