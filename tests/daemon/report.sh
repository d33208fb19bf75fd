#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The sub-command report, on VMs whose counters a script advances.
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"

# report ARGUMENT...: on the fixture
report() {
	"$BIN" report --path.debugfs="$WORK/debugfs" --path.procfs="$WORK/proc" "$@"
}

# begin ARGUMENT...: in the background; $RUN is its pid, its output in $WORK/out and $WORK/err
begin() {
	rm -f "$WORK/err"
	# No function: $! is to be the program itself.
	"$BIN" report --path.debugfs="$WORK/debugfs" --path.procfs="$WORK/proc" "$@" \
		>"$WORK/out" 2>"$WORK/err" &
	RUN=$!
}

# begun: it has read the VM for the first time
begun() {
	wait_for 20 grep -q 'reading it every' "$WORK/err"
}

gone() {
	! kill -0 "$RUN"
}

# ends NAME [STATUS]: it comes to its end, and no sanitizer has spoken
ends() {
	local status=0
	wait_for 60 gone || kill -KILL "$RUN"
	wait "$RUN" || status=$?
	if [ $status != "${2:-0}" ] || grep -qE 'Sanitizer|runtime error' "$WORK/err"; then
		not_ok "$1" "exit status $status: $(cat "$WORK/err")"
	else
		ok "$1"
	fi
}

# says NAME PATTERN: a line of the report
says() {
	check "$1" grep -Eq -e "$2" "$WORK/out"
}

# refused NAME STATUS PATTERN ARGUMENT...: one line on stderr, nothing on stdout
refused() {
	local name=$1 want=$2 pattern=$3 status=0
	shift 3
	report "$@" >"$WORK/out" 2>"$WORK/err" || status=$?
	if [ $status = "$want" ] && [ "$(wc -l <"$WORK/err")" = 1 ] && [ ! -s "$WORK/out" ] &&
		grep -q -e "$pattern" "$WORK/err"; then
		ok "$name"
	else
		not_ok "$name" "exit status $status: $(cat "$WORK/err" "$WORK/out")"
	fi
}

# counters DIRECTORY CPUID IO [ON]: its file from now on, whole; two vCPUs of which the first does
# all IO. IO takes 1000 cycles in the kernel and 3000 in user space, at 1 GHz; 7 of the exits were
# CPUID's before a double's 53 bits ended.
BASE=9007199254740993
counters() {
	local dir=$WORK/debugfs/kvm/$1 head="svm tsc_khz 1000000 on ${4:-1}" columns
	columns='# code name count kernel user blocked'
	mkdir -p "$dir/vcpu0" "$dir/vcpu1"
	printf '# isa %s vcpus 1 paused 0 dropped 0\n%s\n114 CPUID %s 5 0 0\n123 IO %s %s000 %s000 0\n' \
		"$head" "$columns" 7 "$3" "$3" "$((3 * $3))" >"$dir/vcpu0/exit_stats"
	printf '# isa %s vcpus 1 paused 0 dropped 0\n%s\n114 CPUID %s 5 0 0\n' \
		"$head" "$columns" $((BASE + $2)) >"$dir/vcpu1/exit_stats"
	printf '# isa %s vcpus 2 paused 2500000000 dropped 3\n%s\n114 CPUID %s 5 0 0\n123 IO %s %s000 %s000 0\n-1 OTHER 1 0 0 0\n' \
		"$head" "$columns" $((BASE + $2 + 7)) "$3" "$3" "$((3 * $3))" >"$dir/new"
	mv "$dir/new" "$dir/exit_stats"
}

# csv_sum REASON COLUMN: of all intervals, exactly
csv_sum() {
	tr -d '\r' <"$WORK/out" | awk -F, -v reason="\"$1\"" -v column="$2" \
		'$7 == reason { n += $column } END { printf "%d", n }'
}

# csv_last REASON COLUMN
csv_last() {
	tr -d '\r' <"$WORK/out" | awk -F, -v reason="\"$1\"" -v column="$2" \
		'$7 == reason { last = $column } END { print last }'
}

# all_seen FORMAT: no interval was missed, as it is on a machine that stands still for that long
all_seen() {
	case $1 in
	csv) [ "$(wc -l <"$WORK/out")" = $((1 + 7 * 4)) ] ;;
	*) grep -q ': 7 intervals' "$WORK/out" ;;
	esac
}

# The counters go on twice while it is watched; one reading may see both steps.
watched() {
	local format late
	process 100 /usr/bin/qemu-system-x86_64 -name guest=web1 -uuid C7A5FDBD-EDAF-9455-926A-D65C16DB1809
	for format in text markdown csv; do
		for _ in {1..5}; do
			counters 100-3 0 10
			begin web1 --for=1.4s --every 0.2s --format=$format
			begun
			sleep 0.25
			counters 100-3 500 10
			sleep 0.25
			counters 100-3 600 310
			late=
			! gone 2>/dev/null || late=1
			wait_for 60 gone || true
			if [ ! "$late" ] && all_seen $format; then break; fi
		done
		ends "$format: comes to its end"
		mv "$WORK/out" "$WORK/out.$format"
	done
	cp "$WORK/out.text" "$WORK/out"
	says "the title" '^VM web1$'
	says "who it is" 'pid 100, fd 3, qemu-system-x86_64, uuid c7a5.*, svm, 2 vCPUs$'
	says "the exits of the window, exactly" '^  in this window +900 '
	says "since the start, exactly" "^  since the VM's start +$((BASE + 600 + 7 + 310 + 1)) "
	says "the intervals" ': 7 intervals'
	says "bursts are told" '^  No, it comes in bursts: the coefficient of variation is [0-9.]+ %'
	says "most frequent" '^  Most frequent: CPUID 600 \(66.7 %\), IO 300 \(33.3 %\)\.$'
	says "least frequent" '^  Least frequent: IO 300 \(33.3 %\), CPUID 600 \(66.7 %\)\.$'
	says "since the start another one" "^  Least frequent since the VM's start: OTHER 1 .*, IO 310 "
	says "most expensive" '^  Most expensive, in KVM and the VMM: IO 0.001200 s \(100 %\)\.$'
	says "each exit of it" '^  Most expensive for each exit: IO, 4.0 us\.$'
	says "a row of a reason" '^  IO +300  33.3 % +[0-9.]+ +0.000300 +0.000900 +0 +4.0 +310 +4.0$'
	says "paused" '^  paused: .* +0 +0.0 % +2.500$'
	says "the first vCPU" '^ +0 +300 +33.3 % .* 317$'
	says "the second vCPU" "^ +1 +600 +66.7 % .* $((BASE + 600))\$"
	same "nothing was switched off" 0 "$(grep -c NOTE "$WORK/out" || true)"
	mv "$WORK/out.markdown" "$WORK/out"
	says "Markdown: the title" '^# VM web1$'
	says "Markdown: a row" '^\| IO +\| +300 \| 33.3 % \|.* \| +310 \| +4.0 \|$'
	mv "$WORK/out.csv" "$WORK/out"
	same "CSV: CPUID's exits" 600 "$(csv_sum CPUID 8)"
	same "CSV: IO's exits" 300 "$(csv_sum IO 8)"
	same "CSV: CPUID's exits since the start" $((BASE + 607)) "$(csv_last CPUID 13)"
	same "CSV: IO's time in the kernel since the start" 0.00031 "$(csv_last IO 14)"
	same "CSV: a line for each interval and reason, one for what was paused" \
		"$((1 + 7 * 4))" "$(wc -l <"$WORK/out")"
	same "CSV: as many columns in each" 17 "$(awk -F, '{ print NF }' "$WORK/out" | sort -u)"
	same "CSV: the totals are those that were, in their order" '' \
		"$(tr -d '\r' <"$WORK/out" | awk -F, '$7 == "\"IO\"" { print $13 }' | uniq | grep -vx '10\|310' || true)"
}

chosen() {
	local i
	process 200 /usr/bin/qemu-system-x86_64 -name pair
	simple_vm 200 4
	simple_vm 200 5
	process 201 /usr/bin/qemu-system-x86_64 -name web1
	simple_vm 201 3
	refused "a name of two VMs" 1 'web1: 2 VMs are called that: 100-3 (web1), 201-3 (web1)$' web1
	refused "a process of two VMs" 1 '200: 2 VMs are called that: 200-4 (pair), 200-5 (pair)$' 200
	refused "no such name" 1 'nobody: there is no such VM' nobody
	refused "no such pid" 1 '999: there is no such VM' 999
	refused "a hostile name" 1 'a?b?\[31m: there is no such VM' $'a\nb\e[31m'
	refused "no VM" 2 'needs a VM'
	refused "two VMs" 2 'one too many' web1 web2
	refused "an empty name" 2 'must not be empty' ''
	refused "no duration" 2 'must be a duration' web1 --for=soon
	refused "too short a time" 2 '10ms or more' web1 --every=1ms
	refused "too long a time" 2 'a year at most' web1 --for=2y
	refused "intervals longer than all" 2 'must not be longer than --for' web1 --for=1s --every=2s
	refused "too many intervals" 2 'more than 10000 intervals' web1 --for=1h --every=10ms
	refused "no such format" 2 'must be one of: text markdown csv' web1 --format=json
	refused "not the server's options" 2 'does not go with this command' web1 --web.listen-address=:1
	for i in 201 201-3 pair/4 200-5 c7a5fdbd-edaf-9455-926a-d65c16db1809; do
		begin "$i" --for=0.1s
		ends "chosen by $i"
	done
	rm -rf "$WORK"/debugfs/kvm/{200-4,200-5,201-3}
	rm -rf "$WORK/debugfs/kvm.not"
	mv "$WORK/debugfs/kvm" "$WORK/debugfs/kvm.not"
	refused "KVM is not loaded" 1 'is the kvm module loaded' web1
	mv "$WORK/debugfs/kvm.not" "$WORK/debugfs/kvm"
}

cut_short() {
	counters 100-3 0 10
	begin 100 --for=10m --every=5m
	begun
	counters 100-3 0 42
	kill -INT "$RUN"
	ends "Ctrl-C ends it"
	says "Ctrl-C: what was read last counts" '^  in this window +32 '
	says "Ctrl-C: is told" 'NOTE: the report was ended by a signal'
	says "one interval is not enough" 'Not to be told: it takes three intervals'
	begin 100 --for=10m --every=5m
	begun
	counters 100-3 0 52
	# It looks once a second.
	sleep 2.5
	rm -rf "$WORK/debugfs/kvm/100-3"
	ends "a VM that ends ends it"
	says "its end: what was read last counts" '^  in this window +10 '
	says "its end: is told" 'NOTE: the VM ended'
	counters 100-3 0 10
	begin 100 --for=10m --every=0.1s
	begun
	counters 100-3 0 9
	ends "another VM under the same numbers is not the same"
	says "the other's end: is told" 'NOTE: the VM ended'
	counters 100-3 0 10 0
	begin 100 --for=0.3s --every=0.1s
	begun
	ends "switched off"
	says "switched off: is told" 'NOTE: the accounting is switched off'
	says "no exits: is told" '^  There were no exits'
}

boot() {
	# An old one that works hard, one that never runs, one of another name.
	counters 100-3 0 10
	begin --boot=yes
	ends "--boot takes no value" 2
	begin --boot fresh --for=1s --every=0.1s
	wait_for 20 grep -q 'waiting for a VM' "$WORK/err"
	counters 100-3 100 10
	process 301 /usr/bin/qemu-system-x86_64 -name never
	vm 301 3 <<-'END'
		# isa svm tsc_khz 1000000 on 1 vcpus 1 paused 0 dropped 0
		# code name count kernel user blocked
	END
	process 302 /usr/bin/qemu-system-x86_64 -name other
	simple_vm 302 3
	sleep 0.5
	same "boot: others are not it" 0 "$(grep -c 'reading it every' "$WORK/err" || true)"
	process 300 /usr/bin/qemu-system-x86_64 -name fresh
	sed 's/CPUID 100/CPUID 123/' "$WORK/debugfs/kvm/302-3/exit_stats" >"$WORK/new"
	cp -r "$WORK/debugfs/kvm/302-3" "$WORK/fresh"
	mv "$WORK/fresh" "$WORK/debugfs/kvm/300-3"
	begun || true
	# In the second that it watches.
	mv "$WORK/new" "$WORK/debugfs/kvm/300-3/exit_stats"
	same "boot: is told" 1 "$(grep -c 'fresh (pid 300) has started' "$WORK/err" || true)"
	ends "boot: comes to its end"
	says "boot: the title" '^Boot of VM fresh$'
	says "boot: all exits are the window's" '^  in this window +123 '
	says "boot: since the start" "^  since the VM's start +123 "
	rm -rf "$WORK"/debugfs/kvm/30*
	begin --boot --for=0.2s --format=csv
	wait_for 20 grep -q 'waiting for a VM' "$WORK/err"
	simple_vm 302 3
	ends "boot: any VM"
	same "boot: its exits" 100 "$(csv_sum CPUID 8)"
	begin --boot
	wait_for 20 grep -q 'waiting for a VM' "$WORK/err"
	kill -INT "$RUN"
	ends "boot: Ctrl-C while it waits" 1
	same "boot: Ctrl-C is told" 1 "$(grep -c 'interrupted before a VM started' "$WORK/err")"
	rm -rf "$WORK"/debugfs/kvm/30*
}

hostile() {
	counters 400-3 0 10
	process 400 /usr/bin/qemu-system-x86_64 -name $'guest==1+"a"|`b`\n\e[31m<x>'
	begin 400 --for=0.1s --log.level=error
	ends "a hostile name"
	# shellcheck disable=SC2016 # no expansion is meant
	says "hostile: on its line" '^VM =1\+"a"\|`b`\?\?\[31m<x>$'
	same "hostile: no escape" 0 "$(grep -c $'\e' "$WORK/out" || true)"
	same "--log.level=error: no progress" '' "$(cat "$WORK/err")"
	begin 400 --for=0.1s --format=markdown
	ends "a hostile name in Markdown"
	# shellcheck disable=SC2016
	says "hostile: escaped" '^# VM \\=1\\\+\\"a\\"\\\|\\`b\\`\\\?\\\?\\\[31m\\<x\\>$'
	begin 400 --for=0.1s --format=csv
	ends "a hostile name in CSV"
	# A quoted field may hold a line end.
	check "hostile: RFC 4180, and no formula" python3 - "$WORK/out" <<-'END'
		import csv, sys
		rows = list(csv.reader(open(sys.argv[1], newline=""), strict=True))
		assert {len(row) for row in rows} == {17}, rows
		assert {row[3] for row in rows[1:]} == {"'=1+\"a\"|`b`\n?[31m<x>"}, rows[1]
	END
	rm -rf "$WORK/debugfs/kvm/400-3"
}

# An unpatched kernel: totals, and it is said that there is no more.
stock() {
	local dir=$WORK/debugfs/kvm/500-3
	rm -rf "$WORK"/debugfs/kvm/*
	process 500 /usr/bin/qemu-system-x86_64 -name old
	mkdir -p "$dir/vcpu0" "$dir/vcpu1"
	echo 40 >"$dir/exits"
	touch -d '1 hour ago' "$dir"
	begin old --for=1s --every=0.2s
	begun
	# At once: it may not be seen empty.
	echo 140 1<>"$dir/exits"
	ends "source stock"
	says "stock: it is told" 'NOTE: .*no exit statistics \(source stock\)'
	says "stock: exits" '^  in this window +100 '
	says "stock: since the start" "^  since the VM's start +140 "
	same "stock: no reasons, no times" 0 "$(grep -c 'reason \|phase\|switched off' "$WORK/out" || true)"
	begin old --for=0.1s --format=csv
	ends "source stock in CSV"
	same "stock: CSV" ',,,0,,,,,140,,,,' "$(tr -d '\r' <"$WORK/out" | sed -n '2s/.*"old",500//p')"
}

suite() {
	need python3
	watched
	chosen
	cut_short
	boot
	hostile
	stock
}

run_suite
