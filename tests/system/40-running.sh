#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a reader sees while guests run. See tests/system/bed/running.
exec "$(dirname "$0")/../bed/run" running
