#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Thread sanitizer, with all that a web configuration adds: TLS, passwords right and wrong, headers;
# two addresses, gzip and OpenMetrics, while the configuration changes and VMs come and go.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/daemon/pki.sh
. tests/daemon/pki.sh

OTHER= # the port of the second address
HASH=
USERS= # more than are remembered

# configure N: there are two certificates, and other users besides, by turns; old enough to be taken
configure() {
	web_config <<-END
		tls_server_config:
		  cert_file: server$(($1 % 2)).pem
		  key_file: server$(($1 % 2)).key
		http_server_config:
		  headers: {X-Frame-Options: $([ $(($1 % 3)) = 0 ] && echo deny || echo sameorigin)}
		basic_auth_users:
		  user$1: $HASH
		$USERS
	END
	touch -d '2 seconds ago' "$PKI/web.yml"
}

# Until told to stop: another configuration, the same touched, or SIGHUP; and VMs.
churn() {
	local n=0 kvm=$WORK/debugfs/kvm
	while [ ! -e "$WORK/enough" ]; do
		n=$((n + 1))
		case $((n % 4)) in
		0 | 2) configure $n ;;
		1) kill -HUP "$DAEMON" 2>/dev/null || true ;;
		3) touch "$PKI/web.yml" ;;
		esac
		if [ -e "$kvm/$((200 + n % 10))-3" ]; then
			rm -rf "$kvm/$((200 + n % 10))-3"
		else
			process $((200 + n % 10)) qemu-system-x86_64 -name "vm$n"
			simple_vm $((200 + n % 10)) 3
		fi
		echo $n >"$WORK/churned"
		sleep 0.1
	done
}

# scraper N: until told to stop, the status codes that it saw. Each fourth has a wrong password.
scraper() {
	local n=$1 one=https://127.0.0.1:$PORT two=https://127.0.0.2:$OTHER
	local options=() password=geheim names
	[ $((n % 4)) != 3 ] || password=$n
	[ $((n % 2)) = 0 ] || options+=(--compressed --tls-max 1.2)
	[ $((n % 3)) = 0 ] || options+=(-H 'Accept: application/openmetrics-text')
	names=("$one/metrics" "$two/metrics" "$one/vms" "$two/vm/100" "$one/metrics" "$two/")
	while [ ! -e "$WORK/enough" ]; do
		# Each from an address of its own, so that nobody is sent away for another's passwords.
		{
			curl -sS --max-time 30 --cacert "$PKI/server-ca.pem" --interface "127.1.0.$n" \
				-u "scraper$((RANDOM % 150)):$password" -w '%{stderr}%{http_code}\n' \
				"${options[@]}" "${names[@]}" >/dev/null || true
		} 2>&1
	done
}

# scrapers N: what good ones saw to $WORK/good.*, the others to $WORK/wrong.*
scrapers() {
	local i pids=()
	for ((i = 1; i <= $1; i++)); do
		scraper $i >"$WORK/$([ $((i % 4)) = 3 ] && echo wrong || echo good).$i" &
		pids+=($!)
	done
	wait "${pids[@]}"
}

# logged_often N TEXT: more than N lines
logged_often() {
	[ "$(grep -c "$2" "$WORK/log")" -gt "$1" ]
}

# Everything that must meet has been there.
happened() {
	many 100 "$WORK"/good.* && many 20 "$WORK"/wrong.* && [ "$(cat "$WORK/churned")" -gt 10 ] &&
		logged_often 1 'read the web configuration again' && logged_often 2 msg=reloaded
}

# For six seconds, or longer on a slow machine.
enough() {
	sleep 6
	wait_for 60 happened || true
	touch "$WORK/enough"
}

# kinds FILE...: of lines
kinds() {
	sort -u "$@" | paste -sd ' '
}

# many N FILE...: lines
many() {
	[ "$(cat "${@:2}" | wc -l)" -gt "$1" ]
}

suite() {
	local i others
	[ "$KIND" = plain ] || return 0
	RESULTS_OF=$TEST
	BIN=$PWD/build/tsan/kvm-exit-exporter
	need openssl perl
	PKI=$WORK/pki
	mkdir "$PKI"
	ca server-ca
	for i in 0 1; do certificate server$i server-ca serverAuth 30 IP:127.0.0.1,IP:127.0.0.2; done
	HASH=$(bcrypt 4 geheim)
	USERS=$(printf "  scraper%d: $HASH\n" {0..149})
	process 100 qemu-system-x86_64 -name steady
	simple_vm 100 3
	configure 1
	export TSAN_OPTIONS=exitcode=99:halt_on_error=1
	start_web --web.listen-address=127.0.0.2:0
	OTHER=$(sed -n 's/.*127\.0\.0\.2:\([0-9]*\).*/\1/p' "$WORK/log" | head -n 1)
	churn &
	others=$!
	enough &
	others+=" $!"
	scrapers 12
	# shellcheck disable=SC2086 # two
	wait $others
	same "who knows the password comes in, always" 200 "$(kinds "$WORK"/good.*)"
	same "who does not, never" 401 "$(kinds "$WORK"/wrong.*)"
	check "the good ones asked often" many 100 "$WORK"/good.*
	check "so did the others" many 20 "$WORK"/wrong.*
	check "VMs came and went meanwhile" [ "$(cat "$WORK/churned")" -gt 10 ]
	check "the configuration changed meanwhile" logged_often 1 'read the web configuration again'
	check "SIGHUP came meanwhile" logged_often 2 msg=reloaded
	stops
	same "thread sanitizer has nothing to say" 0 "$(grep -c ThreadSanitizer "$WORK/log" || true)"
}

run_suite
