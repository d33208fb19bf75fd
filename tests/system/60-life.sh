#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# 60-life.sh [VMS]: 500 VMs come and go. See tests/system/bed/life.
exec "$(dirname "$0")/../bed/run" --single --smp 2 --timeout 400 life "$@"
