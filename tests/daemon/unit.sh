#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The unit tests, each a program of its own.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"

suite() {
	local source name dir=build/unit status
	[ $KIND = plain ] || dir=build/asan/unit
	for source in tests/daemon/unit/*.c; do
		name=$(basename "$source" .c)
		status=0
		"$dir/$name" >"$WORK/out" 2>"$WORK/err" || status=$?
		sed "s/^\(ok\|not ok\) - /&$TEST\/$name ($KIND): /" "$WORK/out"
		if [ $status = 0 ]; then
			ok "$name runs to its end"
		else
			not_ok "$name runs to its end" "exit status $status: $(cat "$WORK/err")"
		fi
	done
}

run_suite
