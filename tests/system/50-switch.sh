#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Off and on a hundred times. See tests/system/bed/switch.
exec "$(dirname "$0")/../bed/run" --smp 1 switch 100 linux
