#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Clients that are many, slow, or hostile: a scrape beside them is served.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"

# Debian's own, which has prometheus_client.
python() {
	PORT=$PORT DAEMON=$DAEMON RESULTS_OF=$RESULTS_OF PYTHONDONTWRITEBYTECODE=1 \
		/usr/bin/python3 "tests/daemon/$1" "${@:2}"
}

suite() {
	local inputs=10000 memory=()
	process 100 qemu-system-x86_64 -name a
	simple_vm 100 3
	start
	python crowd.py crowd
	python crowd.py hasty
	# 14 s of waiting, the same for both.
	[ "$KIND" = asan ] || python crowd.py slow
	# The sanitizers' shadow is not ours.
	[ "$KIND" = asan ] || memory=(24576) inputs=3000
	python fuzz_http.py 1 "$inputs" "${memory[@]}"
	same "and it still serves" 200 "$(code /metrics)"
	large_vms 300 340
	python crowd.py readers
	stops
	if [ "$KIND" = plain ]; then
		start
		python crowd.py staggered
		stops
	fi
}

run_suite
