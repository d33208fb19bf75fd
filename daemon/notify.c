// SPDX-License-Identifier: GPL-2.0-or-later
#include "notify.h"

#include "clock.h"

#include <inttypes.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>

bool notify_wanted(void)
{
	return getenv("NOTIFY_SOCKET") != NULL;
}

int64_t notify_watchdog_ns(void)
{
	uint64_t us = 0;

	if (sd_watchdog_enabled(0, &us) <= 0 || us > INT64_MAX / 1000)
		return 0;
	return (int64_t)us * 1000;
}

void notify_ready(const char *status)
{
	sd_notifyf(0, "READY=1\nSTATUS=%s", status);
}

void notify_status(const char *status)
{
	sd_notifyf(0, "STATUS=%s", status);
}

void notify_reloading(void)
{
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, clock_ns() / 1000);
}

void notify_stopping(void)
{
	sd_notify(0, "STOPPING=1\nSTATUS=answering the last requests");
}

void notify_alive(void)
{
	sd_notify(0, "WATCHDOG=1");
}
