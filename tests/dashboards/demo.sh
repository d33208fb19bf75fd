#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Only for make check-full: every expression of dashboards and rules, asked of a Prometheus that has
# scraped the demo for two minutes. Panels by vCPU are left out: the demo runs without --collector.vcpu.
# shellcheck source=tests/dashboards/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/demo/lib.sh
. tests/demo/lib.sh

RESULTS_OF="dashboards (demo)"
new_work
port=19284

end_demo() {
	demo_end
	clean_up
}
trap end_demo EXIT

demo_start $port "$WORK" || exit 0
prometheus_at "demo=127.0.0.1:$port"
if ! wait_for 150 has_data 'count_over_time(up[3m]) >= 120'; then
	not_ok "Prometheus scrapes the demo for two minutes" "$(tail -n 3 "$WORK/prometheus.log")"
	exit 0
fi
check "every rule can be evaluated" rules_are_well
# Its guests do nothing unexpected: there is no such series.
recorded() {
	recorded_have_data | grep -v '^instance_vm_reason:kvm_vm_exits_unexpected:increase10m: \[\]$' && return 1
	return 0
}
check "every recorded series has data" recorded
for board in "${BOARDS[@]}"; do
	check "$(basename "$board" .json): every query returns data, with the labels that it names" \
		board_has_data "$board" kvm_vcpu_
done
