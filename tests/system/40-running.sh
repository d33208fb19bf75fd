#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a reader sees while guests run. See tests/system/bed/running; why the Linux
# guest has a host of one CPU: HACKING.md, "What the emulator gets wrong".
set -e
run=$(dirname "$0")/../bed/run
"$run" --single --smp 2 --name running-tiny running tiny
"$run" --name running-linux --smp 1 running linux
