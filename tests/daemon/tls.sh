#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TLS by --web.config.file: who is let in, who is not, and certificates that change.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck disable=SC2046 # what as() prints are words
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/daemon/pki.sh
. tests/daemon/pki.sh

# tls_config [LINE...]: TLS with these lines more; one path is absolute
tls_config() {
	tls "$@" | sed "s|key_file: |&$PKI/|" | web_config
}

# refused NAME REASON [CURL-OPTION...]: in TLS 1.2 and 1.3, without a byte of an answer
refused() {
	local version
	for version in 1.2 1.3; do
		: >"$WORK/log"
		same "TLS $version refuses $1" 000 \
			"$(https_code /metrics --tlsv$version --tls-max $version "${@:3}")"
		logged "and logs why: $2" "refused a TLS handshake.*$2"
	done
}

# s_client [OPTION...]: what a client sees that asks for a page
s_client() {
	printf 'GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' |
		timeout 20 openssl s_client -connect "localhost:$PORT" -ign_eof "$@" 2>&1 || true
}

versions() {
	local other fd
	tls_config
	start_web
	same "TLS 1.3" 200 "$(https_code /metrics --tlsv1.3)"
	same "TLS 1.2" 200 "$(https_code /metrics --tls-max 1.2)"
	same "HTTP/2 is not spoken" 1.1 "$(https /metrics -o /dev/null -w '%{http_version}' --http2)"
	same "plain HTTP gets nothing" 000 "$(code /metrics 2>/dev/null || true)"
	# openssl could, as a server of its own shows.
	openssl s_server -accept 127.0.0.1:0 -cert "$PKI/server.pem" -key "$PKI/server.key" -www \
		-tls1_1 -cipher ALL:@SECLEVEL=0 >"$WORK/s_server" 2>&1 &
	other=$!
	wait_for 20 grep -q ACCEPT "$WORK/s_server" || true
	check "this openssl speaks TLS 1.1" grep -q 'Protocol *: TLSv1.1' < <(
		PORT=$(sed -n 's/ACCEPT .*:\([0-9]*\)$/\1/p' "$WORK/s_server") \
			s_client -tls1_1 -cipher ALL:@SECLEVEL=0
	)
	kill "$other"
	for version in tls1 tls1_1; do
		: >"$WORK/log"
		s_client -$version -cipher ALL:@SECLEVEL=0 >"$WORK/s_client"
		same "$version gets no answer" 0 "$(grep -c HTTP "$WORK/s_client" || true)"
		logged "$version: logged" 'refused a TLS handshake.*no TLS 1.2 or later'
	done
	s_client -tls1_2 >"$WORK/s_client"
	same "s_client gets one by TLS 1.2" 1 "$(grep -c 'HTTP/1.1 200' "$WORK/s_client")"
	# Two come while the first is suspended, in the same record.
	printf 'GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n' /metrics '' /metrics '' /-/healthy $'Connection: close\r\n' |
		timeout 20 openssl s_client -connect "localhost:$PORT" -ign_eof -quiet >"$WORK/s_client" 2>/dev/null || true
	same "three requests at once" "3 2 1" "$(grep -c 'HTTP/1.1 200' "$WORK/s_client") $(
		grep -c ^process_max_fds "$WORK/s_client") $(grep -c 'is healthy' "$WORK/s_client")"
	: >"$WORK/log"
	s_client -tls1_2 -cipher AES256-SHA >/dev/null
	logged "no cipher in common" 'no version, cipher suite or curve in common'
	# A ClientHello that says that it has extensions, and then has none.
	: >"$WORK/log"
	exec {fd}<>"/dev/tcp/127.0.0.1/$PORT"
	printf '\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x03%032d\0\0\x02\x13\x01\x01\0\0\x08' 0 >&"$fd"
	logged "a malformed one" 'first message is malformed'
	exec {fd}>&-
	: >"$WORK/log"
	curl -sS "https://localhost:$PORT/" >/dev/null 2>&1 || true
	logged "a client that does not trust us" 'the client broke off'
	stops

	tls_config 'min_version: TLS13' 'curve_preferences: [CurveP521]'
	start_web
	same "TLS 1.3 only: 1.2" 000 "$(https_code /metrics --tls-max 1.2)"
	same "TLS 1.3 only: 1.3" 200 "$(https_code /metrics)"
	same "P-521 only: X25519" 000 "$(https_code /metrics --curves X25519)"
	stops
	tls_config 'cipher_suites: [TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256]'
	start_web
	same "one suite only: another" 000 \
		"$(https_code /metrics --tls-max 1.2 --ciphers ECDHE-ECDSA-AES128-GCM-SHA256)"
	check "one suite only: that" grep -q 'Cipher is ECDHE-ECDSA-CHACHA20-POLY1305' <(s_client -tls1_2)
	stops
}

clients() {
	local who
	tls_config 'client_auth_type: RequireAndVerifyClientCert' 'client_ca_file: client-ca.pem'
	start_web
	same "a good client, TLS 1.3" 200 "$(https_code /metrics $(as good))"
	same "a good client, TLS 1.2" 200 "$(https_code /metrics $(as good) --tls-max 1.2)"
	refused "a client without a certificate" 'there is none'
	refused "an expired one" 'it has expired.*CN=expired' $(as expired)
	refused "one of another CA" 'unknown CA' $(as foreign)
	refused "one for servers" 'not for clients' $(as wrong-purpose)
	: >"$WORK/log"
	s_client -cipher DEFAULT:@SECLEVEL=0 -cert "$PKI/weak.pem" -key "$PKI/weak.key" >"$WORK/s_client"
	same "one with a weak key gets no answer" 0 "$(grep -c HTTP/ "$WORK/s_client" || true)"
	logged "and that is logged" 'too weak.*CN=weak'
	s_client >"$WORK/s_client"
	same "without a certificate not a byte is answered" 0 "$(grep -c HTTP/ "$WORK/s_client" || true)"
	same "and the client is told" 1 "$(grep -c 'alert certificate required' "$WORK/s_client")"
	stops

	tls_config 'client_auth_type: RequireAndVerifyClientCert' 'client_ca_file: client-ca.pem' \
		'client_allowed_sans: [nobody, spiffe://test/good]'
	start_web
	same "an allowed name" 200 "$(https_code /metrics $(as good))"
	refused "a name that is not allowed" 'client_allowed_sans' $(as other)
	stops
	tls_config 'client_auth_type: RequireAndVerifyClientCert' 'client_ca_file: client-ca.pem' \
		'client_allowed_sans: ["0:0:0:0:0:0:0:1"]'
	start_web
	same "an allowed address" 200 "$(https_code /metrics $(as good))"
	stops

	tls_config 'client_auth_type: VerifyClientCertIfGiven' 'client_ca_file: client-ca.pem'
	start_web
	same "if given: none" 200 "$(https_code /metrics)"
	same "if given: a good one" 200 "$(https_code /metrics $(as good))"
	refused "if given: one of another CA" 'unknown CA' $(as foreign)
	stops
	tls_config 'client_auth_type: VerifyClientCertIfGiven'
	start_web
	same "if given, without a CA: none" 200 "$(https_code /metrics)"
	refused "if given, without a CA: any" 'unknown CA' $(as good)
	stops
	tls_config 'client_auth_type: RequireAnyClientCert'
	start_web
	same "any: one of another CA" 200 "$(https_code /metrics $(as foreign))"
	refused "any: none" 'there is none'
	stops
	tls_config 'client_auth_type: RequestClientCert'
	start_web
	for who in foreign expired; do
		same "asked for: $who" 200 "$(https_code /metrics $(as $who))"
	done
	same "asked for: none" 200 "$(https_code /metrics)"
	stops
}

# serial: of the certificate that the server shows now
serial() {
	s_client </dev/null | openssl x509 -noout -serial
}

changes() {
	local i bad=0 before fds
	tls_config 'client_auth_type: RequireAndVerifyClientCert' 'client_ca_file: client-ca.pem'
	start_web
	before=$(serial)
	for i in {1..60}; do
		https_code /metrics $(as good) >>"$WORK/codes"
		echo >>"$WORK/codes"
	done &
	i=$!
	# The key first, as careless tools do it: for a moment they do not belong together.
	sleep 0.3
	mkdir "$WORK/old"
	cp "$PKI"/server.* "$WORK/old"
	certificate server server-ca serverAuth 30 DNS:localhost,IP:127.0.0.1
	wait "$i"
	settle
	same "it goes on" 200 "$(https_code /metrics $(as good))"
	same "no scrape failed while the certificate changed" 60 "$(grep -c 200 "$WORK/codes")"
	logged "the change is logged" 'read the web configuration again'
	same "the new one is served" 1 "$([ "$(serial)" != "$before" ] && echo 1)"
	same "and it is the new one" "$(openssl x509 -noout -serial -in "$PKI/server.pem")" "$(serial)"

	: >"$WORK/log"
	before=$(serial)
	echo nonsense >"$PKI/server.pem"
	settle
	for i in {1..5}; do
		[ "$(https_code /metrics $(as good))" = 200 ] || bad=1
	done
	same "a broken certificate: the old one stays" "0 $before" "$bad $(serial)"
	same "and is complained of once" 1 "$(grep -c 'level=error.*cannot use the new web configuration' "$WORK/log")"
	cp "$WORK/old/server.pem" "$PKI/server.pem"
	settle
	same "one of another key: the old one stays" 200 "$(https_code /metrics $(as good))"
	same "and is complained of once more" 2 "$(grep -c 'level=error.*certificate and key' "$WORK/log")"
	cp "$WORK"/old/server.* "$PKI"
	settle
	same "both: served" 200 "$(https_code /metrics $(as good))"
	same "the older one again" "$(openssl x509 -noout -serial -in "$WORK/old/server.pem")" "$(serial)"

	cp "$PKI/foreign-ca.pem" "$PKI/client-ca.pem.new"
	cp "$PKI/client-ca.pem" "$WORK/old"
	mv "$PKI/client-ca.pem.new" "$PKI/client-ca.pem"
	settle
	same "another client CA: its clients come in" 200 "$(https_code /metrics $(as foreign))"
	refused "those of the one before" 'unknown CA' $(as good)
	cp "$WORK/old/client-ca.pem" "$PKI/client-ca.pem"
	settle
	same "and those again" 200 "$(https_code /metrics $(as good))"

	: >"$WORK/log"
	web_config </dev/null
	settle
	same "TLS is not switched off" 200 "$(https_code /metrics $(as good))"
	logged "that takes a restart" 'takes a restart'
	tls_config 'client_auth_type: RequireAndVerifyClientCert' 'client_ca_file: client-ca.pem'
	fds=$(open_fds)
	: >"$WORK/log"
	for i in {1..60}; do
		https_code /metrics >/dev/null
	done
	check "many that are refused do not fill the log" test "$(grep -c refused "$WORK/log")" -le 20
	check "and cost no file descriptor" wait_for 10 eval "[ \$(open_fds) -le $fds ]"
	stops
	no_secrets
}

bad_files() {
	rm -f "$PKI/web.yml"
	will_not_start "no file" 'web.yml: No such file'
	mkdir "$PKI/web.yml"
	will_not_start "a directory" 'not a regular file'
	rmdir "$PKI/web.yml"
	mkfifo "$PKI/web.yml"
	will_not_start "a fifo" 'not a regular file'
	rm "$PKI/web.yml"
	printf 'tls_server_config:\n  cert_filse: a\n' | web_config
	will_not_start "a wrong key" 'web.yml:2: tls_server_config: unknown key cert_filse'
	head -c 300000 /dev/zero | tr '\0' '\n' | web_config
	will_not_start "a large file" 'too large'
	tls_config 'client_auth_type: RequireAndVerifyClientCert' 'client_ca_file: no-such.pem'
	will_not_start "no such CA" 'no-such.pem: No such file'
	cp "$PKI/server.key" "$PKI/no-certificate.pem"
	tls_config 'client_auth_type: RequireAndVerifyClientCert' 'client_ca_file: no-certificate.pem'
	will_not_start "a CA file without a certificate" 'client CA'
	printf 'tls_server_config:\n  cert_file: good.pem\n  key_file: server.key\n' | web_config
	will_not_start "another's key" 'certificate and key'
	printf 'tls_server_config:\n  cert_file: server.key\n  key_file: server.key\n' | web_config
	will_not_start "a key for a certificate" 'certificate and key'
	{
		printf 'tls_server_config:\n  cert: |\n'
		sed 's/^/    /' "$PKI/server.pem"
		printf '  key: |\n'
		sed 's/^/    /' "$PKI/server.key"
	} | web_config
	start_web
	same "certificate and key inside the file" 200 "$(https_code /metrics)"
	stops
}

# The file that operators begin with, and what is commented out in it.
example() {
	local hash kind
	web_config <systemd/web-config.example.yml
	will_not_start "the example without a hash" 'no bcrypt hash'
	hash=$(bcrypt 5 geheim)
	sed "s|\"the hash\"|$hash|" systemd/web-config.example.yml >"$PKI/short"
	# What is commented out looks like a key or an entry.
	sed -e '/#client_allowed/d' -e 's/^\( *\)#\([a-zA-Z_-]*:\|  - \)/\1\2/' "$PKI/short" >"$PKI/long"
	for kind in short long; do
		web_config <"$PKI/$kind"
		start_web
		same "the example, $kind" 200 "$(https_code /metrics $(as good) -u prometheus:geheim)"
		same "the example, $kind: no certificate" 000 "$(https_code /metrics -u prometheus:geheim)"
		same "the example, $kind: no password" 401 "$(https_code /metrics $(as good))"
		stops
	done
	check "what was commented out was there" grep -q '^    Strict-Transport-Security: m' "$PKI/long"
	check "and its list" grep -q '^    - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256' "$PKI/long"
}

suite() {
	need openssl perl
	make_pki
	versions
	clients
	changes
	bad_files
	example
}

run_suite
