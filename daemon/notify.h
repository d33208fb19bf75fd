/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What systemd is told of the daemon's life. Where it does not listen, nothing happens. */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* Is there somebody to tell? */
bool notify_wanted(void);

/* Within how many ns notify_alive() is expected, time and again; 0: it is not. */
int64_t notify_watchdog_ns(void);

/* status is a line for humans, also later when it changes. */
void notify_ready(const char *status);
void notify_status(const char *status);

/* The configuration is read again; notify_ready() ends it. */
void notify_reloading(void);
void notify_stopping(void);
void notify_alive(void);

#endif
