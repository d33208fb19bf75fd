#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Thread sanitizer: 20 scrapers at once while VMs come, go and hang; valgrind: the plain binary.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"

# Make and remove VMs until told to stop; now and then one hangs for a while.
churn() {
	local n=0 pid kvm=$WORK/debugfs/kvm
	while [ ! -e "$WORK/enough" ]; do
		n=$((n + 1))
		echo $n >"$WORK/churned"
		pid=$((2000 + n % 40))
		if [ -e "$kvm/$pid-4" ]; then
			rm -rf "$kvm/$pid-4"
		else
			process $pid qemu-system-x86_64 -name "vm$n"
			simple_vm $pid 4
			mkdir -p "$kvm/$pid-4/vcpu0"
			cp "$kvm/$pid-4/exit_stats" "$kvm/$pid-4/vcpu0/" 2>/dev/null || true
		fi
		# Two seconds of four: longer than the exporter is patient.
		case $((SECONDS % 4)) in
		1 | 2)
			: >"$kvm/1501-3/exit_stats.hangs"
			: 2>/dev/null >"$WORK/proc/$pid/cmdline.hangs" || true
			;;
		*) rm -f "$kvm/1501-3/exit_stats.hangs" "$WORK"/proc/*/cmdline.hangs ;;
		esac
	done
	rm -f "$kvm/1501-3/exit_stats.hangs" "$WORK"/proc/*/cmdline.hangs
}

# scraper N: all pages, until told to stop
scraper() {
	local base=http://127.0.0.1:$PORT
	while [ ! -e "$WORK/enough" ]; do
		# One process for all: those that make and remove VMs need the CPUs too.
		curl -sS --max-time 30 "$base/metrics" "$base/vms" "$base/metrics" "$base/vm/1500" \
			"$base/vm/$((2000 + ($1 * 7 + SECONDS) % 40))" "$base/metrics" "$base/" >/dev/null ||
			echo failed
		sleep 0.1
	done
}

# scrapers N: what failed
scrapers() {
	local i
	for ((i = 0; i < $1; i++)); do scraper $i & done | head -n 3
}

came_and_went() {
	[ "$(cat "$WORK/churned")" -gt 60 ]
}

# For eight seconds, or longer on a slow machine.
enough() {
	sleep 8
	wait_for 60 came_and_went || true
	wait_for 60 grep -q 'vm=1501-3' "$WORK/log" || true
	touch "$WORK/enough"
}

host() {
	rm -rf "$WORK"/debugfs/kvm/* "$WORK"/proc/*
	boot_time 1700000000
	process 1500 qemu-system-x86_64 -name steady
	simple_vm 1500 3
	process 1501 qemu-system-x86_64 -name moody
	simple_vm 1501 3
}

thread_sanitizer() {
	local others
	BIN=$PWD/build/tsan/kvm-exit-exporter
	host
	export TSAN_OPTIONS=exitcode=99:halt_on_error=1
	LD_PRELOAD="$(cc -print-file-name=libtsan.so) $PWD/build/tests/hang.so" start --collector.vcpu
	churn &
	others=$!
	enough &
	others+=" $!"
	same "20 scrapers while VMs come, go and hang: failed requests" '' "$(scrapers 20)"
	# shellcheck disable=SC2086 # two
	wait $others || true
	rm -f "$WORK/enough"
	check "VMs did come and go meanwhile" came_and_went
	same "serves on" 200 "$(code /metrics)"
	check "VMs did hang meanwhile" grep -q 'vm=1501-3' "$WORK/log"
	stops
	same "thread sanitizer has nothing to say" 0 "$(grep -c ThreadSanitizer "$WORK/log" || true)"
}

memcheck() {
	local i
	host
	simple_vm 1502 3
	BIN=$WORK/under-valgrind
	printf '#!/bin/sh\nexec valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect "%s" "$@"\n' \
		"$PWD/build/kvm-exit-exporter" >"$BIN"
	chmod +x "$BIN"
	start --collector.vcpu
	for i in {1..5}; do
		for path in /metrics /vms /vm/1500 /vm/1 / /nothing; do get "$path" >/dev/null; done
		process "160$i" firecracker --id "fc$i"
		simple_vm "160$i" 3
		rm -rf "$WORK/debugfs/kvm/1502-3"
	done
	same "under valgrind: VMs" 7 "$(get /vms | jq length)"
	stops
	same "valgrind has nothing to say" 0 "$(grep -c '^==' "$WORK/log" || true)"
	# The other source, and the command.
	rm "$WORK"/debugfs/kvm/*/exit_stats
	touch -d '1 hour ago' "$WORK"/debugfs/kvm/*
	check "dump under valgrind" dump --format=json
	same "of upstream's statistics" 7 "$(dump | grep -c '^kvm_vm_stat_exits_total')"
}

# Once: each part has its own binary.
suite() {
	[ $KIND = plain ] || return 0
	RESULTS_OF=$TEST
	thread_sanitizer
	need valgrind
	memcheck
}

run_suite
