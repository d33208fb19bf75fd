#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The real binary on a fixture host against golden files. golden.sh -u writes them anew.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"
. tests/daemon/fixture.sh

update=${1:-}
golden=tests/daemon/golden

# What differs from run to run and from host to host.
settled() {
	sed -e '/^\(# [A-Z]* \)\?kvm_exit_exporter_\(http_\|scrape_timeouts\)/d' \
		-e '/process_[a-z_]* /d' -e '/# HELP process_/d' -e '/# TYPE process_/d' -e '/# UNIT process_/d' \
		-e 's/^\(kvm_exit_exporter_scrape_duration_seconds\) [0-9.]*$/\1 X/' \
		-e 's/^\(kvm_exit_exporter_build_info\){version="[^"]*"}/\1{version="X"}/' \
		-e 's/^\(kvm_exit_exporter_read_errors_total\) [0-9]*$/\1 X/'
}

# compare NAME FILE GOT
compare() {
	settled <"$3" >"$3.settled"
	if [ "$update" = -u ] && [ "$KIND" = plain ]; then
		cp "$3.settled" "$golden/$2"
	fi
	check "$1 is as in $2" diff -u "$golden/$2" "$3.settled"
}

is_json() {
	jq -e . "$1" >/dev/null
}

suite() {
	local file=$WORK/got path
	make_host

	dump >"$file"
	compare "dump" metrics.prom "$file"
	sound "dump" "$file"
	same "dump counts the file that cannot be read" 1 \
		"$(value "$file" kvm_exit_exporter_read_errors_total)"
	dump --collector.vcpu >"$file"
	compare "dump --collector.vcpu" metrics-vcpu.prom "$file"
	sound "dump --collector.vcpu" "$file"
	dump --format=json >"$file"
	compare "dump --format=json" dump.json "$file"
	check "dump --format=json is JSON" is_json "$file"

	start
	get /metrics >"$file"
	compare "/metrics" metrics.prom "$file"
	sound "/metrics" "$file"
	get /metrics -H 'Accept: application/openmetrics-text' >"$file"
	compare "OpenMetrics" metrics.om "$file"
	for path in vms vm/4242 vm/4242-9 vm/5000 vm/8000 vm/8000-11 vm/9500-9 vm/9501-9; do
		get "/$path" >"$file"
		compare "/$path" "${path//\//-}.json" "$file"
		check "/$path is JSON" is_json "$file"
	done
	same "/vm/8000 is a choice" 300 "$(code /vm/8000)"
	same "/vm/8000-11 is one VM" 200 "$(code /vm/8000-11)"
	same "/vm/9400 cannot be read" 500 "$(code /vm/9400)"
	stops

	start --collector.vcpu --web.telemetry-path=/m
	get /m >"$file"
	compare "--collector.vcpu" metrics-vcpu.prom "$file"
	same "--web.telemetry-path moves the metrics" 404 "$(code /metrics)"
	stops
}

run_suite
