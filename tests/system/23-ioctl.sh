#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# KVM_GET_EXIT_STATS. See tests/system/bed/ioctl.
exec "$(dirname "$0")/../bed/run" ioctl
