#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The bed itself, with Debian's own modules. See tests/system/bed/stock.
exec "$(dirname "$0")/../bed/run" --modules stock stock
