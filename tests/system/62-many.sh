#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# 200 VMs at once. See tests/system/bed/many.
exec "$(dirname "$0")/../bed/run" --single --smp 2 --timeout 200 many
