/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of exit reasons, as the debugfs files have them. Pure. */
#ifndef REASON_NAME_H
#define REASON_NAME_H

#include "snapshot.h"

/*
 * The name of a code of KVM_GET_EXIT_STATS into r->name and r->name_len: that of the kernel's own
 * table in capitals, "OTHER" for REASON_NO_CODE, 0x<hex> for what the table does not have. svm:
 * AMD's table, not Intel's.
 */
void reason_name(bool svm, struct exit_reason *r);

#endif
