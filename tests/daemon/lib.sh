# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the daemon's tests share. A test defines suite() and ends with run_suite: it is run once with
# the plain binary and once with the one built with ASan and UBSan, $BIN, each in a fresh directory
# $WORK with an empty fixture: $WORK/debugfs and $WORK/proc.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/results.sh
. tests/results.sh
PATH=$PWD/build/cache/prometheus/usr/bin:$PATH
export LC_ALL=C
export ASAN_OPTIONS=detect_leaks=1:exitcode=99 UBSAN_OPTIONS=halt_on_error=1:exitcode=99

TEST=$(basename "$0" .sh)
KIND=
BIN=
WORK=
PORT=
DAEMON=

# same NAME WANT GOT
same() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "want '$2', got '$3'"
	fi
}

need() {
	local program
	for program in "$@"; do
		command -v "$program" >/dev/null || {
			echo "$TEST: no $program here; see 'make deps'" >&2
			exit 1
		}
	done
}

# --- fixtures, in the form that KVM and the kernel give them ---

# vm TID FD [VCPU_ID...] <exit_stats: a VM's directory in debugfs. Its vCPUs get a directory each.
vm() {
	local dir=$WORK/debugfs/kvm/$1-$2 id
	mkdir -p "$dir"
	cat >"$dir/exit_stats"
	# Upstream's own files stand beside ours.
	echo 17 >"$dir/exits"
	for id in "${@:3}"; do
		mkdir -p "$dir/vcpu$id"
	done
}

# simple_vm TID FD: a VM with one exit reason
simple_vm() {
	vm "$1" "$2" <<-'END'
		# isa svm tsc_khz 2000000 on 1 vcpus 1 paused 0 dropped 0
		# code name count kernel user blocked
		114 CPUID 100 200000000 0 0
	END
}

# large_vms FIRST LAST: so much to say of each that a page is larger than a socket's buffers
large_vms() {
	local i
	{
		echo '# isa svm tsc_khz 2000000 on 1 vcpus 1 paused 0 dropped 0'
		echo '# code name count kernel user blocked'
		for i in {1..500}; do
			echo "$i A_REASON_WITH_A_LONG_NAME_TO_FILL_THE_PAGE_$i 1000000 2000000 3000000 4000000"
		done
	} >"$WORK/large"
	for ((i = $1; i <= $2; i++)); do
		vm "$i" 3 <"$WORK/large"
	done
}

# process PID ARGUMENT...: its command line and its status
process() {
	local dir=$WORK/proc/$1
	mkdir -p "$dir"
	printf '%s\0' "${@:2}" >"$dir/cmdline"
	thread "$1" "$1"
	printf '%s (%.15s) S 1 %s %s 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 4 0 %s 1 1\n' \
		"$1" "$(basename "$2")" "$1" "$1" "${START:-4200}" >"$dir/stat"
}

# thread TID PID
thread() {
	mkdir -p "$WORK/proc/$1"
	printf 'Name:\tsomething\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t%s\nNgid:\t0\nPid:\t%s\n' \
		"$2" "$1" >"$WORK/proc/$1/status"
}

boot_time() {
	printf 'cpu  1 2 3 4\ncpu0 1 2 3 4\nintr 1 2 3\nctxt 5\nbtime %s\nprocesses 9\n' "$1" \
		>"$WORK/proc/stat"
}

# --- the daemon ---

dump() {
	"$BIN" dump --path.debugfs="$WORK/debugfs" --path.procfs="$WORK/proc" --log.level=error "$@"
}

# start [OPTION...]: the server on a free port, $PORT; its log in $WORK/log
start() {
	: >"$WORK/log"
	"$BIN" --web.listen-address=127.0.0.1:0 --path.debugfs="$WORK/debugfs" \
		--path.procfs="$WORK/proc" "$@" >"$WORK/stdout" 2>>"$WORK/log" &
	DAEMON=$!
	if ! wait_for 20 grep -q 'msg=ready\|"msg":"ready"' "$WORK/log"; then
		echo "$TEST: the daemon does not start: $(cat "$WORK/log")" >&2
		exit 1
	fi
	PORT=$(sed -n 's/.*127\.0\.0\.1:\([0-9]*\).*/\1/p' "$WORK/log" | head -n 1)
}

# stops [SIGNAL]: the daemon ends with status 0, and no sanitizer has spoken
stops() {
	local status=0
	# It may have ended already: its status tells how.
	kill "-${1:-TERM}" "$DAEMON" 2>/dev/null || true
	wait "$DAEMON" || status=$?
	DAEMON=
	if [ $status != 0 ]; then
		not_ok "ends on SIG${1:-TERM}" "exit status $status: $(tail -n 20 "$WORK/log")"
	elif grep -qE 'Sanitizer|runtime error' "$WORK/log"; then
		not_ok "ends on SIG${1:-TERM}" "$(grep -E 'Sanitizer|runtime error' "$WORK/log")"
	else
		ok "ends on SIG${1:-TERM}"
	fi
}

# get PATH [CURL-OPTION...]
get() {
	curl -sS --max-time 30 "${@:2}" "http://127.0.0.1:$PORT$1"
}

# send FD TEXT: at once, \-escapes are printf's. Fails if the other side has left: the shell itself would
# write line by line, and be killed.
send() {
	# shellcheck disable=SC2059 # it is a format
	printf "$2" | dd bs=64K iflag=fullblock status=none 1>&"$1" 2>/dev/null
}

# open_fds: how many the daemon has, as /proc says
open_fds() {
	find "/proc/$DAEMON/fd" -mindepth 1 | wc -l
}

# fds_at_most N: the exporter says that it has no more open. Wait for it: the connection of the client
# before may not be closed yet.
fds_at_most() {
	[ "$(value <(get /metrics) process_open_fds)" -le "$1" ]
}

# code PATH [CURL-OPTION...]: the status code
code() {
	get "$1" -o /dev/null -w '%{http_code}' "${@:2}"
}

# value FILE SERIES: the value of one series
value() {
	awk -v series="$2" 'index($0, series " ") == 1 { print substr($0, length(series) + 2) }' "$1"
}

# The metrics into a file, and the value of one of these.
scrape() {
	get /metrics -f >"$WORK/metrics"
}

metric() {
	value "$WORK/metrics" "$1"
}

# source_is SOURCE WHY
source_is() {
	[ "$(metric "kvm_exit_exporter_source_info{source=\"$1\",why=\"$2\"}")" = 1 ] ||
		{ grep source_info "$WORK/metrics"; return 1; }
}

# no_series_twice FILE
no_series_twice() {
	local twice
	twice=$(grep -v '^#' "$1" | sed 's/ [^ ]*$//' | sort | uniq -d)
	[ -z "$twice" ] || { echo "$twice"; return 1; }
}

# families_whole FILE: HELP and TYPE come first, and no family comes twice
families_whole() {
	awk '
	/^# HELP / { help = $3; if (seen[$3]++) { print $3 " twice"; bad = 1 } next }
	/^# TYPE / { type = $3; if (type != help) { print "TYPE without HELP: " $3; bad = 1 } next }
	{ name = $0; sub(/[{ ].*/, "", name); if (name != type) { print "stray " $0; bad = 1 } }
	END { exit bad }' "$1"
}

# promtool_silent FILE
promtool_silent() {
	local out
	out=$(promtool check metrics <"$1" 2>&1) || { echo "$out"; return 1; }
	[ -z "$out" ] || { echo "$out"; return 1; }
}

# sound NAME FILE: everything that must hold for any metrics page
sound() {
	check "$1: no series twice" no_series_twice "$2"
	check "$1: families in one piece" families_whole "$2"
	check "$1: promtool has nothing to say" promtool_silent "$2"
}

clean_up() {
	local pid
	for pid in $(jobs -p); do
		kill -KILL "$pid" 2>/dev/null || true
	done
	wait 2>/dev/null || true
	[ -z "$WORK" ] || rm -rf "$WORK"
}
trap clean_up EXIT

# Of one kind, $KIND.
run_kind() {
	RESULTS_OF="$TEST ($KIND)"
	BIN=$PWD/build/kvm-exit-exporter
	[ $KIND = plain ] || BIN=$PWD/build/asan/kvm-exit-exporter
	[ -x "$BIN" ] || { echo "$TEST: $BIN is not built: make daemon-tests" >&2; exit 1; }
	mkdir -p build/tests
	WORK=$(mktemp -d "$PWD/build/tests/daemon-$TEST.XXXXXX")
	mkdir -p "$WORK/debugfs/kvm" "$WORK/proc"
	suite
	rm -rf "$WORK"
	WORK=
}

run_suite() {
	need jq curl promtool awk
	for KIND in plain asan; do run_kind; done
}

# The same with both at once: for tests that do little but wait.
run_suite_at_once() {
	local traps status=0
	need jq curl promtool awk
	traps=$(trap -p EXIT)
	for KIND in plain asan; do
		(
			eval "$traps"
			trap 'trap "" TERM; exit 1' TERM
			run_kind
		) &
	done
	# They clean up themselves.
	trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT
	wait %1 || status=1
	wait %2 || status=1
	trap - EXIT
	[ $status = 0 ]
}
