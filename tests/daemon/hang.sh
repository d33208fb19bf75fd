#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VMs whose files hang when they are read: each costs itself, and no scrape its time.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"
# Not to leave a mount behind, whatever happens.
trap 'umount -l "$WORK/debugfs/kvm/150-3" 2>/dev/null || true; clean_up' EXIT

# The seconds that the last scrape took, in ms.
took() {
	awk '/^kvm_exit_exporter_scrape_duration_seconds / { printf "%d\n", $2 * 1000 }' "$WORK/metrics"
}

errors() {
	value "$WORK/metrics" kvm_exit_exporter_read_errors_total
}

served() {
	grep -c ^kvm_vm_vcpus "$WORK/metrics" || true
}

serves() {
	scrape && [ "$(served)" = "$1" ]
}

threads() {
	awk '/^Threads:/ { print $2 }' "/proc/$DAEMON/status"
}

# A client's connection is closed a little after its answer.
few_fds() {
	[ "$(open_fds)" -le "$1" ]
}

few_threads() {
	[ "$(threads)" -le "$1" ]
}

# Each within half a second.
three_quick() {
	local i
	for i in 1 2 3; do
		scrape && [ "$(took)" -lt 500 ] || return 1
	done
}

# quick NAME: three scrapes, one after the other. A busy machine may stop anybody for a moment.
quick() {
	check "$1: the next scrapes are quick" wait_for 10 three_quick
}

stats_of() {
	echo "$WORK/debugfs/kvm/$1-3/exit_stats"
}

hangs() {
	touch "$1.hangs"
}

wakes() {
	rm -f "$1.hangs"
}

# make_vms FIRST LAST
make_vms() {
	local i
	for ((i = $1; i <= $2; i++)); do
		process $i qemu-system-x86_64 -name "vm$i"
		simple_vm $i 3
	done
}

# shellcheck disable=SC2120
preloaded() {
	local libs=$PWD/build/tests/hang.so
	# ASan must come first.
	[ $KIND = plain ] || libs="$(cc -print-file-name=libasan.so) $libs"
	LD_PRELOAD=$libs start "$@"
}

one() {
	local before idle
	make_vms 100 119
	preloaded
	scrape
	same "all well: VMs" 20 "$(served)"
	idle=$(threads)
	before=$(open_fds)
	hangs "$(stats_of 110)"
	scrape
	same "one hangs: it alone is missing" 19 "$(served)"
	same "one hangs: an error is counted" 1 "$(errors)"
	check "one hangs: the scrape waits about a second" [ "$(took)" -lt 2500 ]
	same "one hangs: success" 1 "$(value "$WORK/metrics" kvm_exit_exporter_collector_success)"
	same "one hangs: /vm of it" 500 "$(code /vm/110)"
	quick "one hangs"
	same "one hangs: it alone is missing still" 19 "$(served)"
	check "one hangs: one thread more" few_threads $((idle + 1))
	same "one hangs: is told once" 1 "$(grep -c 'vm=110-3' "$WORK/log")"
	same "one hangs: 20 scrapes at once" 20 "$(
		for _ in {1..20}; do get /metrics -o /dev/null -w '%{http_code}\n' & done | grep -cx 200
	)"
	check "one hangs: nothing piles up" few_threads $((idle + 1))
	wakes "$(stats_of 110)"
	check "it comes back: all are served" wait_for 10 serves 20
	check "it comes back: its thread ends" wait_for 10 few_threads "$idle"
	scrape
	check "it comes back: no fd is lost" wait_for 5 few_fds "$before"
	stops
}

many() {
	local i
	preloaded
	make_vms 200 259
	for i in {205..224}; do hangs "$(stats_of "$i")"; done
	scrape
	check "20 of 80 hang from the first: within seconds" [ "$(took)" -lt 5500 ]
	check "20 hang: the others are found soon" wait_for 30 serves 60
	quick "20 hang"
	same "20 hang: the others" 60 "$(served)"
	# All that there are: nothing can be read, and that is said.
	for i in {100..119} {200..259}; do hangs "$(stats_of "$i")"; done
	for i in {1..12}; do scrape; done
	same "all hang: no success" 0 "$(value "$WORK/metrics" kvm_exit_exporter_collector_success)"
	same "all hang: says why" 1 \
		"$(value "$WORK/metrics" 'kvm_exit_exporter_source_info{source="none",why="hangs"}')"
	check "all hang: a bounded number of threads" few_threads 48
	quick "all hang"
	sound "all hang" "$WORK/metrics"
	for i in {100..119} {200..259}; do wakes "$(stats_of "$i")"; done
	check "all come back: all are served" wait_for 20 serves 80
	check "all come back: the threads end" wait_for 10 few_threads 16
	stops
	rm -rf "$WORK"/debugfs/kvm/* "$WORK"/proc/*
}

# What is not of a VM's counters.
others() {
	local file name n=400
	rm -rf "$WORK"/debugfs/kvm/* "$WORK"/proc/*
	make_vms 400 409
	boot_time 1700000000
	preloaded
	scrape
	for file in status stat cmdline; do
		n=$((n + 100))
		process $n qemu-system-x86_64 -name "vm$n"
		hangs "$WORK/proc/$n/$file"
		simple_vm $n 3
		scrape
		check "$file hangs: in time" [ "$(took)" -lt 2500 ]
		check "$file hangs: the others are served" [ "$(served)" -ge 10 ]
		quick "$file hangs"
		check "$file hangs: is counted" [ "$(errors)" -ge 1 ]
		wakes "$WORK/proc/$n/$file"
		name="kvm_vm_vcpus{vm=\"vm$n\",pid=\"$n\"}"
		check "$file comes back: the VM has its name" wait_for 10 eval \
			"scrape; grep -qF '$name' '$WORK/metrics'"
	done
	# The vCPUs of a VM, for who asks.
	mkdir "$WORK/debugfs/kvm/400-3/vcpu0"
	cp "$(stats_of 400)" "$WORK/debugfs/kvm/400-3/vcpu0/exit_stats"
	hangs "$WORK/debugfs/kvm/400-3/vcpu0/exit_stats"
	same "a vCPU's file hangs: the VM fails" 500 "$(code /vm/400)"
	wakes "$WORK/debugfs/kvm/400-3/vcpu0/exit_stats"
	check "a vCPU's file comes back" wait_for 10 get /vm/400 -f
	stops
	touch "$WORK/proc/stat.opens"
	preloaded
	scrape
	same "/proc/stat hangs: all are served" 13 "$(served)"
	same "/proc/stat hangs: without a start" 0 "$(grep -c ^kvm_vm_start "$WORK/metrics" || true)"
	quick "/proc/stat hangs"
	# Ends although a read hangs.
	hangs "$(stats_of 405)"
	scrape
	stops
	rm -rf "$WORK"/debugfs/kvm/* "$WORK"/proc/*
}

# The real thing: the kernel does not come back from the read, and no signal helps.
fuse() {
	local dir=$WORK/debugfs/kvm/150-3 fs
	if [ ! -w /dev/fuse ] || [ "$(id -u)" != 0 ]; then
		skip "a FUSE file that never answers" "needs root and /dev/fuse"
		return
	fi
	make_vms 140 149
	# The attempt at the start sees nothing that hangs.
	start
	process 150 qemu-system-x86_64 -name vm150
	mkdir -p "$dir"
	touch "$WORK/hold"
	build/tests/hangfs "$dir" exit_stats "$WORK/hold" &
	fs=$!
	if ! wait_for 5 mountpoint -q "$dir"; then
		skip "a FUSE file that never answers" "may not mount here"
		stops
		rm -rf "$WORK"/debugfs/kvm/* "$WORK"/proc/*
		return
	fi
	scrape
	same "FUSE: the others are served" 10 "$(served)"
	check "FUSE: the scrape ends" [ "$(took)" -lt 2500 ]
	same "FUSE: an error is counted" 1 "$(errors)"
	quick "FUSE"
	same "FUSE: the others are still served" 10 "$(served)"
	touch "$WORK/hold.stat"
	simple_vm 152 3
	scrape
	same "FUSE, to list it hangs: the others are served" 11 "$(served)"
	check "FUSE, to list it hangs: the scrape ends" [ "$(took)" -lt 2500 ]
	quick "FUSE, to list it hangs"
	check "FUSE, to list it hangs: an error each time" [ "$(errors)" -ge 8 ]
	rm "$WORK/hold" "$WORK/hold.stat"
	simple_vm 151 3
	check "FUSE: when it has answered a new VM is served" wait_for 10 serves 12
	stops
	umount "$dir"
	wait $fs || true
	rm -rf "$WORK"/debugfs/kvm/* "$WORK"/proc/*
}

suite() {
	# They take their time; the sanitizers see no more than in the others.
	[ $KIND = asan ] || fuse
	one
	[ $KIND = asan ] || many
	others
}

run_suite_at_once
