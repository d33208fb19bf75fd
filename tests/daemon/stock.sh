#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An unpatched kernel: upstream's own statistics, and the way to exit statistics and back.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"

# stock_vm TID FD EXITS: a VM's directory as Debian's modules make it, two vCPUs
stock_vm() {
	local dir=$WORK/debugfs/kvm/$1-$2
	mkdir -p "$dir/vcpu0" "$dir/vcpu1"
	echo "$3" >"$dir/exits"
	echo 7 >"$dir/io_exits"
	echo 18446744073709551615 >"$dir/halt_exits"
	echo 1500000001 >"$dir/halt_wait_ns"
	# Gauges, peaks, histograms, and what is no statistic.
	echo 3 >"$dir/pages_4k"
	echo 4 >"$dir/max_mmu_rmap_size"
	echo '[1, 2]' >"$dir/halt_wait_hist"
	touch -d '1 hour ago' "$dir"
}

totals() {
	local labels='{vm="web",pid="100"}' file=$WORK/debugfs/kvm/100-3
	boot_time 1700000000
	process 100 qemu-system-x86_64 -name web -uuid 11111111-2222-3333-4444-555555555555
	process 200 qemu-system-x86_64 -name db
	stock_vm 100 3 41
	stock_vm 200 3 42
	start
	scrape
	check "auto: stock, since there are no exit statistics" source_is stock unpatched_kernel
	same "success" 1 "$(metric kvm_exit_exporter_collector_success)"
	same "exits" 41 "$(metric "kvm_vm_stat_exits_total$labels")"
	same "of the other" 42 "$(metric 'kvm_vm_stat_exits_total{vm="db",pid="200"}')"
	same "64 bits" 18446744073709551615 "$(metric "kvm_vm_stat_halt_exits_total$labels")"
	same "ns are seconds" 1.500000001 "$(metric "kvm_vm_stat_halt_wait_seconds_total$labels")"
	same "vCPUs" 2 "$(metric "kvm_vm_vcpus$labels")"
	same "start" 1700000042 "$(metric "kvm_vm_start_time_seconds$labels")"
	same "info" 1 "$(metric 'kvm_vm_info{vm="web",pid="100",uuid="11111111-2222-3333-4444-555555555555",vmm="qemu-system-x86_64",isa=""}')"
	same "nothing else of a VM" 14 "$(grep -c '^kvm_vm_' "$WORK/metrics")"
	same "no gauge" 0 "$(grep -c 'pages_4k\|rmap\|hist' "$WORK/metrics" || true)"
	same "errors" 0 "$(metric kvm_exit_exporter_read_errors_total)"
	sound "stock" "$WORK/metrics"
	scrape
	same "the way out is told, once" 1 "$(grep -c 'modules-install' "$WORK/log")"
	same "/vm" '100 web 41 41 1500000001 18446744073709551615' "$(get /vm/100 |
		sed 's/:\(18446744073709551615\)/:"\1"/' |
		jq -r '"\(.pid) \(.name) \(.exits) \(.stats.exits) \(.stats.halt_wait_ns) \(.stats.halt_exits)"')"
	same "/vm has no reasons" false "$(get /vm/100 | jq 'has("reasons") or has("cycles") or has("vcpus")')"
	same "/vms" '41 2 /vm/100-3' "$(get /vms | jq -r '.[0] | "\(.exits) \(.vcpu_count) \(.path)"')"

	echo 'not a number' >"$file/exits"
	scrape
	same "a file that is no number: that VM only" 1 "$(grep -c ^kvm_vm_vcpus "$WORK/metrics")"
	same "and an error" 1 "$(metric kvm_exit_exporter_read_errors_total)"
	for bad in '' 18446744073709551616 -1 '1 2' 12a; do
		echo "$bad" >"$file/exits"
		scrape
		same "'$bad' is no number" '' "$(metric "kvm_vm_stat_exits_total$labels")"
	done
	echo 41 >"$file/exits"

	# Patched modules are loaded: all VMs are new.
	rm -rf "$WORK"/debugfs/kvm/*
	simple_vm 100 3
	scrape
	check "patched modules are used from the next scrape" source_is debugfs available
	same "exits by reason" 100 "$(metric 'kvm_vm_exits_total{vm="web",pid="100",reason="CPUID"}')"
	same "upstream's are left alone" 0 "$(grep -c ^kvm_vm_stat "$WORK/metrics" || true)"
	same "that is told" 1 "$(grep -c 'using the exit statistics' "$WORK/log")"
	# Not as it can be: some VMs with, some without.
	stock_vm 200 3 42
	scrape
	check "exit statistics first" source_is debugfs available
	same "of those that have them" 1 "$(grep -c ^kvm_vm_vcpus "$WORK/metrics")"
	rm -rf "$WORK/debugfs/kvm/100-3"
	scrape
	check "and back" source_is stock unpatched_kernel
	stops

	simple_vm 100 3
	start --collector.source=stock
	scrape
	check "asked for" source_is stock configured
	same "asked for: served from upstream's files, whatever else there is" 17 \
		"$(metric "kvm_vm_stat_exits_total$labels")"
	same "asked for: nothing to tell" 0 "$(grep -c modules-install "$WORK/log" || true)"
	stops
	start --collector.source=debugfs
	scrape
	same "debugfs asked for: no totals" 0 "$(grep -c ^kvm_vm_stat "$WORK/metrics" || true)"
	stops
	same "dump --format=json" 42 "$(dump --format=json --collector.source=stock | jq '.[1].stats.exits')"
	rm -rf "$WORK"/debugfs/kvm/*
	start
	scrape
	check "no VM: nothing is known of the modules" source_is debugfs available
	stops
}

# The list is the kernel's: what only grows there, and nothing else.
list() {
	local linux want got
	linux=$(find build/cache -mindepth 2 -maxdepth 2 -name linux 2>/dev/null | sort -V | tail -n 1)
	if [ -z "$linux" ]; then
		skip "the list is the kernel's" "no kernel source here; see make modules"
		return
	fi
	want=$(cat <(sed -n '/define KVM_GENERIC_VM_STATS/,/^$/p; /define KVM_GENERIC_VCPU_STATS/,/^$/p' \
		"$linux/include/linux/kvm_host.h") \
		<(sed -n '/kvm_stats_desc kvm_v[mcpu]*_stats_desc\[\]/,/^};/p' "$linux/arch/x86/kvm/x86.c") |
		grep -oE 'STATS_DESC_(COUNTER|TIME_NSEC)\([^)]*' | sed 's/.*[ ,]//' | sort)
	got=$(sed -n 's/^\t{"\([^"]*\)".*/\1/p' daemon/stock_stats.c | sort)
	same "the list is the kernel's" "$want" "$got"
	same "seconds are what the kernel has in ns" "$(sed -n 's/^\t{"\([a-z_]*\)_ns".*/\1_seconds/p' daemon/stock_stats.c)" \
		"$(sed -n 's/^\t{.*"\([a-z_]*\)", true},/\1/p' daemon/stock_stats.c)"
}

suite() {
	totals
	[ $KIND = asan ] || list
}

run_suite
