#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Exits are counted exactly. See tests/system/bed/exact.
exec "$(dirname "$0")/../bed/run" exact
