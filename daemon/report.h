/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_H
#define REPORT_H

#include "config.h"

/* The sub-command: watch the VM of config->report, then print the report. The exit status. */
int report_run(const struct config *config);

#endif
