#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Who is refused for want of a password is counted as others are, and gone then.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/daemon/pki.sh
. tests/daemon/pki.sh

# answers CODE: how many there were, as the metrics say
answers() {
	get /metrics -u a:b -o "$WORK/metrics"
	value "$WORK/metrics" "kvm_exit_exporter_http_requests_total{code=\"$1\"}"
}

counted() {
	local i pids=() busy
	start_web
	same "none yet" "" "$(answers 401)"
	for i in 1 2 3; do
		code /metrics -u a:c >/dev/null
		code /vms >/dev/null
	done
	same "refused ones are counted" 6 "$(answers 401)"
	sound "with refused ones" "$WORK/metrics"
	same "none for want of room" 0 "$(answers 503)"
	stops

	printf 'basic_auth_users:\n  a: %s\n' "$(bcrypt 12 b)" | web_config
	start_web
	answers 200 >/dev/null
	for i in {1..12}; do
		code /metrics -u a:c --max-time 60 >"$WORK/code.$i" &
		pids+=($!)
	done
	wait "${pids[@]}"
	busy=$(grep -l 503 "$WORK"/code.* | wc -l)
	check "12 at once: some are sent away ($busy)" test "$busy" -ge 4
	same "and counted" "$busy $((12 - busy))" "$(answers 503) $(answers 401)"
	stops
	rm "$WORK"/code.*
}

# Who is refused cannot hold a place: its connection ends with the answer, whatever it sends more.
ends() {
	local fd got
	start_web
	exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
	send "$fd" 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'
	got=$(timeout 5 cat <&"$fd" | tr -d '\r' | grep -i '^HTTP\|^Connection' | paste -sd ' ' || true)
	exec {fd}>&-
	same "a refusal ends the connection" 'HTTP/1.1 401 Unauthorized Connection: close' "$got"
	stops
}

# By a socket of the family unix each user has a queue of its own.
local_user() {
	local socket
	socket=$(mktemp -u /tmp/exporter.XXXXXX)
	: >"$WORK/log"
	systemd-socket-activate -l "$socket" "$BIN" --web.systemd-socket --path.debugfs="$WORK/debugfs" \
		--path.procfs="$WORK/proc" --web.config.file="$PKI/web.yml" 2>>"$WORK/log" &
	DAEMON=$!
	wait_for 10 test -S "$socket" || true
	same "by a unix socket: refused" 401 \
		"$(curl -s --max-time 20 -o /dev/null -w '%{http_code}' --unix-socket "$socket" -u a:x http://x/metrics)"
	logged "and it is logged who" "refused a request\" client=\"uid $(id -u)\""
	stops
	rm -f "$socket"
}

suite() {
	need perl systemd-socket-activate
	PKI=$WORK/pki
	mkdir "$PKI"
	process 100 qemu-system-x86_64 -name a
	simple_vm 100 3
	printf 'basic_auth_users:\n  a: %s\n' "$(bcrypt 4 b)" | web_config
	ends
	local_user
	counted
}

run_suite
