#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Over TLS too a request must be complete some time after it began, and an idle client may wait.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/daemon/pki.sh
. tests/daemon/pki.sh

suite() {
	need openssl python3
	make_pki
	process 100 qemu-system-x86_64 -name a
	simple_vm 100 3
	tls cipher_suites: \
		'  - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256' \
		'  - TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384' \
		'  - TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256' \
		'  - TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA' | web_config
	start_web
	# Its 17 s are the same for both.
	PORT=$PORT DAEMON=$DAEMON RESULTS_OF=$RESULTS_OF PYTHONDONTWRITEBYTECODE=1 \
		timeout 120 /usr/bin/python3 tests/daemon/tls_unfinished.py "$PKI/server-ca.pem"
	stops
}

run_suite_at_once
