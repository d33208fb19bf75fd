/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the ioctl KVM_GET_EXIT_STATS answers, as the same struct that the debugfs files give. Pure.
 */
#ifndef IOCTL_STATS_H
#define IOCTL_STATS_H

#include "snapshot.h"

#include <linux/kvm_exit_stats.h>

/*
 * Take over the answer in size bytes at from into ret, which exit_stats_clear() frees: reasons that
 * have occurred, in the order of the answer, with their names. -EBADMSG: not an answer that can be
 * understood, or one that does not fit into size. -ENOMEM. ret is untouched on failure.
 */
int ioctl_stats_convert(const struct kvm_exit_stats *from, size_t size, struct exit_stats *ret);

#endif
