#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The demo as a user starts it, scraped by Debian's Prometheus; then Ctrl-C.
set -euo pipefail
cd "$(dirname "$0")/../.."
PATH=$PWD/build/cache/prometheus/usr/bin:$PATH
demo_port=19283
port=19090
query=http://127.0.0.1:$port/api/v1/query

work=$(mktemp -d)
demo=
prometheus=
# shellcheck disable=SC2317 # called by the trap
finish() {
	[ -z "$demo" ] || kill -INT "$demo" 2>/dev/null || true
	[ -z "$prometheus" ] || kill "$prometheus" 2>/dev/null || true
	wait
	rm -rf "$work"
}
trap finish EXIT

check() {
	if [ "$2" = 0 ]; then
		echo "ok - prometheus: $1"
	else
		echo "not ok - prometheus: $1: ${3:-}"
	fi
}

# wait_for SECONDS COMMAND...
wait_for() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.5
	done
}

touch "$work/began"
# In the background bash ignores SIGINT, and so would the demo: env puts it back.
PORT=$demo_port env --default-signal=INT tests/demo/run >"$work/demo.out" 2>"$work/demo.err" &
demo=$!
demo_up() { grep -q 'Ctrl-C ends it' "$work/demo.out" || ! kill -0 "$demo" 2>/dev/null; }
wait_for 240 demo_up || true
if ! grep -q 'Ctrl-C ends it' "$work/demo.out"; then
	check "the demo comes up" 1 "$(tail -c 300 "$work/demo.err" | tr '\r\n' '  ')"
	exit 0
fi
check "the demo comes up" 0

cat >"$work/prometheus.yml" <<END
global:
  scrape_interval: 1s
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
rate='sum by (vm, reason) (rate(kvm_vm_exits_total[10s])) > 0'
has_rates() {
	ask "$rate" | jq -e 'map(.metric.vm) | contains(["web1"]) and contains(["idle1"])' >/dev/null 2>&1
}

r=0
wait_for 60 has_rates || r=1
check "PromQL answers the rate of exits by VM and reason" $r "$(ask "$rate" | cut -c 1-200)"

# The busy guest reads a disk: that is I/O the host's user space handles.
io='rate(kvm_vm_exits_total{vm="web1",reason="IO"}[10s]) > ignoring(vm, pid) rate(kvm_vm_exits_total{vm="idle1",reason="IO"}[10s])'
busy() { [ "$(ask "$io" | jq length)" -ge 1 ]; }
r=0
wait_for 30 busy || r=1
check "the busy guest's I/O shows in its rates" $r "$(ask 'rate(kvm_vm_exits_total{vm="web1"}[10s])' | cut -c 1-300)"

up=$(ask 'min_over_time(up[1m])' | jq -r '.[0].value[1]')
check "no scrape failed" "$([ "$up" = 1 ] && echo 0 || echo 1)" "min_over_time(up) is $up"
ok=$(ask 'min_over_time(kvm_exit_exporter_collector_success[1m])' | jq -r '.[0].value[1]')
check "each collection succeeded" "$([ "$ok" = 1 ] && echo 0 || echo 1)" "collector_success is $ok"

r=0
curl -fsS "http://127.0.0.1:$demo_port/metrics" | promtool check metrics >"$work/promtool" 2>&1 || r=1
[ ! -s "$work/promtool" ] || r=1
check "promtool finds nothing" $r "$(tr '\n' ' ' <"$work/promtool")"

kill -INT "$demo"
r=0
wait "$demo" || r=$?
check "Ctrl-C ends the demo" "$r" "exit status $r"
demo=
left=$(pgrep -f "hostfwd=tcp:127.0.0.1:$demo_port" || true)
left+=$(find build/bed -maxdepth 1 -name 'run.*' -newer "$work/began")
check "the demo leaves nothing behind" "$([ -z "$left" ] && echo 0 || echo 1)" "$left"
