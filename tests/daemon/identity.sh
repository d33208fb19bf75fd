#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Who a VM is, while processes hang, die, and pids are used again.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"

# hang PID: reading its command line waits until somebody writes it
hang() {
	process "$1" qemu-system-x86_64
	rm "$WORK/proc/$1/cmdline"
	mkfifo "$WORK/proc/$1/cmdline"
}

# label PID: the vm label of its series
label() {
	sed -n "s/^kvm_vm_vcpus{vm=\"\(.*\)\",pid=\"$1\"}.*/\1/p" "$WORK/metrics"
}

scrape_shows() {
	scrape
	[ "$(label "$1")" = "$2" ]
}

# over SECONDS: the last scrape took at least that, 1 or 0
over() {
	awk -v limit="$1" '/^kvm_exit_exporter_scrape_duration_seconds / { print ($2 >= limit) }' \
		"$WORK/metrics"
}

threads() {
	awk '/^Threads:/ { print $2 }' "/proc/$DAEMON/status"
}

hanging() {
	local i named=0
	# The attempt at the start has nothing to wait for.
	start
	hang 100
	simple_vm 100 3
	process 101 qemu-system-x86_64 -name quick
	simple_vm 101 3
	scrape
	same "hangs: served under its pid" 100 "$(label 100)"
	same "hangs: the other has its name" quick "$(label 101)"
	same "hangs: the first scrape waits for it" 1 "$(over 0.9)"
	scrape
	same "hangs: the next one does not" 0 "$(over 0.9)"
	process 102 qemu-system-x86_64 -name later
	simple_vm 102 3
	scrape
	same "hangs: a new VM gets its name" later "$(label 102)"
	same "hangs: without waiting for the old one" 0 "$(over 0.9)"
	printf 'qemu-system-x86_64\0-name\0awake\0' >"$WORK/proc/100/cmdline"
	wait_for 10 scrape_shows 100 awake || true
	same "hangs: its name comes when it wakes" awake "$(label 100)"

	same "hangs: nothing is waited for then" 0 "$(over 0.9)"

	# More of them than there are threads at first; names of others still come.
	for i in {200..211}; do
		hang "$i"
		simple_vm "$i" 3
	done
	for i in {300..319}; do
		process "$i" qemu-system-x86_64 -name "vm$i"
		simple_vm "$i" 3
	done
	scrape
	scrape
	for i in {300..319}; do
		[ "$(label "$i")" != "vm$i" ] || named=$((named + 1))
	done
	same "12 hang: the 20 others have their names" 20 "$named"
	for i in {400..460}; do
		hang "$i"
		simple_vm "$i" 3
	done
	scrape
	scrape
	same "73 hang: no wait" 0 "$(over 0.9)"
	same "73 hang: all VMs are served" 96 "$(grep -c ^kvm_vm_vcpus "$WORK/metrics")"
	check "73 hang: a bounded number of threads" [ "$(threads)" -le 24 ]
	rm -rf "$WORK"/debugfs/kvm/4*
	scrape
	same "VMs that go while they hang are gone" 35 "$(grep -c ^kvm_vm_vcpus "$WORK/metrics")"
	stops
}

used_again() {
	rm -rf "$WORK/debugfs/kvm" "$WORK/proc"
	mkdir -p "$WORK/debugfs/kvm" "$WORK/proc"
	boot_time 1700000000
	process 500 qemu-system-x86_64 -name old
	simple_vm 500 3
	start
	scrape
	same "the first VM" old "$(label 500)"
	rm -rf "$WORK/debugfs/kvm/500-3" "$WORK/proc/500"
	START=9900 process 500 firecracker --id new
	simple_vm 500 3
	scrape
	same "a pid and fd used again at once is another VM" new "$(label 500)"
	same "with its own start" 1700000099 \
		"$(value "$WORK/metrics" 'kvm_vm_start_time_seconds{vm="new",pid="500"}')"
	rm -rf "$WORK/debugfs/kvm/500-3"
	scrape
	same "a VM that has gone is gone" 0 "$(grep -c 'pid="500"' "$WORK/metrics" || true)"

	# The thread that made the VM has ended, and a process that began later has its number.
	process 600 qemu-system-x86_64 -name right
	thread 602 600
	START=$((($(date +%s) - 1700000000 + 3600) * 100)) process 601 qemu-system-x86_64 -name wrong
	simple_vm 601 3
	mkdir -p "$WORK/debugfs/kvm/601-3/vcpu0"
	echo 602 >"$WORK/debugfs/kvm/601-3/vcpu0/pid"
	scrape
	same "a thread younger than the VM did not make it" right "$(label 600)"
	stops
}

# Names are read once: what the process does to its command line later changes nothing.
once() {
	process 700 qemu-system-x86_64 -name first
	simple_vm 700 3
	start
	scrape
	process 700 qemu-system-x86_64 -name second
	scrape
	same "a name is read once in the life of a VM" first "$(label 700)"
	# A VM that is seen before its process: the guess is not kept.
	simple_vm 801 3
	scrape
	same "without a process: the thread's number" 801 "$(label 801)"
	process 800 qemu-system-x86_64 -name found
	thread 801 800
	scrape
	same "the process is found later" found "$(label 800)"
	stops
}

# told: how many lines of the log say that processes are not to be seen
told() {
	grep -c 'not to be seen' "$WORK/log" || true
}

# hidepid=2 hides the processes of others: their VMs are there all the same.
hidden() {
	rm -rf "$WORK/debugfs/kvm" "$WORK/proc"
	mkdir -p "$WORK/debugfs/kvm" "$WORK/proc"
	boot_time 1700000000
	simple_vm 900 3
	process 901 qemu-system-x86_64 -name seen
	simple_vm 901 3
	start
	scrape
	same "hidden: served under its number" 900 "$(label 900)"
	same "hidden: may just be going" 0 "$(told)"
	for _ in 1 2 3 4; do scrape; done
	same "hidden: told once" 1 "$(told)"
	same "hidden: the other has its name" seen "$(label 901)"
	process 900 qemu-system-x86_64 -name shown
	scrape
	same "shown: its name comes" shown "$(label 900)"
	stops
}

# namespace INODE NSPID: who the exporter is, by procfs
namespace() {
	mkdir -p "$WORK/proc/self/ns"
	ln -sfn "pid:[$1]" "$WORK/proc/self/ns/pid"
	printf 'Name:\tx\nTgid:\t7\nNSpid:\t%b\nNSsid:\t1\n' "$2" >"$WORK/proc/self/status"
	start
	scrape
	stops
}

# debugfs has the host's numbers: in a container's procfs they are somebody else's.
in_a_container() {
	namespace 4026531836 7
	same "on the host: a name" seen "$(label 901)"
	namespace 4026532177 7
	same "procfs of a container: no name is better than another's" 901 "$(label 901)"
	same "nor a start" 0 "$(grep -c ^kvm_vm_start "$WORK/metrics" || true)"
	namespace 4026532177 '4711\t7'
	same "in a container, with the host's procfs: a name" seen "$(label 901)"
}

suite() {
	hanging
	used_again
	once
	hidden
	in_a_container
}

run_suite
