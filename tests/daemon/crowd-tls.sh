#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Clients that are many, slow or hostile, with TLS and users: a scrape beside them is served. And few
# file descriptors, with TLS and without.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/daemon/pki.sh
. tests/daemon/pki.sh

# The memory that a crowd may cost, in KiB; the sanitizers' shadow is not ours.
MEMORY=24576

python() {
	PORT=$PORT DAEMON=$DAEMON RESULTS_OF=$RESULTS_OF PYTHONDONTWRITEBYTECODE=1 \
		python3 tests/daemon/crowd_tls.py "$@"
}

# few COMMAND...: with a limit of 100 file descriptors, a hard one: the daemon raises a soft one.
few() {
	local bin=$BIN
	BIN=$WORK/few
	printf '#!/bin/sh\nexec prlimit --nofile=100:100 "%s" "$@"\n' "$bin" >"$BIN"
	chmod +x "$BIN"
	"$@"
	BIN=$bin
}

# The limit is lowered when it serves, to less than the clients that it would take: it knows nothing of it.
lower() {
	prlimit --pid "$DAEMON" --nofile=40:40
	LIMIT=40 python no_fds
}

few_fds() {
	few start
	LIMIT=100 python few_fds
	lower
	stops
	few start_web
	CA=$PKI/server-ca.pem LIMIT=100 python few_fds
	CA=$PKI/server-ca.pem lower
	stops
}

suite() {
	need openssl perl python3 prlimit
	PKI=$WORK/pki
	mkdir "$PKI"
	ca server-ca
	certificate server server-ca serverAuth 30 DNS:localhost
	process 100 qemu-system-x86_64 -name a
	simple_vm 100 3
	web_config <<-END
		$(tls)
		basic_auth_users:
		  scraper: $(bcrypt 9 geheim)
	END
	# The sanitizers see no more than in a crowd.
	[ "$KIND" = asan ] || few_fds

	export CA=$PKI/server-ca.pem
	start_web
	if [ "$KIND" = asan ]; then python crowd 300 1; else MEMORY=$MEMORY python crowd 300 2; fi
	python passwords 40
	same "and it still serves" 200 "$(https_code /metrics -u scraper:geheim)"
	stops
	unset CA
	no_secrets geheim
}

run_suite
