#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A thousand VMs and more: all are served, memory stays within its bound, scrapes that come at once
# share the work, and the instructions grow with the number of VMs and no faster. What depends on the
# clock is in tests/bench/scale.sh.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/bench/tools.sh
. tests/bench/tools.sh

MEMORY_MAX_KB=$((32 * 1024))
INSTRUCTIONS_MAX=1500 # a series, in user space

# instructions N: of one snapshot of so many VMs
instructions() {
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$BIN" dump \
		--path.debugfs="$TREES/$1/debugfs" --path.procfs="$TREES/$1/proc" 2>&1 >"$WORK/$1.prom" |
		sed -n 's/.*Collected : //p'
}

linear() {
	local few one two per_series
	few=$(instructions 1)
	one=$(instructions 1000)
	two=$(instructions 2000)
	per_series=$(((one - few) / series))
	check "2,000 VMs take at most 2.2 times the instructions of 1,000: $two and $one" \
		[ $((two * 10)) -le $((one * 22)) ]
	check "instructions of a series: $per_series, at most $INSTRUCTIONS_MAX" \
		[ $per_series -gt 0 -a $per_series -le $INSTRUCTIONS_MAX ]
}

# at_most NAME VALUE LIMIT
at_most() {
	check "$1: $2, at most $3" [ "$2" -le "$3" ]
}

suite() {
	local line
	start --path.debugfs="$TREES/1000/debugfs" --path.procfs="$TREES/1000/proc"
	get /metrics -o "$WORK/metrics"
	same "1,000 VMs: every series is there" "$series" "$(grep -c '^kvm_vm_' "$WORK/metrics")"
	same "1,000 VMs: each has its name" 1000 \
		"$(sed -n 's/^kvm_vm_info{vm="\(instance-[^"]*\)".*/\1/p' "$WORK/metrics" | sort -u | wc -l)"
	sound "1,000 VMs" "$WORK/metrics"
	for _ in 1 2 3; do
		line=$(build/bench/scrape burst "$PORT" 20)
		at_most "20 scrapes at once: different snapshots" "${line##* }" 10
	done
	if [ $KIND = plain ]; then
		at_most "1,000 VMs, 20 scrapers: resident KiB" \
			"$(awk '/^VmHWM:/ { print $2 }' "/proc/$DAEMON/status")" $MEMORY_MAX_KB
	fi
	stops
	[ $KIND != plain ] || linear
}

need valgrind
build_tools
# 40,000 files: in memory where that can be.
TREES=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'clean_up; rm -rf "$TREES"' EXIT
for n in 1 2000 1000; do
	series=$(build/bench/fixture "$TREES/$n" $n)
done
run_suite
