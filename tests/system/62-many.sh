#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# 200 VMs at once. See tests/system/bed/many.
exec "$(dirname "$0")/../bed/run" --smp 1 --timeout 200 many
