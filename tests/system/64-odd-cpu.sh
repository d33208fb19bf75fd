#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A CPU without SVM is to come online. See tests/system/bed/odd-cpu.
exec "$(dirname "$0")/../bed/run" --odd-cpu odd-cpu
