#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Who VMs are where that is not plain: hidepid, namespaces, debugfs of a group's, lockdown,
# pids used again. See tests/system/bed/churn.
exec "$(dirname "$0")/../bed/run" --smp 1 churn
