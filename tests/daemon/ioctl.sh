#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The source "ioctl" where there is no KVM: processes that only look as if they had a VM, and what auto
# makes of them. With VMs: tests/system/26-source-ioctl.sh.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"

# served_none WHAT: a scrape that is a success, without a VM and without an error
served_none() {
	scrape || true
	same "$1: success" 1 "$(metric kvm_exit_exporter_collector_success)"
	same "$1: no VM" 0 "$(grep -c '^kvm_vm' "$WORK/metrics" || true)"
	same "$1: no error" 0 "$(metric kvm_exit_exporter_read_errors_total)"
	check "$1: the source" source_is ioctl configured
}

# open_as PID FD TARGET: a link in the fixture, as /proc has them
open_as() {
	mkdir -p "$WORK/proc/$1/fd"
	ln -sfn "$3" "$WORK/proc/$1/fd/$2"
}

# A number that no process has.
gone_pid() {
	local pid=4000000
	while [ -e /proc/$pid ]; do
		pid=$((pid - 1))
	done
	echo $pid
}

# Processes that are there only in the fixture, or hold other files than it says.
lookalikes() {
	local gone
	gone=$(gone_pid)
	boot_time 1700000000
	start --collector.source=ioctl
	served_none "no process"

	process "$gone" qemu-system-x86_64 -name ghost
	open_as "$gone" 9 anon_inode:kvm-vm
	open_as "$gone" 10 anon_inode:kvm-vcpu:0
	served_none "a process that has gone"
	same "a process that has gone: no such VM" 404 "$(code "/vm/$gone")"

	open_as 900 3 /tmp/anon_inode:kvm-vm
	open_as 900 4 anon_inode:kvm-vm-stats:1
	open_as 900 5 anon_inode:kvm
	open_as 900 6 "$(head -c 300 /dev/zero | tr '\0' x)"
	open_as 900 x anon_inode:kvm-vm
	open_as 900 -1 anon_inode:kvm-vm
	open_as 900 99999999999 anon_inode:kvm-vm
	touch "$WORK/proc/900/fd/7"
	mkdir -p "$WORK/proc/12x/fd" "$WORK/proc/0/fd" "$WORK/proc/901"
	ln -s anon_inode:kvm-vm "$WORK/proc/12x/fd/3"
	ln -s anon_inode:kvm-vm "$WORK/proc/0/fd/3"
	echo 3 >"$WORK/proc/901/fd"
	served_none "files that are only named like it"
	stops
	rm -rf "$WORK"/proc/*
}

# A real process, whose descriptor is not what the fixture says: as one that has been closed and used
# again since the links were read. No ioctl may reach it: its error would count.
reused_fd() {
	local pid
	sleep 1000 7<"$0" &
	pid=$!
	process $pid qemu-system-x86_64 -name imposter
	open_as $pid 7 anon_inode:kvm-vm
	open_as $pid 99 anon_inode:kvm-vm
	start --collector.source=ioctl --collector.vcpu
	served_none "a descriptor that is another file by now"
	served_none "and again"
	same "no descriptor is kept" 0 "$(find "/proc/$DAEMON/fd" -lname "*/$(basename "$0")" | wc -l)"
	stops
	kill $pid
	rm -rf "$WORK"/proc/*
}

# More links than are looked at.
many_fds() {
	local gone
	gone=$(gone_pid)
	mkdir -p "$WORK/proc/$gone/fd" "$WORK/proc/900/fd"
	# 60,000 that are none, and one that is.
	python3 - "$WORK/proc/900/fd" 60000 <<-'END'
		import os, sys
		for i in range(int(sys.argv[2])):
		    os.symlink("/dev/null", "%s/%d" % (sys.argv[1], i))
	END
	start --collector.source=ioctl
	served_none "60,000 descriptors"
	python3 - "$WORK/proc/900/fd" <<-'END'
		import os, sys
		for i in range(60000, 66000):
		    os.symlink("/dev/null", "%s/%d" % (sys.argv[1], i))
	END
	scrape
	same "66,000 descriptors: those beyond the bound are told as an error" 1 \
		"$(metric kvm_exit_exporter_read_errors_total)"
	same "66,000 descriptors: success" 1 "$(metric kvm_exit_exporter_collector_success)"
	same "a scrape takes less than 3 s" 1 \
		"$(awk '$1 == "kvm_exit_exporter_scrape_duration_seconds" { print $2 < 3 }' "$WORK/metrics")"
	stops
	rm -rf "$WORK"/proc/*
}

# Links come and go while they are read.
churn() {
	local n=0 gone=$1
	while [ ! -e "$WORK/enough" ]; do
		n=$((n + 1))
		open_as $((gone + n % 20)) 9 anon_inode:kvm-vm
		rm -rf "$WORK/proc/$((gone + (n + 7) % 20))"
	done
}

vanishing() {
	local churner bad=0 fds
	start --collector.source=ioctl --collector.vcpu
	scrape
	fds=$(metric process_open_fds)
	churn 4100000 &
	churner=$!
	for _ in {1..50}; do
		scrape || bad=$((bad + 1))
	done
	touch "$WORK/enough"
	wait $churner || true
	rm -rf "$WORK/enough" "$WORK"/proc/*
	same "50 scrapes while processes come and go: bad ones" 0 $bad
	served_none "processes that came and went"
	check "no fd is lost" wait_for 10 fds_at_most "$fds"
	stops
}

# What auto picks, and what is said without a source.
choices() {
	local gone
	gone=$(gone_pid)
	open_as "$gone" 9 anon_inode:kvm-vm
	simple_vm 100 3
	start
	scrape
	check "debugfs is better" source_is debugfs available
	same "debugfs is read" 1 "$(grep -c '^kvm_vm_exits_total{.*pid="100"' "$WORK/metrics")"
	mv "$WORK/debugfs/kvm" "$WORK/kvm"
	scrape
	check "no debugfs, and no VM that the ioctl reads" source_is none no_debugfs
	same "no debugfs: no error" 0 "$(metric kvm_exit_exporter_read_errors_total)"
	mv "$WORK/kvm" "$WORK/debugfs/kvm"
	scrape
	check "debugfs again" source_is debugfs available
	stops
	start --collector.source=ioctl
	served_none "debugfs is of no interest to the ioctl"
	rm -rf "$WORK/proc"
	scrape
	check "no procfs" source_is ioctl unreadable
	same "no procfs: no success" 0 "$(metric kvm_exit_exporter_collector_success)"
	stops
	mkdir "$WORK/proc"
	rm -rf "$WORK"/debugfs/kvm/*
}

# As another user, who may not look into the processes.
not_permitted() {
	local place
	if [ "$(id -u)" != 0 ] || ! command -v setpriv >/dev/null; then
		skip "may not look into processes" "needs root and setpriv"
		return
	fi
	place=$(mktemp -d)
	mkdir -p "$place/proc/900/fd" "$place/proc/901/fd"
	ln -s anon_inode:kvm-vm "$place/proc/900/fd/3"
	chmod 755 "$place"
	chmod 700 "$place/proc/900/fd" "$place/proc/901/fd"
	cp "$BIN" "$place/exporter"
	: >"$WORK/log"
	setpriv --reuid=65534 --regid=65534 --clear-groups "$place/exporter" \
		--collector.source=ioctl --web.listen-address=127.0.0.1:0 --path.procfs="$place/proc" \
		2>"$WORK/log" >/dev/null &
	DAEMON=$!
	wait_for 20 grep -q 'msg=ready' "$WORK/log" || true
	PORT=$(sed -n 's/.*127\.0\.0\.1:\([0-9]*\).*/\1/p' "$WORK/log" | head -n 1)
	scrape || true
	scrape || true
	scrape || true
	check "may not look into processes: says why" source_is ioctl missing_capability
	same "may not look into processes: no success" 0 "$(metric kvm_exit_exporter_collector_success)"
	same "may not look into processes: one line in the log" 1 \
		"$(grep -c 'CAP_SYS_PTRACE, CAP_PERFMON' "$WORK/log")"
	sound "may not look into processes" "$WORK/metrics"
	same "may not look into processes: /vms says so" 503 "$(code /vms)"
	stops
	rm -rf "$place"
}

suite() {
	lookalikes
	reused_fd
	[ $KIND = asan ] || many_fds
	vanishing
	choices
	not_permitted
}

run_suite
