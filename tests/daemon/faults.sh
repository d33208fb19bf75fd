#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the host runs out of: descriptors, memory, disk; a clock that jumps; kill -9. A clear error, or
# it goes on.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"

ready_or_gone() {
	grep -q msg=ready "$WORK/log" || ! kill -0 "$DAEMON"
}

# --- descriptors

fds() {
	local n status bad='' held=() fd
	# From too few to start with up to plenty: it serves, or ends with one error.
	for n in {3..12}; do
		status=0
		: >"$WORK/log"
		prlimit --nofile="$n" "$BIN" --web.listen-address=127.0.0.1:0 \
			--path.debugfs="$WORK/debugfs" --path.procfs="$WORK/proc" 2>"$WORK/log" &
		DAEMON=$!
		wait_for 20 ready_or_gone || true
		kill $DAEMON 2>/dev/null || true
		wait $DAEMON || status=$?
		case $status in
		1 | 127) [ -s "$WORK/log" ] || bad+=" $n:silent" ;;
		0) grep -q "few files may be opened.*limit=$n\$" "$WORK/log" || bad+=" $n:untold" ;;
		*) bad+=" $n:status $status" ;;
		esac
	done
	same "3 to 12 descriptors: it runs and warns, or says why not" '' "$bad"

	: >"$WORK/log"
	prlimit --nofile=24 "$BIN" --web.listen-address=127.0.0.1:0 --path.debugfs="$WORK/debugfs" \
		--path.procfs="$WORK/proc" 2>"$WORK/log" &
	DAEMON=$!
	wait_for 20 grep -q msg=ready "$WORK/log" || true
	PORT=$(sed -n 's/.*127\.0\.0\.1:\([0-9]*\).*/\1/p' "$WORK/log" | head -n 1)
	check "24 descriptors: a scrape" scrape
	for n in {1..40}; do
		exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
		held+=("$fd")
	done
	sleep 0.5
	same "all descriptors taken by connections: it still runs" 0 "$(kill -0 $DAEMON; echo $?)"
	for fd in "${held[@]}"; do
		exec {fd}>&-
	done
	check "they are closed: it serves again" wait_for 20 scrape
	same "and reads again" 1 "$(metric kvm_exit_exporter_collector_success)"
	stops
	ulimit -Sn 512
	start
	ulimit -Sn hard
	same "the soft limit is raised to the hard one" "$(ulimit -Hn)" \
		"$(awk '/^Max open files/ { print $4 }' "/proc/$DAEMON/limits")"
	stops
}

# --- memory

many_vms() {
	local i
	for i in {1001..2000}; do
		mkdir -p "$WORK/many/kvm/$i-3"
		cp "$WORK/debugfs/kvm/100-3/exit_stats" "$WORK/many/kvm/$i-3/"
	done
}

memory() {
	local kb path status bad='' served=0 refused=0 got
	if [ $KIND = asan ]; then
		skip "little memory" "the sanitizer takes terabytes of addresses"
		return
	fi
	many_vms
	for kb in {8000..60000..4000}; do
		: >"$WORK/log"
		prlimit --as=$((kb * 1024)) "$BIN" --web.listen-address=127.0.0.1:0 \
			--path.debugfs="$WORK/many" --path.procfs="$WORK/proc" 2>"$WORK/log" &
		DAEMON=$!
		wait_for 20 ready_or_gone || true
		if grep -q msg=ready "$WORK/log"; then
			PORT=$(sed -n 's/.*127\.0\.0\.1:\([0-9]*\).*/\1/p' "$WORK/log" | head -n 1)
			for path in /-/healthy /metrics /-/healthy; do
				got=$(code "$path" 2>/dev/null || true)
				if [ "$got" = 200 ]; then
					[ $path != /metrics ] || served=$((served + 1))
				else
					refused=$((refused + 1))
					grep -q 'level=error .*memory' "$WORK/log" || bad+=" $kb:$path:$got:untold"
				fi
			done
			kill $DAEMON
		fi
		status=0
		wait $DAEMON || status=$?
		case $status in
		0) ;;
		1 | 127) [ -s "$WORK/log" ] || bad+=" $kb:silent" ;;
		*) bad+=" $kb:status $status" ;;
		esac
	done
	DAEMON=
	same "8 to 60 MB of addresses: it serves, or says why not, and never crashes" '' "$bad"
	check "with some it serves 1,000 VMs" [ $served -gt 0 ]
	echo "# served with $served limits, $refused requests refused"
	rm -rf "$WORK/many"
}

# --- disk

disk() {
	local status=0
	dump >/dev/full 2>"$WORK/err" --log.level=error || status=$?
	same "dump to a full disk: exit status" 1 $status
	check "dump to a full disk: says so" grep -q 'cannot write.*No space left' "$WORK/err"
	# For a free port.
	start
	stops
	"$BIN" --web.listen-address="127.0.0.1:$PORT" --path.debugfs="$WORK/debugfs" \
		--path.procfs="$WORK/proc" --log.level=debug 2>/dev/full &
	DAEMON=$!
	check "a log on a full disk: it serves all the same" wait_for 20 scrape
	: >"$WORK/log"
	stops
	status=0
	"$BIN" --version >/dev/full 2>&1 || status=$?
	same "--version to a full disk: exit status" 1 $status
}

# --- the clock

# jump SECONDS: the clock of the day, not the monotonic one
jump() {
	echo "$1" >"$WORK/offset"
}

clock() {
	local lib started year
	lib=$(find /usr/lib -name libfaketimeMT.so.1 | head -n 1)
	if [ $KIND = asan ]; then
		skip "the clock jumps" "libfaketime and the sanitizer do not go together"
		return
	fi
	need_file "$lib"
	jump +0
	export LD_PRELOAD=$lib FAKETIME_TIMESTAMP_FILE=$WORK/offset FAKETIME_NO_CACHE=1 \
		DONT_FAKE_MONOTONIC=1
	start
	unset LD_PRELOAD
	exec 9<>"/dev/tcp/127.0.0.1/$PORT"
	# One that had asked for nothing yet would be sent away after 10 s.
	send 9 'GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n'
	scrape
	started=$(metric process_start_time_seconds)
	for year in +300d -600d +0; do
		jump $year
		sleep 2.5
		check "the clock jumps by $year: a scrape" scrape
		# shellcheck disable=SC2016 # for awk
		check "the clock jumps by $year: its duration is right" \
			awk '$1 == "kvm_exit_exporter_scrape_duration_seconds" { exit !($2 >= 0 && $2 < 5) }' "$WORK/metrics"
		same "the clock jumps by $year: the start is where it was" "$started" \
			"$(metric process_start_time_seconds)"
		same "the clock jumps by $year: the VM is there" 100 \
			"$(metric 'kvm_vm_exits_total{vm="100",pid="100",reason="CPUID"}')"
	done
	jump +300d
	code /nothing >/dev/null
	send 9 'GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' || true
	same "a connection from before the jumps is served" 2 "$(timeout 20 cat <&9 | grep -c '200 OK')"
	exec 9>&-
	stops
	check "the clock did jump" grep -q "^ts=$(date -u -d '+300 days' +%Y-%m)" "$WORK/log"
	unset FAKETIME_TIMESTAMP_FILE FAKETIME_NO_CACHE DONT_FAKE_MONOTONIC
}

need_file() {
	[ -e "$1" ] || { echo "$TEST: no libfaketime here; see 'make deps'" >&2; exit 1; }
}

# --- kill -9

killed() {
	local fd
	start
	exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
	send "$fd" 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'
	sleep 0.3
	kill -KILL "$DAEMON"
	wait "$DAEMON" 2>/dev/null || true
	: >"$WORK/log"
	"$BIN" --web.listen-address="127.0.0.1:$PORT" --path.debugfs="$WORK/debugfs" \
		--path.procfs="$WORK/proc" 2>"$WORK/log" &
	DAEMON=$!
	check "kill -9: the next one takes the port, with connections of the last still there" \
		wait_for 20 scrape
	exec {fd}>&-
	stops
}

suite() {
	simple_vm 100 3
	fds
	memory
	disk
	clock
	killed
}

run_suite
