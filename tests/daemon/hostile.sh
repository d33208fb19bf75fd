#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Names that want to break the output, and files that want to break the parser.
# shellcheck disable=SC2119 # arguments of start and stops are optional
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"

# name_of PID: the guest's name in the JSON, as its own JSON string
name_of() {
	jq -c --argjson pid "$1" '.[] | select(.pid == $pid) | .name' "$WORK/vms.json"
}

hostile_names() {
	local n=100 name file=$WORK/metrics
	local names=(
		'a"b' 'back\slash' $'new\nline' $'tab\tand\x01control' 'a"} 1\nx{y="z' ' ' '{}' '#'
		$'bad\xff\xfebytes' $'cut\xe2\x82' $'surrogate\xed\xa0\x80' $'overlong\xc0\xaf' $'\xf4\x90\x80\x80'
		'né☃😀' '<script>alert(1)</script>' '%s%n%d' $'\r' $'del\x7f' 'x/9' '..' 'a,,b' '='
	)
	for name in "${names[@]}"; do
		n=$((n + 1))
		process $n qemu-system-x86_64 -name "guest=$name" -enable-kvm
		simple_vm $n 9
	done
	# 64 KiB and more, of bytes that take three when cleaned and of characters that must stay whole.
	process 500 qemu-system-x86_64 -name "guest=$(head -c 70000 /dev/zero | tr '\0' 'x')"
	process 501 qemu-system-x86_64 -name "guest=$(head -c 70000 /dev/zero | tr '\0' '\377')"
	process 502 qemu-system-x86_64 -name "guest=a$(printf '☃%.0s' {1..30000})" -uuid x
	process 503 firecracker "--id=$(head -c 120000 /dev/zero | tr '\0' '"')"
	# Longer than what is read of it.
	mkdir -p "$WORK/proc/504"
	{ printf 'qemu-system-x86_64\0-name\0first\0-append\0'; head -c 1000000 /dev/zero | tr '\0' 'y'; } \
		>"$WORK/proc/504/cmdline"
	# Not a command line at all.
	process 505 x
	head -c 5000 /dev/zero >"$WORK/proc/505/cmdline"
	process 506 x
	: >"$WORK/proc/506/cmdline"
	process 507 $'/bin/we"ird\n\xff' --name
	for n in {500..507}; do
		simple_vm "$n" 9
	done

	dump >"$file"
	sound "hostile names" "$file"
	same "every VM is there" $((${#names[@]} + 8)) "$(grep -c '^kvm_vm_exits_total' "$file")"
	check "the page is UTF-8" iconv -f UTF-8 -t UTF-16 -o /dev/null "$file"
	same "no line is broken" 0 "$(grep -vcE '^(#|[a-z_]+(\{.*\})? [0-9.]+$)' "$file" || true)"
	start
	get /vms >"$WORK/vms.json"
	check "/vms is JSON" jq -e . "$WORK/vms.json"
	same "quote" '"a\"b"' "$(name_of 101)"
	same "newline" '"new\nline"' "$(name_of 103)"
	same "quote in the metrics" 1 "$(grep -c '^kvm_vm_exits_total{vm="a\\"b",pid="101"' "$file")"
	same "backslash in the metrics" 1 \
		"$(grep -c '^kvm_vm_exits_total{vm="back\\\\slash",pid="102"' "$file")"
	same "newline in the metrics" 1 "$(grep -c '^kvm_vm_exits_total{vm="new\\nline",pid="103"' "$file")"
	same "bytes that are no UTF-8" '"bad��bytes"' "$(name_of 109)"
	same "a character cut off" '"cut�"' "$(name_of 110)"
	same "a surrogate" '"surrogate���"' "$(name_of 111)"
	same "overlong" '"overlong��"' "$(name_of 112)"
	same "good UTF-8 stays" '"né☃😀"' "$(name_of 114)"
	same "QEMU's doubled comma" '"a,b"' "$(name_of 121)"
	same "64 KiB are cut" 256 "$(name_of 500 | jq -r . | tr -d '\n' | wc -c)"
	same "64 KiB of rubbish are cut between characters" 255 "$(name_of 501 | jq -r . | tr -d '\n' | wc -c)"
	same "wide characters stay whole" 256 "$(name_of 502 | jq -r . | tr -d '\n' | wc -c)"
	same "a long command line still has its name" '"first"' "$(name_of 504)"
	same "a command line of zeros has none" null "$(name_of 505)"
	same "an empty one neither" null "$(name_of 506)"
	stops
}

# bad_file NAME: a VM whose exit_stats is stdin; it must be refused
bad_file() {
	bad=$((bad + 1))
	bad_names+=("$1")
	vm "$bad" 3
}

good_head=$'# isa svm tsc_khz 2000000 on 1 vcpus 1 paused 0 dropped 0\n# code name count kernel user blocked\n'

hostile_files() {
	local bad=1000 bad_names=() file=$WORK/metrics i
	rm -rf "$WORK/debugfs/kvm" "$WORK/proc"
	mkdir -p "$WORK/proc"
	simple_vm 900 3

	bad_file "empty" < <(printf '')
	bad_file "blank lines" < <(printf '\n\n')
	bad_file "zeros" < <(head -c 4096 /dev/zero)
	bad_file "random bytes" < <(head -c 60000 /dev/urandom)
	bad_file "cut in the header" < <(printf '# isa svm tsc_khz 2000000 on 1')
	bad_file "cut after the header" < <(printf '# isa svm tsc_khz 2000000 on 1 vcpus 1 paused 0 dropped 0\n')
	bad_file "cut in a number" < <(printf '%s114 CPUID 100 2000' "$good_head")
	bad_file "too few columns" < <(printf '%s114 CPUID 100\n' "$good_head")
	bad_file "a column that the head does not name" < <(printf '%s114 CPUID 100 0 0 0 0\n' "$good_head")
	bad_file "negative" < <(printf '%s114 CPUID -1 0 0 0\n' "$good_head")
	bad_file "2^64" < <(printf '%s114 CPUID 18446744073709551616 0 0 0\n' "$good_head")
	bad_file "a code of 33 bits" < <(printf '%s4294967296 CPUID 1 0 0 0\n' "$good_head")
	bad_file "hexadecimal" < <(printf '%s114 CPUID 0x10 0 0 0\n' "$good_head")
	bad_file "two spaces" < <(printf '%s114  CPUID 1 0 0 0\n' "$good_head")
	bad_file "leading space" < <(printf '%s 114 CPUID 1 0 0 0\n' "$good_head")
	bad_file "trailing space" < <(printf '%s114 CPUID 1 0 0 0 \n' "$good_head")
	bad_file "carriage return" < <(printf '%s114 CPUID 1 0 0 0\r\n' "$good_head")
	bad_file "quote in a name" < <(printf '%s114 CP"UID 1 0 0 0\n' "$good_head")
	bad_file "backslash in a name" < <(printf '%s114 CP\\UID 1 0 0 0\n' "$good_head")
	bad_file "byte above 127 in a name" < <(printf '%s114 CP\xffUID 1 0 0 0\n' "$good_head")
	bad_file "NUL in a name" < <(printf '%s114 CPUID\0 1 0 0 0\n' "$good_head")
	bad_file "64 bytes of name" < <(printf '%s114 %s 1 0 0 0\n' "$good_head" "$(printf 'N%.0s' {1..64})")
	bad_file "a code twice" < <(printf '%s114 CPUID 1 0 0 0\n114 HLT 1 0 0 0\n' "$good_head")
	bad_file "a name twice" < <(printf '%s114 CPUID 1 0 0 0\n115 CPUID 1 0 0 0\n' "$good_head")
	bad_file "-1 that is not OTHER" < <(printf '%s-1 CPUID 1 0 0 0\n' "$good_head")
	bad_file "-2" < <(printf '%s-2 OTHER 1 0 0 0\n' "$good_head")
	bad_file "a third comment" < <(printf '%s# more\n114 CPUID 1 0 0 0\n' "$good_head")
	bad_file "tsc_khz of 33 bits" < <(printf '%s114 CPUID 1 0 0 0\n' "${good_head/tsc_khz 2000000/tsc_khz 4294967296}")
	bad_file "no tsc_khz" < <(printf '%s114 CPUID 1 0 0 0\n' "${good_head/tsc_khz 2000000 /}")
	bad_file "on 2" < <(printf '%s114 CPUID 1 0 0 0\n' "${good_head/on 1/on 2}")
	bad_file "a field twice" < <(printf '%s114 CPUID 1 0 0 0\n' "${good_head/on 1/on 1 on 1}")
	bad_file "a field without value" < <(printf '%s114 CPUID 1 0 0 0\n' "${good_head/dropped 0/dropped}")
	bad_file "isa of 16 bytes" < <(printf '%s114 CPUID 1 0 0 0\n' "${good_head/isa svm/isa abcdefghijklmnop}")
	bad_file "columns in another order" < <(printf '%s114 CPUID 1 0 0 0\n' "${good_head/kernel user/user kernel}")
	bad_file "600 reasons" < <({ printf '%s' "$good_head"; for i in {1..600}; do echo "$i N$i 1 0 0 0"; done; })
	bad_file "70 KB in one line" < <({ printf '%s' "$good_head"; head -c 70000 /dev/zero | tr '\0' '7'; })
	bad_file "20 MB" < <({ printf '%s' "$good_head"; head -c 20000000 /dev/zero | tr '\0' '\n'; })
	bad_file "a directory" </dev/null
	rm "$WORK/debugfs/kvm/$bad-3/exit_stats"
	mkdir "$WORK/debugfs/kvm/$bad-3/exit_stats"
	bad_file "a fifo" </dev/null
	rm "$WORK/debugfs/kvm/$bad-3/exit_stats"
	mkfifo "$WORK/debugfs/kvm/$bad-3/exit_stats"
	bad_file "a link to itself" </dev/null
	ln -sf exit_stats "$WORK/debugfs/kvm/$bad-3/exit_stats"

	dump >"$file"
	sound "bad files" "$file"
	for i in $(seq 1001 $bad); do
		same "refused: ${bad_names[$((i - 1001))]}" 0 "$(grep -c "pid=\"$i\"" "$file" || true)"
	done
	same "the good one is served" 100 "$(value "$file" 'kvm_vm_exits_total{vm="900",pid="900",reason="CPUID"}')"
	same "each bad one is counted" $((bad - 1000)) "$(value "$file" kvm_exit_exporter_read_errors_total)"
	same "the scrape is a success" 1 "$(value "$file" kvm_exit_exporter_collector_success)"

	# Which makes a first attempt.
	start
	get /metrics -o "$file"
	same "errors add up" $((2 * (bad - 1000))) "$(value "$file" kvm_exit_exporter_read_errors_total)"
	same "one line in the log for each" $((bad - 1000)) "$(grep -c 'cannot read' "$WORK/log")"
	rm -rf "$WORK/debugfs/kvm/900-3"
	get /metrics -o "$file"
	same "with nothing left to read, no success" 0 "$(value "$file" kvm_exit_exporter_collector_success)"
	stops
}

# A file that is right, but has no frequency: counts are served, seconds are not.
no_frequency() {
	local file=$WORK/metrics
	rm -rf "$WORK/debugfs/kvm"
	printf '%s114 CPUID 100 5 0 0\n' "${good_head/2000000/0}" | vm 900 3
	dump >"$file"
	sound "tsc_khz 0" "$file"
	same "tsc_khz 0: counts" 1 "$(grep -c 'kvm_vm_exits_total{.*} 100$' "$file")"
	same "tsc_khz 0: no seconds" 0 "$(grep -c '^kvm_vm_exit_seconds\|^kvm_vm_paused' "$file" || true)"
	same "tsc_khz 0: an error" 1 "$(value "$file" kvm_exit_exporter_read_errors_total)"
	same "tsc_khz 0: JSON has null" 'null null' \
		"$(dump --format=json | jq -r '.[0] | "\(.seconds) \(.paused.seconds)"')"
}

suite() {
	hostile_names
	hostile_files
	no_frequency
}

run_suite
