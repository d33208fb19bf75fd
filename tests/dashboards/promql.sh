#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every expression of dashboards and rules, asked of a Prometheus that scrapes two exporters on a
# fixture host whose counters grow at known rates.
# shellcheck source=tests/dashboards/lib.sh
. "$(dirname "$0")/lib.sh"

new_work
KIND=plain
BIN=$PWD/build/kvm-exit-exporter
[ -x "$BIN" ] || { echo "$TEST: $BIN is not built: make" >&2; exit 1; }
mkdir -p "$WORK/debugfs/kvm" "$WORK/proc"

# stats FILE VCPUS N: what a VM's counters are after N steps. A step is 100 CPUID of 2 us, 50 IO
# of 10 us in KVM and 40 in the VMM, and 10 HLT of 10 us in KVM and 10 ms blocked.
stats() {
	local n=$3
	cat >"$1.new" <<-TABLE
		# isa svm tsc_khz 2000000 on 1 vcpus $2 paused $((n * 2000000)) dropped $n
		# code name count kernel user blocked
		114 CPUID $((n * 100)) $((n * 400000)) 0 0
		123 IO $((n * 50)) $((n * 1000000)) $((n * 4000000)) 0
		120 HLT $((n * 10)) $((n * 200000)) 0 $((n * 200000000))
		127 SHUTDOWN 1 3000 0 0
	TABLE
	mv "$1.new" "$1"
}

# The host after N steps: app1 of two vCPUs, and two VMs of one name.
host_at() {
	local kvm=$WORK/debugfs/kvm
	stats "$kvm/4242-9/exit_stats" 2 "$1"
	stats "$kvm/4242-9/vcpu0/exit_stats" 1 "$1"
	stats "$kvm/4242-9/vcpu1/exit_stats" 1 "$1"
	stats "$kvm/5001-9/exit_stats" 1 "$1"
	stats "$kvm/5002-9/exit_stats" 1 "$1"
}

boot_time 1700000000
process 4242 /usr/bin/qemu-system-x86_64 -name guest=app1 -uuid c7a5fdbd-edaf-9455-926a-d65c16db1809
process 5001 /usr/bin/qemu-system-x86_64 -name guest=twin
process 5002 /usr/bin/qemu-system-x86_64 -name guest=twin
vm 4242 9 0 1 </dev/null
vm 5001 9 </dev/null
vm 5002 9 </dev/null
# Far from 0, below which rate() does not extrapolate.
host_at 100000
(
	n=100000
	while [ -d "$WORK" ]; do
		n=$((n + 1))
		host_at $n
		sleep 0.3
	done
) 2>/dev/null &

start --collector.vcpu
one=$PORT
get /metrics >"$WORK/metrics"
start --collector.vcpu
prometheus_at "h1=127.0.0.1:$one" "h2=127.0.0.1:$PORT"

check "no metric that the exporter does not have" knows_metrics "$WORK/metrics"
if ! wait_for 60 has_data 'count(up == 1) == 2'; then
	not_ok "Prometheus scrapes both" "$(tail -n 3 "$WORK/prometheus.log")"
	exit 0
fi
# What the rates need.
wait_for 60 has_data 'min(count_over_time(up[40s])) >= 30' || true

check "every rule can be evaluated" rules_are_well
check "every recorded series has data" recorded_have_data
for board in "${BOARDS[@]}"; do
	check "$(basename "$board" .json): every query returns data, with the labels that it names" board_has_data "$board"
done

# panel BOARD TITLE LABEL VALUE: what the panel's first query says of that series, to 9 digits
panel() {
	local expr
	fill_in "dashboards/grafana/$1.json"
	expr=$(jq -r --arg title "$2" '[.panels[] | select(.title == $title).targets[0].expr][0]' "dashboards/grafana/$1.json")
	ask "$(filled_in "$expr")" |
		jq -r --arg l "$3" --arg v "$4" '.[] | select(.metric[$l] == $v).value[1] | tonumber * 1e9 | round'
}

# These do not depend on how fast the steps were.
same "vm: mean time of CPUID is 2 us" 2000 "$(panel vm "Mean time per exit by reason" reason CPUID)"
same "vm: mean time of IO, KVM and VMM, is 50 us" 50000 "$(panel vm "Mean time per exit by reason" reason IO)"
same "vm: mean time of HLT is without what is blocked" 10000 "$(panel vm "Mean time per exit by reason" reason HLT)"
same "host: mean time of IO is 50 us" 50000 "$(panel host "Mean time per exit by reason" reason IO)"
same "vm: the VMM's share is 2 of 102.8 ms" 19455253 "$(panel vm "Share by phase" phase user)"

# No alert but for what the fixture has: intervals are dropped (one of 160 exits: not enough).
quiet() {
	local firing
	firing=$(ask 'ALERTS' | jq -r '.[].metric | "\(.alertname) \(.instance) \(.vm)"')
	[ -z "$firing" ] || { echo "$firing"; return 1; }
}
check "a healthy host raises no alert" quiet
