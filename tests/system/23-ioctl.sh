#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# KVM_GET_EXIT_STATS. See tests/system/bed/ioctl; why one CPU: HACKING.md, "What the
# emulator gets wrong".
exec "$(dirname "$0")/../bed/run" --smp 1 ioctl
