#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the process has given up when it serves: capabilities, privileges, system calls, in each of its
# threads. What the filter refuses: tests/daemon/unit/sandbox.c.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"

DAC=0000000000000004 # CAP_DAC_READ_SEARCH
ALL=0000004000080004 # and CAP_PERFMON, CAP_SYS_PTRACE
NONE=0000000000000000

# status FIELD: of all threads, each value once
status() {
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$DAEMON/task/"*/status | sort -u | tr '\n' ' ' | sed 's/ $//'
}

# confined WHO EFFECTIVE BOUNDING
confined() {
	code /metrics >/dev/null
	check "$1: has threads" [ "$(find "/proc/$DAEMON/task" -mindepth 1 -maxdepth 1 | wc -l)" -gt 2 ]
	same "$1: CapEff" "$2" "$(status CapEff)"
	same "$1: CapPrm" "$2" "$(status CapPrm)"
	same "$1: CapInh" $NONE "$(status CapInh)"
	same "$1: CapAmb" $NONE "$(status CapAmb)"
	same "$1: CapBnd" "$3" "$(status CapBnd)"
	same "$1: NoNewPrivs" 1 "$(status NoNewPrivs)"
	same "$1: Seccomp" 2 "$(status Seccomp)"
	same "$1: serves" 200 "$(code /metrics)"
	same "$1: reads" 1 "$(get /metrics | grep -c '^kvm_exit_exporter_collector_success 1')"
}

# start_as SETPRIV-OPTION...: as nobody, from where nobody may come
start_as() {
	: >"$WORK/log"
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@" "$place/exporter" \
		--web.listen-address=127.0.0.1:0 --path.debugfs="$place/debugfs" --path.procfs="$place/proc" \
		2>>"$WORK/log" &
	DAEMON=$!
	wait_for 20 grep -q msg=ready "$WORK/log" || true
	PORT=$(sed -n 's/.*127\.0\.0\.1:\([0-9]*\).*/\1/p' "$WORK/log" | head -n 1)
}

as_nobody() {
	local place bounding
	place=$(mktemp -d)
	chmod 755 "$place"
	cp -a "$WORK/debugfs" "$WORK/proc" "$place/"
	cp "$BIN" "$place/exporter"
	start_as
	bounding=$(status CapBnd)
	confined "nobody" $NONE "$bounding"
	same "nobody: no word of root" 0 "$(grep -c root "$WORK/log")"
	stops
	# As systemd does it, and one capability too many.
	chmod 700 "$place/debugfs"
	start_as --inh-caps=+dac_read_search,+net_raw --ambient-caps=+dac_read_search,+net_raw
	confined "nobody with capabilities" $DAC "$bounding"
	same "nobody with capabilities: no warning" 0 "$(grep -c level=warn "$WORK/log")"
	stops
	rm -rf "$place"
}

suite() {
	process 100 qemu-system-x86_64 -name a
	simple_vm 100 3
	if [ "$(id -u)" != 0 ]; then
		start
		confined "this user" $NONE "$(status CapBnd)"
		stops
		skip "capabilities" "needs root"
		return
	fi
	start --collector.source=debugfs
	confined "root, debugfs" $DAC $DAC
	same "root: says so" 1 "$(grep -c 'running as root' "$WORK/log")"
	stops
	start --collector.source=ioctl
	confined "root, ioctl" $ALL $ALL
	stops
	start
	confined "root, auto" $ALL $ALL
	stops
	"$BIN" dump --path.debugfs="$WORK/debugfs" --path.procfs="$WORK/proc" 2>"$WORK/err" >/dev/null
	same "dump as root: says so" 1 "$(grep -c 'running as root' "$WORK/err")"
	need setpriv
	as_nobody
}

run_suite
