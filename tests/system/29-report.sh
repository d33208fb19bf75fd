#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The sub-command report says exactly what a VM did. See tests/system/bed/report; why one CPU:
# HACKING.md, "What the emulator gets wrong".
exec "$(dirname "$0")/../bed/run" --smp 1 report
