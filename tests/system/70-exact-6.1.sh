#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Debian 12's default kernel, 6.1, whatever kernel the other tests are about: its
# own modules, then ours, whose counts must be as exact. See tests/system/bed/stock
# and tests/system/bed/exact.
set -euo pipefail
# shellcheck source=kernel/common.sh
. "$(dirname "$0")/../../kernel/common.sh"

KVER=$(default_release 6.1)
[ -n "$KVER" ] || die "Debian offers no 6.1 kernel here: run 'apt-get update'"
export KVER
"$top/kernel/build" patched "$KVER"
"$top/kernel/guest/build" "$KVER"
run=$top/tests/bed/run
"$run" --name stock-6.1 --smp 1 --modules stock stock
"$run" --name exact-tiny-6.1 exact tiny
"$run" --name exact-linux-6.1 --smp 1 exact linux
"$run" --name interface-6.1 --smp 1 several ioctl hypercall "leaves values"
