#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A file of --web.config.file that is written while it is in use never opens a door; SIGHUP.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck disable=SC2046 # what as() prints are words
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/daemon/pki.sh
. tests/daemon/pki.sh

CA=('client_auth_type: RequireAndVerifyClientCert' 'client_ca_file: client-ca.pem')

# users NAME=PASSWORD...: the part of a configuration
users() {
	local user
	echo 'basic_auth_users:'
	for user; do
		printf '  %s: %s\n' "${user%%=*}" "$(bcrypt 4 "${user#*=}")"
	done
}

# codes N [CURL-OPTION...]: of so many requests, five in a second at most: those that came
codes() {
	local i
	for ((i = 0; i < $1; i++)); do
		code /metrics "${@:2}"
		echo
		sleep 0.2
	done | sort -u | paste -sd ' '
}

# In place, as editors and scripts do it.
half_written() {
	local asker begun took meanwhile tries=0
	start_users() { { users a=1; users b=2 | tail -n 1; } | web_config; }
	start_users
	start_web
	users a=3 >"$WORK/users"
	while :; do
		: >"$WORK/log"
		codes 18 >"$WORK/codes" &
		asker=$!
		begun=$(date +%s%3N)
		: >"$PKI/web.yml"
		sleep 0.3
		echo '# a comment first' >>"$PKI/web.yml"
		sleep 0.3
		cat "$WORK/users" >>"$PKI/web.yml"
		meanwhile=$(code /metrics -u a:1)
		took=$(($(date +%s%3N) - begun))
		wait "$asker"
		# Left alone for a second, as on a machine that is busy, half a file is a file: again.
		if [ $took -lt 950 ] || [ $((tries += 1)) -ge 5 ]; then break; fi
		start_users
		settle
		code /metrics >/dev/null
	done
	same "while it is written: the old one" 200 "$meanwhile"
	same "while it is written nobody comes in without a password" 401 "$(cat "$WORK/codes")"
	same "then the new one" "401 200" "$(code /metrics -u a:1) $(code /metrics -u a:3)"
	same "a file in the making is not complained of" 0 "$(grep -c level=error "$WORK/log" || true)"

	# Empty, and left alone.
	: >"$PKI/web.yml"
	settle
	same "an empty file: nobody comes in without a password" 401 "$(codes 5)"
	same "the old users do" 200 "$(code /metrics -u a:3)"
	same "that is told, once" 1 "$(grep -c 'level=error.*web.yml: to do without users takes a restart' "$WORK/log")"
	echo 'basic_auth_users: {}' >"$PKI/web.yml"
	settle
	same "no users: nobody comes in without a password" 401 "$(codes 5)"
	users a=5 >"$PKI/web.yml"
	settle
	same "the next good one is taken" 200 "$(code /metrics -u a:5)"
	web_config </dev/null
	stops
	start_web
	same "after a restart without users everybody comes in" 200 "$(code /metrics)"
	users a=1 | web_config
	settle
	same "users may come without a restart" "401 200" "$(code /metrics) $(code /metrics -u a:1)"
	stops
}

# A clock that is behind the file's must not keep it out for ever.
future() {
	users a=1 | web_config
	start_web
	same "before" 200 "$(code /metrics -u a:1)"
	users a=2 >"$PKI/web.yml"
	touch -d '2 hours' "$PKI/web.yml"
	settle
	code /metrics -u a:1 >/dev/null
	settle
	same "a file of the future is taken at the second look" "401 200" \
		"$(code /metrics -u a:1) $(code /metrics -u a:2)"
	users a=3 >"$PKI/web.yml"
	touch -d '2 hours ago' "$PKI/web.yml"
	settle
	same "one of the past at the first" "401 200" "$(code /metrics -u a:2) $(code /metrics -u a:3)"
	stops
}

# stays NAME: the configuration now there is refused, and without a certificate nobody comes in
stays() {
	: >"$WORK/log"
	settle
	same "$1: who has a certificate comes in" 200 "$(https_code /metrics $(as good))"
	same "$1: who has none does not" 000 "$(https_code /metrics)"
	same "$1: who has another does not" 000 "$(https_code /metrics $(as other))"
	same "$1: takes a restart" 1 "$(grep -c 'level=error.*web.yml: .* takes a restart' "$WORK/log")"
}

clients() {
	local mode
	tls "${CA[@]}" 'client_allowed_sans: [good]' | web_config
	start_web
	same "before" 200 "$(https_code /metrics $(as good))"
	tls "${CA[@]}" >"$PKI/web.yml"
	stays "no allowed names"
	tls >"$PKI/web.yml"
	stays "half of it"
	for mode in RequestClientCert RequireAnyClientCert; do
		tls "client_auth_type: $mode" >"$PKI/web.yml"
		stays "$mode"
	done
	tls 'client_auth_type: VerifyClientCertIfGiven' 'client_ca_file: client-ca.pem' \
		'client_allowed_sans: [good]' >"$PKI/web.yml"
	stays "VerifyClientCertIfGiven"
	: >"$PKI/web.yml"
	stays "no TLS"
	users a=1 >"$PKI/web.yml"
	stays "users instead of TLS"
	tls "${CA[@]}" 'client_allowed_sans: [other]' >"$PKI/web.yml"
	settle
	same "other names may come" "000 200" \
		"$(https_code /metrics $(as good)) $(https_code /metrics $(as other))"
	stops
	tls | web_config
	start_web
	tls "${CA[@]}" >"$PKI/web.yml"
	settle
	same "to ask for more takes no restart" "000 200" \
		"$(https_code /metrics) $(https_code /metrics $(as good))"
	stops
}

# hang_up PATTERN: SIGHUP, and wait until the log has this
hang_up() {
	: >"$WORK/log"
	kill -HUP "$DAEMON"
	wait_for 10 grep -q "$1" "$WORK/log" || true
}

sighup() {
	users a=1 | web_config
	start_web
	users a=2 >"$PKI/web.yml"
	hang_up msg=reloaded
	same "SIGHUP: a file is read at once" "401 200" "$(code /metrics -u a:1) $(code /metrics -u a:2)"
	same "SIGHUP: and that is told" 1 "$(grep -c 'level=info msg=reloaded' "$WORK/log")"
	printf 'basic_auth_users: nonsense\n' >"$PKI/web.yml"
	for _ in 1 2; do
		hang_up level=error
		same "SIGHUP: a broken file is told" 1 \
			"$(grep -c 'level=error.*the old one stays.*web.yml:1: ' "$WORK/log")"
		same "SIGHUP: it is not called reloaded" 0 "$(grep -c msg=reloaded "$WORK/log" || true)"
		same "SIGHUP: the old one stays" "401 200" "$(code /metrics) $(code /metrics -u a:2)"
	done
	: >"$PKI/web.yml"
	hang_up level=error
	same "SIGHUP: an empty file opens no door" "401 200" "$(code /metrics) $(code /metrics -u a:2)"
	same "SIGHUP: it takes a restart" 1 "$(grep -c 'level=error.*takes a restart' "$WORK/log")"
	users a=4 >"$PKI/web.yml"
	hang_up msg=reloaded
	same "SIGHUP: the next good one is taken" 200 "$(code /metrics -u a:4)"
	stops
	no_secrets
}

suite() {
	need openssl perl
	make_pki
	process 100 qemu-system-x86_64 -name a
	simple_vm 100 3
	half_written
	future
	clients
	sighup
}

run_suite_at_once
