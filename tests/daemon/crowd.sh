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

# A page that is larger than a socket's buffers.
large_host() {
	local i n
	{
		echo '# isa svm tsc_khz 2000000 on 1 vcpus 1 paused 0 dropped 0'
		echo '# code name count kernel user blocked'
		for n in {1..500}; do
			echo "$n A_REASON_WITH_A_LONG_NAME_TO_FILL_THE_PAGE_$n 1000000 2000000 3000000 4000000"
		done
	} >"$WORK/large"
	for i in {300..340}; do
		vm "$i" 3 <"$WORK/large"
	done
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
	large_host
	python crowd.py readers
	stops
	if [ "$KIND" = plain ]; then
		start
		python crowd.py staggered
		stops
	fi
}

run_suite
