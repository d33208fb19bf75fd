#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a scrape of 1, 100, 1,000 and 2,000 VMs costs the exporter: CPU time, size, memory, latency,
# beside what it costs to merely read the files, and what a series costs Debian's node-exporter.
# CPU time on a machine that does other work tells little by itself, so everything that is compared
# is measured in turn, many times: the tables show the least of each; limits are for the medians of
# ratios, each of one turn.
# Only for make check-full: it is timed, if only as ratios. make bench runs it too.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/results.sh
. tests/results.sh
# shellcheck source=tests/bench/tools.sh
. tests/bench/tools.sh
# shellcheck disable=SC2034 # used by results.sh
RESULTS_OF=bench

SIZES=(1 100 1000 2000)
ROUNDS=8
SCRAPES=7
LOAD=10 # scrapes of each client
NS_PER_SERIES=150
MEMORY_MAX_KB=$((32 * 1024))

work='' pids=()
clean_up() {
	[ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null || true
	wait 2>/dev/null || true
	[ -z "$work" ] || rm -rf "$work"
}
trap clean_up EXIT

# at_most NAME VALUE LIMIT
at_most() {
	if [ "$2" -le "$3" ]; then
		ok "$1: $2, at most $3"
	else
		not_ok "$1" "$2, more than $3"
	fi
}

# field NAME LINE: the number after a name
field() {
	sed -n "s/.*\b$1 \([^ ]*\).*/\1/p" <<<"$2"
}

# start N: the exporter over a fixture of so many VMs; port[N] and pid[N]
declare -A port pid
start() {
	local n=$1
	build/bench/fixture "$work/$n" "$n" >/dev/null
	build/kvm-exit-exporter --web.listen-address=127.0.0.1:0 --path.debugfs="$work/$n/debugfs" \
		--path.procfs="$work/$n/proc" >"$work/$n.log" 2>&1 &
	pid[$n]=$!
	pids+=($!)
	wait_for 20 grep -q 'msg=ready' "$work/$n.log" || {
		cat "$work/$n.log" >&2
		exit 1
	}
	port[$n]=$(sed -n 's/.*127\.0\.0\.1:\([0-9]*\).*/\1/p' "$work/$n.log" | head -n 1)
}

# node-exporter does not say which port it took.
start_node_exporter() {
	local try
	for try in 1 2 3; do
		port[node]=$((20000 + (RANDOM + try) % 10000))
		build/cache/node-exporter/usr/bin/prometheus-node-exporter \
			--web.listen-address="127.0.0.1:${port[node]}" >"$work/node.log" 2>&1 &
		pid[node]=$!
		if wait_for 5 build/bench/scrape fetch "${port[node]}" && kill -0 "${pid[node]}" 2>/dev/null; then
			pids+=("${pid[node]}")
			return
		fi
		kill "${pid[node]}" 2>/dev/null || true
	done
	cat "$work/node.log" >&2
	exit 1
}

# cost WHO [KVM_DIRECTORY]: to last[WHO], last_floor[WHO]; keeps the least in cpu[WHO] and floor[WHO]
declare -A last last_floor cpu floor bytes gzip packed series
cost() {
	local line got
	line=$(build/bench/scrape cost "${pid[$1]}" "${port[$1]}" $SCRAPES "${@:2}")
	got=$(field cpu "$line")
	last[$1]=$got last_floor[$1]=$(field floor "$line")
	[ "${cpu[$1]:-$got}" -lt "$got" ] || cpu[$1]=$got
	got=$(field floor "$line")
	[ -z "$got" ] || [ "${floor[$1]:-$got}" -lt "$got" ] || floor[$1]=$got
	bytes[$1]=$(field bytes "$line") gzip[$1]=$(field gzip "$line") packed[$1]=$(field packed "$line") series[$1]=$(field series "$line")
}

median() {
	printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

resident() {
	awk '/^VmHWM:/ { print $2 }' "/proc/${pid[$1]}/status"
}

tests/fetch-node-exporter
build_tools
work=$(mktemp -d build/bench/scale.XXXXXX)
for n in "${SIZES[@]}"; do start "$n"; done
start_node_exporter
budgets=() doubles=() peers=()
for ((round = 0; round < ROUNDS; round++)); do
	echo "  scale: round $((round + 1)) of $ROUNDS" >&2
	for n in "${SIZES[@]}"; do cost "$n" "$work/$n/debugfs/kvm"; done
	cost node
	budgets+=($((last[1000] * 100 / (2 * last_floor[1000] + NS_PER_SERIES * series[1000]))))
	doubles+=($((last[2000] * 100 / last[1000])))
	peers+=($((last[1000] * 1000 * series[node] / (series[1000] * last[node]))))
done

# Latency is this machine's, and what else it does: for the reader only.
declare -A memory one many
for n in "${SIZES[@]}"; do
	one[$n]=$(build/bench/scrape load "${pid[$n]}" "${port[$n]}" 1 $((LOAD * 5)))
	for ((round = 0; round < LOAD; round++)); do build/bench/scrape burst "${port[$n]}" 20 >/dev/null; done
	memory[$n]=$(resident "$n")
	many[$n]=$(build/bench/scrape load "${pid[$n]}" "${port[$n]}" 20 $LOAD)
done

{
	echo "| VMs | series | CPU µs a scrape | reading alone | ns a series | bytes | gzip | CPU µs with gzip | resident KiB, 20 at once | 20 all the time |"
	echo "|---|---|---|---|---|---|---|---|---|---|"
	for n in "${SIZES[@]}"; do
		echo "| $n | ${series[$n]} | $((cpu[$n] / 1000)) | $((floor[$n] / 1000)) |" \
			"$((cpu[$n] / series[$n])) | ${bytes[$n]} | ${gzip[$n]} | $((packed[$n] / 1000)) | ${memory[$n]} | $(resident "$n") |"
	done
	echo "| node-exporter | ${series[node]} | $((cpu[node] / 1000)) | | $((cpu[node] / series[node])) |" \
		"${bytes[node]} | ${gzip[node]} | $((packed[node] / 1000)) | $(resident node) | |"
	echo
	echo "| VMs | 1 scraper: median µs | p99 | 20 scrapers: median µs | p99 | CPU µs an answer |"
	echo "|---|---|---|---|---|---|"
	for n in "${SIZES[@]}"; do
		echo "| $n | $(field median "${one[$n]}") | $(field p99 "${one[$n]}") |" \
			"$(field median "${many[$n]}") | $(field p99 "${many[$n]}") | $(($(field cpu "${many[$n]}") / 1000)) |"
	done
} | tee build/bench/scale.md

at_most "1,000 VMs: CPU a scrape, in % of 2 x reading + $NS_PER_SERIES ns a series" \
	"$(median "${budgets[@]}")" 100
at_most "1,000 VMs: resident KiB, 20 scrapes at once" "${memory[1000]}" $MEMORY_MAX_KB
at_most "2,000 VMs: CPU in % of 1,000" "$(median "${doubles[@]}")" 220
at_most "CPU of a series, in 1/1000 of node-exporter's" \
	"$(median "${peers[@]}")" 100
# They share snapshots and pages: all that is left for most is to be sent the page.
at_most "1,000 VMs: CPU of an answer among 20 scrapers, in % of one alone" \
	$(($(field cpu "${many[1000]}") * 100 / cpu[1000])) 50
[ -z "${RESULTS_FAILED:-}" ]
