#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The bed itself, with Debian's own modules. See tests/system/bed/stock; one CPU, since it
# has a Linux guest: HACKING.md, "What the emulator gets wrong".
exec "$(dirname "$0")/../bed/run" --smp 1 --modules stock stock
