#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Debian 12's default kernel, 6.1, whatever kernel the other tests are about: its
# own modules, then ours, of which the same must hold. See tests/system/bed/ for each.
set -euo pipefail
# shellcheck source=kernel/common.sh
. "$(dirname "$0")/../../kernel/common.sh"
cd "$top"
# shellcheck source=tests/results.sh
. tests/results.sh
# shellcheck source=tests/system/edges.sh
. tests/system/edges.sh

KVER=$(default_release 6.1)
[ -n "$KVER" ] || die "Debian offers no 6.1 kernel here: run 'apt-get update'"
export KVER
kernel/build patched "$KVER"
kernel/guest/build "$KVER"
run=tests/bed/run
$run --single --smp 2 --name exact-tiny-6.1 exact tiny
# The longest of those with one CPU beside the others.
linux=$(mktemp)
trap 'rm -f "$linux"' EXIT
$run --name linux-6.1 --smp 1 several "exact linux" "running linux" >"$linux" &
$run --name stock-6.1 --smp 1 --modules stock several stock "leaves edges"
$run --name interface-6.1 --smp 1 several ioctl hypercall "leaves values" "leaves edges" "switch 20 tiny"
status=0
wait $! || status=$?
cat "$linux"
[ $status = 0 ] || exit $status
$run --name times-6.1 --icount times
$run --single --smp 2 --name life-6.1 several "running tiny" "life 100"
RESULTS_OF=6.1
edges_same stock-6.1 interface-6.1
