#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The system tests on a kernel that finds faults: KASAN, lockdep, sleeping while
# atomic, UBSAN, and kmemleak, which tests/bed/init asks at the end of each boot. See
# kernel/build-debug.
# Only for make check-full: building the kernel takes minutes.
set -euo pipefail
# shellcheck source=kernel/common.sh
. "$(dirname "$0")/../../kernel/common.sh"

KVER=$("$top/kernel/build-debug" "$(release)")
export KVER

# boot NAME OPTION... TEST [ARG]...
boot() {
	"$top/tests/bed/run" --name "debug-$1" --timeout 900 --mem 3G "${@:2}"
}

boot exact exact tiny
boot running running tiny
boot ioctl ioctl
boot hypercall hypercall
boot leaves leaves values
