# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Certificates and passwords for the tests of --web.config.file, made in $WORK/pki, and clients.

PKI=

# ca NAME: a certificate authority
ca() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
		-keyout "$PKI/$1.key" -out "$PKI/$1.pem" -subj "/CN=$1" 2>>"$PKI/log"
}

# certificate NAME CA PURPOSE DAYS [SAN [KEY]]: by that authority; DAYS below 0: it has expired
certificate() {
	local name=$PKI/$1 expires key
	read -ra key <<<"${6:-ec -pkeyopt ec_paramgen_curve:P-256}"
	openssl req -newkey "${key[@]}" -nodes -keyout "$name.key" -out "$name.csr" \
		-subj "/CN=$1" 2>>"$PKI/log"
	printf 'basicConstraints=CA:false\nextendedKeyUsage=%s\nsubjectAltName=%s\n' \
		"$3" "${5:-DNS:$1}" >"$name.ext"
	: >"$name.index"
	expires=$(date -u -d "$4 days" +%Y%m%d%H%M%SZ)
	openssl ca -batch -notext -md sha256 -startdate 20200101000000Z \
		-enddate "$expires" -config /dev/stdin -extfile "$name.ext" -cert "$PKI/$2.pem" \
		-keyfile "$PKI/$2.key" -in "$name.csr" -out "$name.pem" 2>>"$PKI/log" <<-END
			[ca]
			default_ca = this
			[this]
			database = $name.index
			new_certs_dir = $PKI
			rand_serial = yes
			policy = any
			[any]
			commonName = supplied
		END
}

# The server's certificate, and clients of each kind.
make_pki() {
	PKI=$WORK/pki
	mkdir -p "$PKI"
	ca server-ca
	ca client-ca
	ca foreign-ca
	certificate server server-ca serverAuth 30 DNS:localhost,IP:127.0.0.1
	certificate good client-ca clientAuth 30 DNS:good,IP:::1,URI:spiffe://test/good
	certificate other client-ca clientAuth 30 DNS:other
	certificate expired client-ca clientAuth -1
	certificate foreign foreign-ca clientAuth 30 DNS:good
	certificate wrong-purpose client-ca serverAuth 30 DNS:good
	certificate weak client-ca clientAuth 30 DNS:good rsa:1024
}

# bcrypt COST PASSWORD: a hash by Perl's crypt()
bcrypt() {
	perl -e 'printf "%s", crypt($ARGV[1], sprintf(q($2y$%02d$abcdefghijklmnopqrstuu), $ARGV[0]))' "$1" "$2"
}

# tls [LINE...]: the part of a configuration that has it
tls() {
	printf 'tls_server_config:\n  cert_file: server.pem\n  key_file: server.key\n'
	[ $# = 0 ] || printf '  %s\n' "$@"
}

# web_config <TEXT: the configuration, replaced at once
web_config() {
	cat >"$PKI/web.yml.new"
	mv "$PKI/web.yml.new" "$PKI/web.yml"
}

# As long as files must have been left alone before they are read again, and a bit.
settle() {
	sleep 1.2
}

start_web() {
	start --web.config.file="$PKI/web.yml" "$@"
}

# https PATH [CURL-OPTION...]
https() {
	curl -sS --max-time 30 --cacert "$PKI/server-ca.pem" "${@:2}" "https://localhost:$PORT$1"
}

# https_code PATH [CURL-OPTION...]: the status code, 000 if there was no answer
https_code() {
	https "$1" -o /dev/null -w '%{http_code}' "${@:2}" 2>"$WORK/curl" || true
}

# as CLIENT: its options for curl
as() {
	echo "--cert $PKI/$1.pem --key $PKI/$1.key"
}

# logged NAME PATTERN: the log says so, once it has had time to
logged() {
	if wait_for 10 grep -q -- "$2" "$WORK/log"; then
		ok "$1"
	else
		not_ok "$1" "no '$2' in $(tail -n 3 "$WORK/log")"
	fi
}

# will_not_start NAME PATTERN: exit status 1, and one line
will_not_start() {
	local status=0
	timeout 20 "$BIN" --web.listen-address=127.0.0.1:0 --path.debugfs="$WORK/debugfs" \
		--path.procfs="$WORK/proc" --web.config.file="$PKI/web.yml" >"$WORK/out" 2>&1 || status=$?
	if [ $status = 1 ] && [ "$(wc -l <"$WORK/out")" = 1 ] && grep -q -- "$2" "$WORK/out"; then
		ok "will not start: $1"
	else
		not_ok "will not start: $1" "exit status $status: $(cat "$WORK/out")"
	fi
}

# no_secrets WORD...: none of them is in the log, nor a key, a hash or a header
no_secrets() {
	local word
	for word in "$@" 'PRIVATE KEY' '[$]2[aby][$][0-9]' Authorization; do
		same "no '$word' in the log" 0 "$(grep -c -- "$word" "$WORK/log" || true)"
	done
}
