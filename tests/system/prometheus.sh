#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The demo as a user starts it, scraped by Debian's Prometheus; then Ctrl-C.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/results.sh
. tests/results.sh
# shellcheck source=tests/demo/lib.sh
. tests/demo/lib.sh
RESULTS_OF=prometheus
PATH=$PWD/build/cache/prometheus/usr/bin:$PATH
demo_port=19283
port=19090
query=http://127.0.0.1:$port/api/v1/query

work=$(mktemp -d)
prometheus=
# shellcheck disable=SC2317 # called by the trap
finish() {
	demo_end
	[ -z "$prometheus" ] || kill "$prometheus" 2>/dev/null || true
	wait
	rm -rf "$work"
}
trap finish EXIT

touch "$work/began"
demo_start $demo_port "$work" || exit 0
ok "the demo comes up"

cat >"$work/prometheus.yml" <<END
global:
  scrape_interval: 2s
scrape_configs:
  - job_name: kvm
    static_configs:
      - targets: ['127.0.0.1:$demo_port']
END
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" \
	--web.listen-address="127.0.0.1:$port" >"$work/prometheus.log" 2>&1 &
prometheus=$!

# ask PROMQL: the answer's "data.result".
ask() {
	curl -fsS -m 5 -G --data-urlencode "query=$1" "$query" 2>/dev/null | jq -c '.data.result'
}

passes() { ask "$2" | jq -e "$1"; }

# becomes SECONDS TEST PROMQL: within these seconds the answer passes jq's TEST.
becomes() {
	if ! wait_for "$1" passes "$2" "$3"; then
		ask "$3"
		return 1
	fi
}

# always_one SERIES: was, and is, 1.
always_one() {
	becomes 0 '.[0].value[1] == "1"' "min_over_time($1[1m])"
}

promtool_silent() {
	curl -fsS "http://127.0.0.1:$demo_port/metrics" >"$work/metrics" || return 1
	promtool check metrics <"$work/metrics" >"$work/promtool" 2>&1 && [ ! -s "$work/promtool" ] && return
	cat "$work/promtool"
	return 1
}

demo_ends() {
	kill -INT "$demo"
	wait "$demo"
}

leaves_nothing() {
	pgrep -fa "hostfwd=tcp:127.0.0.1:$demo_port" && return 1
	find build/bed -maxdepth 1 -name 'run.*' -newer "$work/began" | grep . && return 1
	return 0
}

check "PromQL answers the rate of exits by VM and reason" \
	becomes 60 'map(.metric.vm) | contains(["web1"]) and contains(["idle1"])' \
	'sum by (vm, reason) (rate(kvm_vm_exits_total[10s])) > 0'
# The busy guest reads a disk: that is I/O the host's user space handles.
check "the busy guest's I/O shows in its rates" becomes 30 'length >= 1' \
	'rate(kvm_vm_exits_total{vm="web1",reason="IO"}[10s]) > ignoring(vm, pid) rate(kvm_vm_exits_total{vm="idle1",reason="IO"}[10s])'
check "no scrape failed" always_one up
check "each collection succeeded" always_one kvm_exit_exporter_collector_success
check "promtool finds nothing" promtool_silent
mkdir -p build/page
PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 tests/page/demo.py "http://127.0.0.1:$demo_port" build/page
# Not in check's subshell, of which the demo is no child.
r=0
demo_ends || r=$?
check "Ctrl-C ends the demo" [ $r = 0 ]
demo=
check "the demo leaves nothing behind" leaves_nothing
