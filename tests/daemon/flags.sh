#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The command line: what it takes, and how it says no.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"

# refused STATUS PATTERN ARGUMENT...: that exit status, one line on stderr, nothing on stdout
refused() {
	local want=$1 pattern=$2 status=0
	shift 2
	timeout 20 "$BIN" "$@" >"$WORK/out" 2>"$WORK/err" || status=$?
	if [ $status != "$want" ]; then
		not_ok "refused: ${*//$'\n'/ }" "exit status $status: $(cat "$WORK/err")"
	elif [ "$(wc -l <"$WORK/err")" != 1 ] || ! grep -q -- "$pattern" "$WORK/err"; then
		not_ok "refused: ${*//$'\n'/ }" "stderr is $(cat "$WORK/err")"
	elif [ -s "$WORK/out" ]; then
		not_ok "refused: ${*//$'\n'/ }" "stdout is $(cat "$WORK/out")"
	else
		ok "refused: ${*//$'\n'/ }"
	fi
}

# told PATTERN ARGUMENT...: exit status 0, the pattern on stdout, nothing on stderr
told() {
	local pattern=$1 status=0
	shift
	timeout 20 "$BIN" "$@" >"$WORK/out" 2>"$WORK/err" || status=$?
	if [ $status = 0 ] && grep -q -- "$pattern" "$WORK/out" && [ ! -s "$WORK/err" ]; then
		ok "$*"
	else
		not_ok "$*" "exit status $status: $(cat "$WORK/out" "$WORK/err")"
	fi
}

bad_flags() {
	local i many=()
	refused 2 'unknown option' --nonsense
	refused 2 'unknown option' --web.listen-addres=:1
	refused 2 'unknown option' --collector.vcp
	refused 2 'unknown option' --no-log.level
	refused 2 'is not an option' -v
	refused 2 'is not an option' --
	refused 2 'is not an option' --log.level info more
	refused 2 'unknown command' serve-me
	refused 2 'unknown command' ''
	refused 2 'needs a value' --log.level
	refused 2 'takes no value' --collector.vcpu=yes
	refused 2 'must be one of: debug info warn error' --log.level=loud
	refused 2 'must be one of' --log.level=
	refused 2 'must be one of' '--log.level=debug info'
	refused 2 'must be one of: logfmt json' --log.format=xml
	refused 2 'must be one of: auto debugfs ioctl' --collector.source=guess
	refused 2 'must be one of: prometheus json' dump --format=yaml
	refused 2 'does not go with this command' --format=json
	refused 2 'does not go with this command' dump --web.listen-address=:1
	refused 2 'host:port' --web.listen-address=localhost
	refused 2 'port of 0 to 65535' --web.listen-address=localhost:70000
	refused 2 'port of 0 to 65535' --web.listen-address=localhost:http
	refused 2 'port of 0 to 65535' --web.listen-address=localhost:
	refused 2 'brackets' --web.listen-address=::1:9283
	for i in {1..17}; do
		many+=("--web.listen-address=127.0.0.1:$i")
	done
	refused 2 'too often' "${many[@]}"
	refused 2 'begin with a slash' --web.telemetry-path=metrics
	refused 2 'begin with a slash' --web.telemetry-path=/
	refused 2 'taken' --web.telemetry-path=/vms
	refused 2 'taken' --web.telemetry-path=/-/healthy
	refused 2 'taken' --web.telemetry-path=/page.js
	refused 2 'plain path' '--web.telemetry-path=/<b>'
	refused 2 'must be a number' --web.max-requests=many
	refused 2 'must be a number' --web.max-requests=-1
	refused 2 'must be a number' --web.max-requests=99999999999
	refused 2 'does not go with this command' dump --web.max-requests=1
	refused 2 'must not be empty' --web.config.file=
	refused 2 'does not go with this command' dump --web.config.file=a
	refused 1 'no-such.yml: No such file' --web.config.file=no-such.yml
	refused 2 'must not be empty' --path.debugfs=
	refused 2 'must not be empty' --path.procfs=
	refused 2 'unknown option' $'--new\nline'
}

suite() {
	bad_flags
	told '^kvm-exit-exporter [^ ]*$' --version
	told '^kvm-exit-exporter [^ ]*$' dump --version
	told '--web.listen-address=HOST:PORT' --help
	told '--format=FORMAT' dump --help
	same "dump's help has no --web" 0 "$(grep -c -- --web "$WORK/out" || true)"

	# Addresses that cannot be had.
	start
	refused 1 "port is in use.*Ceph" --web.listen-address="127.0.0.1:$PORT"
	refused 1 'cannot listen' --web.listen-address=192.0.2.1:9
	# Where no name server answers it must not take longer than refused() waits.
	RES_OPTIONS='timeout:1 attempts:1' refused 1 'cannot listen' --web.listen-address=no-such-host.invalid:9
	stops INT

	simple_vm 100 3
	"$BIN" --web.listen-address 127.0.0.1:0 --web.listen-address '[::1]:0' \
		--path.debugfs "$WORK/debugfs" --path.procfs "$WORK/proc" --log.format json \
		--no-collector.vcpu 2>"$WORK/log" &
	# shellcheck disable=SC2034 # for stops()
	DAEMON=$!
	wait_for 20 grep -q '"msg":"ready"' "$WORK/log" || true
	same "the log as JSON" 0 "$(jq -c . "$WORK/log" >/dev/null; echo $?)"
	PORT=$(jq -r 'select(.msg == "listening") | .address' "$WORK/log" | sed -n 's/127.0.0.1://p')
	same "the first address answers" 200 "$(code /metrics)"
	if [ -e /proc/net/if_inet6 ] && grep -q ::1 "$WORK/log"; then
		same "the second too" 200 "$(curl -gsS -o /dev/null -w '%{http_code}' \
			"http://$(jq -r 'select(.msg == "listening") | .address' "$WORK/log" | grep ::1)/metrics")"
	else
		skip "the second too" "no IPv6 here"
	fi
	if [ "$(id -u)" = 0 ]; then
		same "says once that it runs as root" 1 "$(grep -c 'running as root' "$WORK/log")"
	fi
	stops

	start --log.level=error --log.level=info --web.telemetry-path=/a/b
	same "a telemetry path of two parts" 200 "$(code /a/b)"
	stops
}

run_suite
