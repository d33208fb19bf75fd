#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Exits are counted exactly. See tests/system/bed/exact; why the Linux guest has a
# host of one CPU: HACKING.md, "What the emulator gets wrong".
set -e
run=$(dirname "$0")/../bed/run
"$run" --single --smp 2 --name exact-tiny exact tiny
"$run" --name exact-linux --smp 1 exact linux
