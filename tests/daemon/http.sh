#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Methods, paths and headers; clients that are slow, many, or gone.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"

# header PATH NAME [CURL-OPTION...]: the value of a header of the answer
header() {
	get "$1" -o /dev/null -D - "${@:3}" | tr -d '\r' | sed -n "s/^$2: //Ip"
}

# target TARGET: the status of a GET of it, as it stands
target() {
	get / -o /dev/null -w '%{http_code}' --request-target "$1"
}

# raw BYTES: what they are answered with, the first four bytes of it; \-escapes are printf's
raw() {
	local fd
	exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
	send "$fd" "$1" || true
	timeout 20 head -c 4 <&"$fd" || true
	exec {fd}>&-
}

paths() {
	local path method
	for path in / /metrics /vms /vm/100 /vm/100-3 /-/healthy /-/ready '/metrics?x=1'; do
		same "GET $path" 200 "$(code "$path")"
		same "HEAD $path" 200 "$(code "$path" -I)"
		same "HEAD $path has no body" 0 "$(get "$path" -I -o /dev/null -w '%{size_download}')"
	done
	for path in /x /metrics/ /vms/ /vm /vm/ /vm/101 /vm/100-4 /vm/0 /vm/-1 /vm/+100 /vm/0100 /vm/100- \
		/vm/100-3- /vm/100-03 /vm/x /vm/4294967396 /vm/18446744073709551716 /vm/%20100 /vm/100/ \
		/-/ /-/x /vm/../../etc/passwd; do
		same "GET $path" 404 "$(code "$path" --path-as-is)"
	done
	for path in /vm/x /vm/101 /vm/100-4; do
		check "$path: the error is JSON" jq -e .error <<<"$(get "$path")"
	done
	# A NUL must not end a path before its end.
	for path in /metrics%00 /metrics%00.html /vms%00 /vm/100%00 /%00 /..%00/metrics; do
		same "GET $path" 404 "$(code "$path" --path-as-is)"
	done
	for path in /.. /../metrics /metrics/../vms /%2e%2e/%2e%2e/etc/passwd //metrics /./metrics; do
		same "GET $path" 404 "$(code "$path" --path-as-is)"
	done
	for path in http://x/metrics http://127.0.0.1:1/metrics 'HTTP://[::1]/vm/100' https://x/vms http://x \
		http://x/ 'http://x/metrics?x=1' 'http://x?x=1'; do
		same "GET $path" 200 "$(target "$path")"
	done
	for path in http:///metrics http:/metrics http:metrics http://x//metrics http://x/metrics/ ftp://x/metrics \
		/http://x/metrics http://http://x/metrics x://http://x/metrics http://; do
		same "GET $path" 404 "$(target "$path")"
	done
	check "an error by an absolute target is of its path's form" \
		jq -e .error <<<"$(get / --request-target http://x/vm/101)"
	same "an escape that is none" 404 "$(code /metrics%zz)"
	same "an escaped letter" 200 "$(code /%6detrics)"
	for method in POST PUT DELETE OPTIONS PATCH TRACE get GETX; do
		same "$method is not allowed" 405 "$(code /metrics -X $method)"
		same "$method: what is" "GET, HEAD" "$(header /metrics Allow -X $method)"
	done
	check "405 under /vm is JSON" jq -e .error <<<"$(get /vms -X POST)"
	same "POST with a body" 405 "$(code /metrics -d abc)"
	same "a raw NUL does no harm" HTTP "$(raw 'GET /metrics\0.html HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')"
	same "a method of 20 KB" HTTP "$(raw "$(printf 'G%.0s' {1..20000}) / HTTP/1.1\r\nHost: x\r\n\r\n")"
	same "a path of 20 KB" 414 "$(code "/$(printf 'a%.0s' {1..20000})")"
	same "HTTP/1.0" 200 "$(code /metrics --http1.0)"
	same "GET with a body" 413 "$(code /metrics -X GET -d abc)"
	same "GET with a body of no length" 200 "$(code /metrics -H 'Content-Length: 0')"
	same "a body without end" 413 "$(printf x | code /metrics -X GET -H 'Transfer-Encoding: chunked' -d @-)"
	same "type of the metrics" 'text/plain; version=0.0.4; charset=utf-8' "$(header /metrics Content-Type)"
	same "type of JSON" application/json "$(header /vms Content-Type)"
	same "type of a JSON error" application/json "$(header /vm/x Content-Type)"
	same "type of the page" 'text/html; charset=utf-8' "$(header / Content-Type)"
	for path in /metrics /vms /-/healthy /-/ready; do
		check "the page links $path" grep -q "href=\"$path\"" <<<"$(get /)"
	done
	head -c 1000000 /dev/zero | tr '\0' x | sed 's/^/X-Long: /' >"$WORK/header"
	same "a header of 1 MB is refused" 431 "$(code /metrics -H "@$WORK/header")"
	same "and the next request is served" 200 "$(code /metrics)"
	check "garbage instead of HTTP does no harm" \
		bash -c "exec 3<>/dev/tcp/127.0.0.1/$PORT; head -c 3000 /dev/urandom >&3; sleep 0.2"
	same "and the next request is served" 200 "$(code /metrics)"
}

# Open N connections that send part of a request and then nothing, as fds in the array held.
hold() {
	local i fd
	for ((i = 0; i < $1; i++)); do
		exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
		send "$fd" 'GET /metrics HTTP/1.1\r\nHost: x\r\nX-' || true
		held+=("$fd")
	done
}

release() {
	local fd
	for fd in "${held[@]}"; do
		exec {fd}>&-
	done
	held=()
}

slow_clients() {
	local held=() i fd bodies=0 dribbler
	hold 30
	same "30 unfinished requests do not stop a scrape" 200 "$(code /metrics --max-time 20)"
	release
	# More than there are places, and each sends a byte now and then to look alive.
	hold 100
	{
		for i in {1..100}; do
			for fd in "${held[@]}"; do
				printf a >&"$fd" || true
			done
			sleep 0.3
		done
	} 2>/dev/null &
	dribbler=$!
	same "100 that never finish are sent away" 200 "$(code /metrics --max-time 25)"
	kill "$dribbler"
	wait "$dribbler" 2>/dev/null || true
	release

	# A client that asks and does not read, and one that leaves before the answer.
	exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
	for i in {1..200}; do
		send "$fd" 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n' || break
	done
	same "a client that does not read does not stop a scrape" 200 "$(code /metrics --max-time 20)"
	exec {fd}>&-
	for i in {1..50}; do
		exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
		send "$fd" 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'
		exec {fd}>&-
	done
	same "clients that leave do no harm" 200 "$(code /metrics --max-time 20)"

	for i in {1..40}; do
		code /metrics >"$WORK/code.$i" &
	done
	for i in $(jobs -p); do
		[ "$i" = "$DAEMON" ] || wait "$i" || true
	done
	for i in {1..40}; do
		[ "$(cat "$WORK/code.$i")" = 200 ] && bodies=$((bodies + 1))
	done
	same "40 scrapes at once" 40 "$bodies"
	same "many requests on one connection" "200 200 200 200 200 " \
		"$(curl -sS -o /dev/null -w '%{http_code} ' "http://127.0.0.1:$PORT/metrics?[1-5]")"
}

# more_fds N: somebody has connected
more_fds() {
	[ "$(open_fds)" -gt "$1" ]
}

# A name that hangs makes the scrape last a second, and the page is too large for a socket's buffers:
# the end must wait until the client has all of it.
end_in_a_scrape() {
	local curl fds
	process 200 qemu-system-x86_64
	rm "$WORK/proc/200/cmdline"
	mkfifo "$WORK/proc/200/cmdline"
	large_vms 200 270
	fds=$(open_fds)
	get /metrics -o "$WORK/page" -w '%{http_code}' --limit-rate 8M >"$WORK/code" 2>&1 &
	curl=$!
	wait_for 10 more_fds "$fds" || true
	sleep 0.3
	kill -TERM "$DAEMON"
	wait "$curl" || true
	same "a running scrape is finished at the end" 200 "$(cat "$WORK/code")"
	same "to its last line" 1 "$(grep -c ^process_max_fds "$WORK/page")"
	stops
}

suite() {
	# The server may close a connection that a test still writes to.
	trap '' PIPE
	process 100 qemu-system-x86_64 -name a
	simple_vm 100 3
	start
	paths
	slow_clients
	end_in_a_scrape
}

run_suite
