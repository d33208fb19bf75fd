#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Instructions that one read of a VM's statistics takes, by debugfs and by ioctl.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

if ! tests/bed/run --icount --timeout 400 --name bench-reading tests/bench/inside-reading >build/bench/reading.out; then
	give_up
fi
grep '^not ok' build/bench/reading.out && exit 1
awk '
	BEGIN {
		print "| vCPUs | instructions to read the VM, by debugfs | by ioctl |"
		print "|---|---|---|"
	}
	{ printf "| %d | %d | %d |\n", $1, $3, $5 }' build/logs/bench-reading/artifacts/reading | tee build/bench/reading.md

# column N: at 1, 8 and 64 vCPUs
column() {
	awk -v n="$1" '{ printf "%s ", $n }' build/logs/bench-reading/artifacts/reading
}
read -r one _ many <<<"$(column 5)"
read -r _ _ text <<<"$(column 3)"
if [ -z "$many" ] || [ -z "$text" ]; then give_up; fi
at_most "reading 64 vCPUs by ioctl, in % of 64 times one" $((many * 100 / (one * 64))) 100
at_most "reading 64 vCPUs by ioctl, in % of debugfs" $((many * 100 / text)) 100
exit ${RESULTS_FAILED:-0}
