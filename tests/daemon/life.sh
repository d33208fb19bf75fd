#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# VMs that come and go while they are read; hosts where there is nothing to read.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"

# nothing_to_read WHAT WHY [LINES]: three scrapes are served, and one line is logged, after so many
nothing_to_read() {
	local i lines=${3:-$(grep -c level=warn "$WORK/log")}
	for i in 1 2 3; do
		scrape || true
	done
	same "$1: no success" 0 "$(metric kvm_exit_exporter_collector_success)"
	same "$1: says why" 1 "$(metric "kvm_exit_exporter_source_info{source=\"none\",why=\"$2\"}")"
	same "$1: no error is counted" 0 "$(metric kvm_exit_exporter_read_errors_total)"
	same "$1: one line in the log" $((lines + 1)) "$(grep -c level=warn "$WORK/log")"
	sound "$1" "$WORK/metrics"
	same "$1: /vms says so" 503 "$(code /vms)"
	same "$1: /vm says so" 503 "$(code /vm/1)"
}

hosts() {
	local kvm=$WORK/debugfs/kvm
	rmdir "$kvm" "$WORK/debugfs"
	start
	# The first attempt was made at the start.
	nothing_to_read "no debugfs" no_debugfs "$(grep -c 'running as root' "$WORK/log")"
	mkdir "$WORK/debugfs"
	scrape
	same "debugfs is not mounted" 1 \
		"$(metric 'kvm_exit_exporter_source_info{source="none",why="no_debugfs"}')"
	mkdir "$WORK/debugfs/bdi"
	nothing_to_read "KVM is not loaded" no_kvm
	mkdir "$kvm"
	scrape
	same "no VMs: success" 1 "$(metric kvm_exit_exporter_collector_success)"
	same "no VMs: the source" 1 \
		"$(metric 'kvm_exit_exporter_source_info{source="debugfs",why="available"}')"
	same "no VMs: an empty list" '[]' "$(get /vms)"
	same "the end of a failure is told" 1 "$(grep -c 'collecting again' "$WORK/log")"
	mkdir "$kvm/100-3"
	echo 1 >"$kvm/100-3/exits"
	scrape
	same "a VM half made is no failure" 1 "$(metric kvm_exit_exporter_collector_success)"
	rm "$kvm/100-3/exits"
	touch -d '1 hour ago' "$kvm/100-3"
	nothing_to_read "neither exit statistics nor upstream's" unpatched_kernel
	simple_vm 100 3
	scrape
	same "then patched: success" 1 "$(metric kvm_exit_exporter_collector_success)"
	stops
	rm -rf "${kvm:?}"/*
	start --collector.source=debugfs
	scrape
	same "a source that was asked for" 1 \
		"$(metric 'kvm_exit_exporter_source_info{source="debugfs",why="configured"}')"
	rmdir "$kvm"
	scrape
	same "a source that was asked for and is not there" 1 \
		"$(metric 'kvm_exit_exporter_source_info{source="debugfs",why="no_kvm"}')"
	check "dump without a source fails" eval '! dump >/dev/null 2>&1'
	mkdir "$kvm"
	stops
}

# A dump of the tree in $place, as a user who is nobody.
dump_as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$place/exporter" dump \
		--path.debugfs="$place/debugfs" --path.procfs="$place/proc" >"$WORK/metrics" 2>/dev/null || true
}

# As another user, who may not look into debugfs.
not_permitted() {
	local place
	if [ "$(id -u)" != 0 ] || ! command -v setpriv >/dev/null; then
		skip "may not read debugfs" "needs root and setpriv"
		return
	fi
	simple_vm 100 3
	# Where another user may come: the way to our own folder may be closed to it.
	place=$(mktemp -d)
	chmod 755 "$place"
	cp -a "$WORK/debugfs" "$WORK/proc" "$place/"
	cp "$BIN" "$place/exporter"
	chmod 700 "$place/debugfs"
	dump_as_nobody
	same "may not read debugfs" 1 \
		"$(metric 'kvm_exit_exporter_source_info{source="none",why="permission_denied"}')"
	chmod 755 "$place/debugfs"
	chmod 600 "$place/debugfs/kvm/100-3/exit_stats"
	dump_as_nobody
	rm -rf "$place"
	same "may not read the file of a VM" 1 "$(metric kvm_exit_exporter_read_errors_total)"
	rm -rf "$WORK/debugfs/kvm/100-3"
}

# Make and remove VMs until told to stop: a name appears whole, as the kernel's do, and goes either
# whole or file by file.
churn() {
	local n=0 pid kvm=$WORK/debugfs/kvm
	while [ ! -e "$WORK/enough" ]; do
		n=$((n + 1))
		pid=$((2000 + n % 50))
		if [ -e "$kvm/$pid-4" ]; then
			if [ $((n % 3)) = 0 ]; then
				rm -rf "$kvm/$pid-4"
			else
				mv "$kvm/$pid-4" "$WORK/trash" && rm -rf "$WORK/trash"
			fi
		else
			process $pid qemu-system-x86_64 -name "vm$n"
			cp -r "$WORK/template" "$WORK/making"
			mv "$WORK/making" "$kvm/$pid-4"
		fi
	done
}

churned() {
	local i churner fds bad=0 stale=0 pid
	rm -rf "$WORK"/debugfs/kvm/*
	simple_vm 1999 4
	mv "$WORK/debugfs/kvm/1999-4" "$WORK/template"
	mkdir "$WORK/template/vcpu0"
	cp "$WORK/template/exit_stats" "$WORK/template/vcpu0/"
	process 1500 qemu-system-x86_64 -name steady
	simple_vm 1500 3
	start --collector.vcpu
	scrape
	fds=$(metric process_open_fds)
	churn &
	churner=$!
	for i in {1..60}; do
		if ! scrape || ! no_series_twice "$WORK/metrics" >/dev/null ||
			! families_whole "$WORK/metrics" >/dev/null ||
			[ "$(metric 'kvm_vm_exits_total{vm="steady",pid="1500",reason="CPUID"}')" != 100 ]; then
			bad=$((bad + 1))
		fi
		code /vm/$((2000 + i % 50)) >/dev/null
	done
	touch "$WORK/enough"
	wait $churner || true
	rm -f "$WORK/enough"
	same "60 scrapes while VMs come and go: bad ones" 0 $bad
	scrape
	same "a VM that merely went away is no error" 0 "$(metric kvm_exit_exporter_read_errors_total)"
	check "no fd is lost" wait_for 10 fds_at_most "$fds"
	while read -r pid; do
		[ -e "$WORK/debugfs/kvm/$pid-4" ] || [ "$pid" = 1500 ] || stale=$((stale + 1))
	done < <(sed -n 's/^kvm_vm_vcpus{.*pid="\([0-9]*\)".*/\1/p' "$WORK/metrics")
	same "no VM is served that has gone" 0 $stale
	same "every VM is served that is there" "$(find "$WORK/debugfs/kvm" -mindepth 1 -maxdepth 1 | wc -l)" \
		"$(grep -c ^kvm_vm_vcpus "$WORK/metrics")"
	same "success" 1 "$(metric kvm_exit_exporter_collector_success)"
	stops
	rm -rf "$WORK"/debugfs/kvm/* "$WORK/template"
}

# vCPU files are read for those who ask, and for nobody else.
vcpu_files() {
	local file=$WORK/debugfs/kvm/100-3/vcpu0/exit_stats
	simple_vm 100 3
	mkdir "$(dirname "$file")"
	echo garbage >"$file"
	touch -a -d 2000-01-01 "$file"
	start
	scrape
	get /vms >/dev/null
	same "/metrics and /vms do not read vCPU files" 0 "$(metric kvm_exit_exporter_read_errors_total)"
	same "nor touch them" 2000 "$(date -d "@$(stat -c %X "$file")" +%Y)"
	get /vm/100 >"$WORK/vm.json"
	scrape
	same "/vm/<pid> reads them" 1 "$(metric kvm_exit_exporter_read_errors_total)"
	same "a vCPU that cannot be read costs only itself" '100 0' \
		"$(jq -r '"\(.exits) \(.vcpus | length)"' "$WORK/vm.json")"
	same "a VM that is not asked for is left alone" 1 \
		"$(simple_vm 101 3; get /vm/101 >/dev/null; scrape; metric kvm_exit_exporter_read_errors_total)"
	stops
}

# Thousands of VMs that one scrape sees each: nothing is kept of them.
thousands() {
	local i pid before fds kvm=$WORK/debugfs/kvm bad=0
	rm -rf "${kvm:?}"/* "$WORK"/proc/*
	simple_vm 1999 4
	mkdir "$WORK/made" "$WORK/procs"
	for pid in {10000..10199}; do
		mkdir "$WORK/made/$pid-4" "$WORK/procs/$pid"
		cp "$kvm/1999-4/exit_stats" "$WORK/made/$pid-4/"
		printf 'qemu-system-x86_64\0-name\0guest=a-name-of-some-length-%s\0' "$pid" >"$WORK/procs/$pid/cmdline"
		printf 'Name:\tx\nTgid:\t%s\n' "$pid" >"$WORK/procs/$pid/status"
	done
	start
	for i in {1..12}; do
		mv "$WORK"/made/* "$kvm/"
		mv "$WORK"/procs/* "$WORK/proc/"
		scrape
		[ "$(grep -c ^kvm_vm_vcpus "$WORK/metrics")" = 201 ] || bad=$((bad + 1))
		mv "$kvm"/1????-4 "$WORK/made/"
		mv "$WORK"/proc/* "$WORK/procs/"
		scrape
		[ "$(grep -c ^kvm_vm_vcpus "$WORK/metrics")" = 1 ] || bad=$((bad + 1))
		# Once all that is lazy has been set up.
		if [ "$i" = 5 ]; then
			before=$(metric process_resident_memory_bytes)
			fds=$(metric process_open_fds)
		fi
	done
	same "2400 short lives: bad scrapes" 0 $bad
	check "2400 short lives: no fd is lost" wait_for 10 fds_at_most "$fds"
	# ASan keeps what is freed for a while.
	[ $KIND = asan ] || check "2400 short lives: no memory is kept" \
		[ "$(metric process_resident_memory_bytes)" -lt $((before + 1048576)) ]
	stops
	rm -rf "${kvm:?}"/* "$WORK"/proc/* "$WORK/made" "$WORK/procs"
}

suite() {
	thousands
	hosts
	not_permitted
	churned
	vcpu_files
}

run_suite
