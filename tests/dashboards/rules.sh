#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Rules, alerts and the example configuration, by promtool; and that no rule goes without a test.
# shellcheck source=tests/dashboards/lib.sh
. "$(dirname "$0")/lib.sh"

new_work
rules=(dashboards/rules/*.yml)
tests=(dashboards/rules/tests/*.yml)
alerts=$(rules_of alert alert)

# config FILE: what promtool says of it, with what is commented out as well if UNCOMMENTED.
config() {
	cp -r dashboards/rules dashboards/targets "$WORK/"
	touch "$WORK/kvm-ca.pem" "$WORK/prometheus.pem" "$WORK/prometheus.key" "$WORK/kvm-password"
	sed "s|/etc/prometheus|$WORK|" "$1" >"$WORK/example.yml"
	promtool check config "$WORK/example.yml"
}

# In comments, prose begins with a capital letter, and has no line like "key: value".
uncommented() {
	sed 's/^\( *\)# \( *\(- \)\?[a-z_]*:\( .*\)\?\)$/\1\2/' dashboards/prometheus.yml >"$WORK/uncommented.yml"
	if [ "$(grep -cE '^( *basic_auth|remote_write):' "$WORK/uncommented.yml")" != 2 ]; then
		echo "the example has lost its comments"
		return 1
	fi
	config "$WORK/uncommented.yml"
}

# Sums go to a long-term store; what is scraped does not.
remote_write_filter() {
	local keep bad
	keep=$(yq -r '.remote_write[0].write_relabel_configs[0].regex' "$WORK/uncommented.yml")
	bad=$(rules_of record record | grep -vxE "$keep") && { echo "not sent: $bad"; return 1; }
	bad=$(printf 'kvm_vm_exits_total\nkvm_vcpu_exits_total\n' | grep -xE "$keep") && { echo "sent: $bad"; return 1; }
	grep -qF "regex: $keep" dashboards/README.md || { echo "README.md has another filter"; return 1; }
}

# An alert is tested firing, and silent.
alerts_are_tested() {
	local alert bad=''
	yq -r '.tests[].alert_rule_test[]? | "\(.alertname) \(.exp_alerts | length > 0)"' "${tests[@]}" >"$WORK/tested"
	for alert in $alerts; do
		grep -qx "$alert true" "$WORK/tested" || { echo "$alert is never seen firing"; bad=1; }
		grep -qx "$alert false" "$WORK/tested" || { echo "$alert is never seen silent"; bad=1; }
	done
	[ -z "$bad" ]
}

records_are_tested() {
	local record bad=''
	yq -r '.tests[].promql_expr_test[]? | select(.exp_samples | length > 0).expr' "${tests[@]}" >"$WORK/tested"
	for record in $(rules_of record record); do
		grep -qE "(^|[^a-z0-9_:])$record([^a-z0-9_:]|\$)" "$WORK/tested" || { echo "$record"; bad=1; }
	done
	[ -z "$bad" ]
}

record_names() {
	local bad
	bad=$(rules_of record record | grep -vE '^[a-z_]+:[a-z_]+:[a-z0-9_]+$') && { echo "not level:metric:operations: $bad"; return 1; }
	return 0
}

alerts_are_explained() {
	local bad
	bad=$(yq -r '.groups[].rules[] | select(.alert)
		| select((.labels.severity | IN("info", "warning", "critical") | not)
			or (.annotations.summary // "") == "" or (.annotations.description // "") == ""
			or .annotations.runbook_url != "dashboards/runbook.md#\(.alert | ascii_downcase)").alert' "${rules[@]}")
	[ -z "$bad" ] || { echo "severity, summary, description or runbook_url: $bad"; return 1; }
}

# Each has a paragraph, and each paragraph an alert.
runbook() {
	local bad
	bad=$(diff <(sort <<<"$alerts") <(sed -n 's/^## //p' dashboards/runbook.md | sort)) || { echo "$bad"; return 1; }
	bad=$(awk '/^## / { if (name && words < 40) print name; name = $2; words = 0; next } { words += NF }
		END { if (words < 40) print name }' dashboards/runbook.md)
	[ -z "$bad" ] || { echo "hardly a word on $bad"; return 1; }
}

# Names of reasons are those of the kernel's tables.
reasons() {
	local headers known reason bad=''
	mapfile -t headers < <(find build/cache/ -path '*/linux/arch/x86/include/uapi/asm/*' \( -name vmx.h -o -name svm.h \))
	[ ${#headers[@]} -gt 0 ] || { echo "no kernel source: make modules"; return 1; }
	known=$(sed -n 's/.*{ *[A-Z0-9_ +]*, *"\([^"]*\)" *}.*/\1/p' "${headers[@]}" | tr 'a-z ' 'A-Z_' | sort -u)
	for reason in $({ rules_of expr expr; jq -r '.panels[].targets[]?.expr' "${BOARDS[@]}"; } |
		grep -o 'reason=~"[^"]*"' | cut -d '"' -f 2 | tr '|' '\n' | sort -u); do
		case $reason in OTHER | '0x.*') continue ;; esac
		grep -qx "$reason" <<<"$known" || { echo "no exit reason is called $reason"; bad=1; }
	done
	[ -z "$bad" ]
}

check "promtool check rules" promtool check rules "${rules[@]}"
check "promtool test rules" promtool test rules "${tests[@]}"
check "promtool check config, the example" config dashboards/prometheus.yml
check "promtool check config, with what it has in comments" uncommented
check "remote_write takes what is recorded, and nothing scraped" remote_write_filter
check "recording rules are named by convention" record_names
check "every recording rule is tested" records_are_tested
check "every alert is tested, firing and silent" alerts_are_tested
check "every alert has severity, summary, description and runbook_url" alerts_are_explained
check "the runbook has a paragraph for each alert" runbook
check "reasons have the kernel's names" reasons
