# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# For tests that need the demo as a user starts it; they have read tests/results.sh.

demo= # its process

# demo_start PORT DIR: false if it does not come up, with a failed check; what it says is in
# DIR/demo.out and DIR/demo.err.
demo_start() {
	demo_out=$2/demo.out
	# In the background bash ignores SIGINT, and so would the demo: env puts it back.
	PORT=$1 env --default-signal=INT tests/demo/run >"$demo_out" 2>"$2/demo.err" &
	demo=$!
	wait_for 240 demo_decided || true
	demo_runs && return
	not_ok "the demo comes up" "$(tail -c 300 "$2/demo.err")"
	return 1
}

demo_runs() {
	grep -q 'Ctrl-C ends it' "$demo_out"
}

demo_decided() {
	demo_runs || ! kill -0 "$demo"
}

# As Ctrl-C does.
demo_end() {
	[ -n "$demo" ] || return 0
	kill -INT "$demo" 2>/dev/null || true
	wait "$demo" 2>/dev/null || true
}
