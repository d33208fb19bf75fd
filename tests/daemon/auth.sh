#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Names and passwords by --web.config.file, and headers.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/daemon/pki.sh
. tests/daemon/pki.sh

# users COST NAME=PASSWORD...: a configuration
users() {
	local user
	{
		printf 'http_server_config:\n  headers:\n    X-Frame-Options: deny\n'
		echo 'basic_auth_users:'
		for user in "${@:2}"; do
			printf '  %s: %s\n' "${user%%=*}" "$(bcrypt "$1" "${user#*=}")"
		done
	} | web_config
}

header() {
	get "$1" -o /dev/null -D - "${@:3}" | tr -d '\r' | sed -n "s/^$2: //Ip"
}

answers() {
	local path value
	users 5 prometheus=geheim 'other=x:y z'
	start_web --log.level=debug
	for path in / /metrics /vms /vm/100 /-/healthy /-/ready /nowhere; do
		same "$path without a password" 401 "$(code "$path")"
	done
	same "a wrong password" 401 "$(code /metrics -u prometheus:Geheim)"
	same "no password" 401 "$(code /metrics -u prometheus:)"
	same "an unknown user" 401 "$(code /metrics -u prometheu:geheim)"
	same "the hash for a password" 401 "$(code /metrics -u "prometheus:$(bcrypt 5 geheim)")"
	for value in Basic 'Basic !' 'Basic Og==' 'Bearer abc' "Basic $(printf 'prometheus:geheim\0x' | base64)" \
		"Basic $(printf 'a:%0600d' 1 | base64 -w 0)"; do
		same "Authorization: ${value:0:40}" 401 "$(code /metrics -H "Authorization: $value")"
	done
	for path in / /metrics /vms /vm/100 /-/healthy /-/ready; do
		same "$path with the password" 200 "$(code "$path" -u prometheus:geheim)"
	done
	same "HEAD" 200 "$(code /metrics -I -u prometheus:geheim)"
	# Each is a bcrypt of 32 rounds: whoever waits for it must be woken, not wait for the next event.
	# shellcheck disable=SC2016 # for the inner shell
	check "20 passwords that are not known yet wait for little else" timeout 6 bash -c \
		'for i in {1..20}; do curl -sS -o /dev/null -u "prometheus:$i" "$1" || exit; done' - \
		"http://127.0.0.1:$PORT/metrics"
	same "a password with a colon and a blank" 200 "$(code /metrics -u 'other:x:y z')"
	same "an unknown page" 404 "$(code /nowhere -u prometheus:geheim)"
	same "POST" 405 "$(code /metrics -X POST -u prometheus:geheim)"
	same "a body" 413 "$(code /metrics -X GET -d abc -u prometheus:geheim)"
	same "POST without a password" 401 "$(code /metrics -d abc)"
	same "what is asked for" 'Basic realm="kvm-exit-exporter", charset="UTF-8"' \
		"$(header /metrics WWW-Authenticate)"
	check "401 under /vm is JSON" jq -e .error <<<"$(get /vms)"
	for value in "" "-u prometheus:geheim" "-u prometheus:geheim -X POST"; do
		# shellcheck disable=SC2086 # words
		same "the configured header ($value)" deny "$(header /metrics X-Frame-Options $value)"
	done
	check "a wrong password is logged" grep -q 'level=warn msg="refused a request" client=127.0.0.1 err="wrong password" user=prometheus' "$WORK/log"
	check "an unknown user is logged, without what was typed" grep -q 'err="unknown user" user=- ' "$WORK/log"
	stops
	no_secrets geheim Geheim 'x:y z' prometheu: "$(printf prometheus:geheim | base64)"
}

# work LOGIN: the CPU time that the exporter needs for some requests, in ticks. The time that passes
# says little on a machine that others use.
work() {
	local i before
	before=$(awk '{ print $14 + $15 }' "/proc/$DAEMON/stat")
	for i in {1..10}; do
		get /metrics -o /dev/null -u "$1"
	done
	awk -v before="$before" '{ print $14 + $15 - before }' "/proc/$DAEMON/stat"
}

# All of these cost the same, and only the first right one costs anything.
no_oracle() {
	local who rounds known unknown right
	{
		printf 'basic_auth_users:\n  cheap: %s\n  dear: %s\n' "$(bcrypt 4 a)" "$(bcrypt 9 b)"
	} | web_config
	start_web --log.level=debug
	for who in cheap:x dear:x nobody:x cheap:a dear:b; do
		: >"$WORK/log"
		get /metrics -o /dev/null -u "$who"
		rounds=$(grep -o 'msg="checked a password" rounds=[0-9]*' "$WORK/log" || true)
		same "$who: the same number of rounds" 'msg="checked a password" rounds=512' "$rounds"
	done
	: >"$WORK/log"
	same "a right one again" 200 "$(code /metrics -u cheap:a)"
	same "is remembered" 0 "$(grep -c 'checked a password' "$WORK/log" || true)"
	same "and with it no other" 401 "$(code /metrics -u cheap:b)"
	stops
	# Most of its time is libcrypt's, at which no sanitizer looks.
	[ "$KIND" = plain ] || return 0
	users 10 known=a
	start_web
	get /metrics -o /dev/null -u known:a
	known=$(work known:x)
	unknown=$(work unknown:x)
	right=$(work known:a)
	# Without its rounds one would take a tenth of the other.
	check "a known user costs as much as an unknown one ($known and $unknown ticks)" \
		test $((known < 2 * unknown && unknown < 2 * known)) = 1
	check "who is remembered costs little ($right ticks)" test $((right * 4)) -lt "$known"
	stops
}

changes() {
	local i fd codes
	users 5 a=1 b=2
	start_web
	same "before" "200 200" "$(code /metrics -u a:1) $(code /metrics -u b:2)"
	users 5 a=3
	settle
	same "a new password" "401 200" "$(code /metrics -u a:1) $(code /metrics -u a:3)"
	same "a user who is gone" 401 "$(code /metrics -u b:2)"
	printf 'basic_auth_users:\n  a: SECRET\n' | web_config
	: >"$WORK/log"
	settle
	same "a broken file: the old one stays" "200 200" "$(code /metrics -u a:3) $(code /metrics -u a:3)"
	settle
	same "later too" 200 "$(code /metrics -u a:3)"
	same "and is complained of once" 1 "$(grep -c 'cannot use the new web configuration.*web.yml:2: ' "$WORK/log")"
	rm "$PKI/web.yml"
	# One that is not there has no age: it takes two looks.
	for i in 1 2 3; do
		settle
		same "no file: the old one stays ($i)" 200 "$(code /metrics -u a:3)"
	done
	same "and is complained of once" 1 "$(grep -c 'web.yml: No such file' "$WORK/log")"
	# On one connection: the file changes between two requests.
	users 5 a=3
	settle
	exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
	for i in 1 2 3; do
		send "$fd" "GET /-/healthy HTTP/1.1\r\nHost: x\r\nAuthorization: Basic $(printf a:3 | base64)\r\n\r\n"
		sleep 0.5
		[ "$i" != 2 ] || { users 5 b=4; settle; }
	done
	codes=$(timeout 2 cat <&"$fd" | tr -d '\r' | sed -n 's/^HTTP[^ ]* \([0-9]*\).*/\1/p' | paste -sd ' ')
	exec {fd}>&-
	same "a password that changes on an open connection" "200 200 401" "$codes"
	stops
	no_secrets SECRET
}

one_is_sent_away() {
	grep -qs '^HTTP.* 503' "$WORK"/head.*
}

# It ends although passwords wait to be checked.
ends_soon() {
	local begun
	begun=$(uptime_seconds)
	stops
	check "it ends soon although passwords wait" test $(($(uptime_seconds) - begun)) -le 15
}

# Strangers who try passwords all the time, from 20 addresses; and two who know one.
flood() {
	local i pids=() rest codes
	users 11 a=1 b=2
	start_web
	same "a scraper comes in" 200 "$(code /metrics -u a:1)"
	for i in {1..20}; do
		(
			while :; do
				curl -s -o /dev/null -w '%{http_code}\n' --max-time 20 --interface "127.1.0.$i" \
					-u "a:$RANDOM" "http://127.0.0.1:$PORT/metrics" >>"$WORK/flood" || true
				sleep 0.05
			done
		) &
		pids+=($!)
	done
	wait_for 10 grep -q 401 "$WORK/flood" || true
	for i in {1..20}; do
		get /metrics -o /dev/null -w '%{http_code} %{time_total}\n' -u a:1
		sleep 0.1
	done >"$WORK/scrapes"
	same "a flood of passwords: every scrape is answered" 20 "$(grep -c ^200 "$WORK/scrapes")"
	# Were it the server's own thread that checks passwords, each would wait for 20 of them.
	rest=$(sort -k 2 -g "$WORK/scrapes" | sed -n 10p | cut -d ' ' -f 2)
	check "within a second (median: $rest s)" awk -v a="$rest" 'BEGIN { exit !(a < 1) }'
	codes=$(code /metrics -u b:2 --interface 127.2.0.1)
	same "one who comes for the first time comes in" 200 "$codes"
	# One address alone may have no more than some wait.
	for i in {1..12}; do
		code /metrics -u "a:$i$i" --interface 127.3.0.1 -D "$WORK/head.$i" >"$WORK/one.$i" 2>&1 &
		pids+=($!)
	done
	wait_for 20 one_is_sent_away || true
	check "many of one address: some are sent away" one_is_sent_away
	check "and told when to come again" grep -qsi '^Retry-After: 1' "$WORK"/head.*
	for i in "${pids[@]}"; do
		kill "$i" 2>/dev/null || true
	done
	wait "${pids[@]}" 2>/dev/null || true
	check "the log stays short" test "$(wc -l <"$WORK/log")" -le 40
	ends_soon
}

# More than it has the time for at its end.
end() {
	local i pids=()
	users 13 a=1
	start_web
	for i in {1..12}; do
		code /metrics -u a:x --interface "127.1.0.$i" >"$WORK/end.$i" 2>&1 &
		pids+=($!)
	done
	sleep 0.5
	ends_soon
	wait "${pids[@]}" || true
}

suite() {
	need perl
	PKI=$WORK/pki
	mkdir "$PKI"
	process 100 qemu-system-x86_64 -name a
	simple_vm 100 3
	answers
	no_oracle
	changes
	# Both take their time; what is dropped at the end is for the sanitizers to look at.
	if [ "$KIND" = plain ]; then flood; else end; fi
}

run_suite
