# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# suite() of the tests that let a real Prometheus scrape, every two seconds for SCRAPING_S seconds. Twice
# in that time certificates are replaced, and all the time others are refused.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck disable=SC2046 # what as() prints are words
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/daemon/pki.sh
. tests/daemon/pki.sh

SERVER= # Prometheus' address
FORWARDER=

# The same over TLS, but in Prometheus' text format.
start_forwarder() {
	printf 'geheim' >"$PKI/password"
	/usr/bin/python3 tests/daemon/forwarder.py "$PORT" "$PKI" >"$WORK/forwarder" 2>"$WORK/forwarder.err" &
	FORWARDER=$!
	wait_for 20 [ -s "$WORK/forwarder" ] || true
}

prometheus_config() {
	cat >"$PKI/prometheus.yml" <<-END
		global:
		  scrape_interval: 2s
		  scrape_timeout: 2s
		scrape_configs:
		  - job_name: kvm
		    scheme: https
		    tls_config:
		      ca_file: server-ca.pem
		      cert_file: good.pem
		      key_file: good.key
		    basic_auth:
		      username: prometheus
		      password_file: password
		    static_configs:
		      - targets: ["localhost:$PORT"]
		  - job_name: wrong-password
		    scheme: https
		    tls_config:
		      ca_file: server-ca.pem
		      cert_file: good.pem
		      key_file: good.key
		    basic_auth:
		      username: prometheus
		      password: Geheim
		    static_configs:
		      - targets: ["localhost:$PORT"]
		  - job_name: no-certificate
		    scheme: https
		    tls_config:
		      ca_file: server-ca.pem
		    basic_auth:
		      username: prometheus
		      password_file: password
		    static_configs:
		      - targets: ["localhost:$PORT"]
		  - job_name: text
		    static_configs:
		      - targets: ["127.0.0.1:$(cat "$WORK/forwarder")"]
	END
}

# It has no port 0: take one that is free now, and another if that is too late.
start_prometheus() {
	local tries=0
	while [ $((tries += 1)) -le 5 ]; do
		SERVER=127.0.0.1:$((20000 + RANDOM % 10000))
		prometheus --config.file="$PKI/prometheus.yml" --storage.tsdb.path="$WORK/tsdb" \
			--web.listen-address="$SERVER" >"$WORK/prometheus" 2>&1 &
		PROMETHEUS=$!
		if wait_for 30 curl -sSf -o /dev/null "http://$SERVER/-/ready"; then
			return
		fi
		kill "$PROMETHEUS" 2>/dev/null || true
	done
	echo "$TEST: Prometheus does not start: $(tail -n 3 "$WORK/prometheus")" >&2
	exit 1
}

# query EXPRESSION: the value of its only series, or nothing
query() {
	curl -sS --max-time 20 --data-urlencode "query=$1" "http://$SERVER/api/v1/query" |
		jq -r '.data.result[0].value[1] // empty'
}

# type_of JOB FAMILY: as Prometheus understood it
type_of() {
	curl -sS --max-time 20 -G --data-urlencode "match_target={job=\"$1\"}" --data-urlencode "metric=$2" \
		"http://$SERVER/api/v1/targets/metadata" | jq -r '.data[0].type // empty'
}

# last_error JOB TEXT: is in what Prometheus says of its last scrape. With TLS 1.3 it may see that
# the connection is gone before it has read the alert that says why.
last_error() {
	curl -sS "http://$SERVER/api/v1/targets" |
		jq -r --arg job "$1" '.data.activeTargets[] | select(.labels.job == $job) | .lastError' |
		grep -qF "$2"
}

has_scraped() {
	[ -n "$(query 'count_over_time(up{job="kvm"}[5m])')" ]
}

suite() {
	local expires scrapes job
	# tls.sh and auth.sh show the sanitizers the same; here only where there is time.
	[ "$KIND" = plain ] || [ "$SCRAPING_S" -gt 60 ] || return 0
	need openssl perl prometheus
	make_pki
	process 100 qemu-system-x86_64 -name a
	simple_vm 100 3
	web_config <<-END
		$(tls 'client_auth_type: RequireAndVerifyClientCert' 'client_ca_file: client-ca.pem')
		basic_auth_users:
		  prometheus: $(bcrypt 8 geheim)
	END
	start_web
	start_forwarder
	prometheus_config
	check "promtool takes Prometheus' configuration" promtool check config "$PKI/prometheus.yml"
	start_prometheus
	# It takes some seconds to find its targets.
	wait_for 60 has_scraped || true
	sleep $((SCRAPING_S / 3))
	certificate server server-ca serverAuth 30 DNS:localhost,IP:127.0.0.1
	sleep $((SCRAPING_S / 3))
	certificate server server-ca serverAuth 30 DNS:localhost,IP:127.0.0.1
	expires=$(openssl x509 -noout -serial -in "$PKI/server.pem")
	sleep $((SCRAPING_S / 3 + 2))
	scrapes=$(query 'count_over_time(up{job="kvm"}[5m])')
	check "Prometheus has scraped often ($scrapes times)" test "${scrapes:-0}" -ge $((SCRAPING_S * 9 / 20))
	same "and none failed" 1 "$(query 'min_over_time(up{job="kvm"}[5m])')"
	scrapes=$(query 'count_over_time(up{job="text"}[5m])')
	check "it has scraped the text format too ($scrapes times)" test "${scrapes:-0}" -ge $((SCRAPING_S * 8 / 20))
	same "and none failed" 1 "$(query 'min_over_time(up{job="text"}[5m])')"
	for job in kvm text; do
		same "$job: it has our series" 100 "$(query "kvm_vm_exits_total{job=\"$job\",vm=\"a\",reason=\"CPUID\"}")"
	done
	for job in wrong-password no-certificate; do
		same "$job: never one that did not fail" 0 "$(query "sum_over_time(up{job=\"$job\"}[5m])")"
	done
	check "Prometheus on the wrong password" wait_for 10 \
		last_error wrong-password 'server returned HTTP status 401 Unauthorized'
	check "Prometheus on the missing certificate" wait_for 10 \
		last_error no-certificate 'tls: certificate required'
	# Only in OpenMetrics a counter's family is named without "_total".
	same "kvm: OpenMetrics" counter "$(type_of kvm kvm_vm_exits)"
	same "text: the text format" counter "$(type_of text kvm_vm_exits_total)"
	kill "$PROMETHEUS" "$FORWARDER"
	wait "$PROMETHEUS" "$FORWARDER" || true
	https /metrics $(as good) -u prometheus:geheim >"$WORK/metrics"
	sound "over TLS" "$WORK/metrics"
	same "and the certificate is the last one" "$expires" "$(openssl s_client -connect "localhost:$PORT" \
		-cert "$PKI/good.pem" -key "$PKI/good.key" </dev/null 2>/dev/null | openssl x509 -noout -serial)"
	stops
	no_secrets geheim Geheim
}
