#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Phases are where they should be. See tests/system/bed/times.
exec "$(dirname "$0")/../bed/run" --icount times
