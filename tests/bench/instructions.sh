#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Instructions per CPUID exit, counted by an emulator that executes one a nanosecond:
# the same tree built unpatched, ours switched off, ours on, and with the guest's leaves
# on too; the least of three boots each, since identical modules differ by up to three
# between boots. Fails if a budget is exceeded.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

boots=3
off_budget=6
on_budget=41
leaves_budget=4

# least NAME: of its boots.
least() {
	local i
	for i in $(seq $boots); do
		number "$1-$i" || echo missing
	done | sort -g | awk '/missing/ { bad = 1 } NR == 1 { print } END { exit bad || !NR }'
}

echo "Instructions per CPUID exit: kernel $KVER, SVM, least of $boots boots" >&2
for i in $(seq $boots); do
	echo "  boot $i of $boots of each kind" >&2
	boot "unpatched-$i" "${unpatched_modules[@]}" -- - &
	boot "off-$i" --append kvm.exit_stats=0 -- N
	wait
	boot "on-$i" -- Y &
	boot "leaves-$i" -- Y leaves
	wait
done
# Every guest's CPUID reads the leaves, on four vCPUs that take turns: against leaf 0.
boot hammer-0 -- Y leaves cpuid 4 &
boot hammer-leaf -- Y leaves cpuid@0x4ffffffd@114 4
wait

unpatched=$(least unpatched) || give_up
off=$(least off) || give_up
on=$(least on) || give_up
leaves=$(least leaves) || give_up
zero=$(number hammer-0) || give_up
leaf=$(number hammer-leaf) || give_up

{
	printf '| KVM %s | instructions per CPUID exit | added | budget |\n|---|---|---|---|\n' "$KVER"
	printf '| unpatched | %d | | |\n' "$unpatched"
	printf '| exit_stats off | %d | %+d | %+d |\n' "$off" $((off - unpatched)) $off_budget
	printf '| exit_stats on | %d | %+d | %+d |\n' "$on" $((on - unpatched)) $on_budget
	printf '| and exit_stats_cpuid=desc | %d | %+d | %+d |\n' "$leaves" $((leaves - unpatched)) \
		$((on - unpatched + leaves_budget))
} | tee build/bench/table.md

at_most "instructions that it adds to an exit, switched off" $((off - unpatched)) $off_budget
at_most "instructions that it adds to an exit, switched on" $((on - unpatched)) $on_budget
at_most "instructions that the leaves add to an exit that reads none" $((leaves - on)) $leaves_budget
at_most "4 vCPUs that read only the leaves, in % of 4 that read leaf 0" $((leaf * 100 / zero)) 150

# Where they go: what the compiler made of the two hooks in svm_vcpu_run().
echo
echo "The hooks in svm_vcpu_run(), with the accounting on (each jmp is a nop then):"
objdump -d -l --inlines --no-show-raw-insn --disassemble=svm_vcpu_run \
	"build/cache/$KVER/patched/arch/x86/kvm/svm/svm.o" | awk '
	/^ +[0-9a-f]+:\t/ {
		cold = $2 == "call" || cold
		if (ours && !cold) { sub(/^ +[0-9a-f]+:/, "   "); print; n++ }
		ours = 0; next
	}
	/exit_stats/ { ours = 1; cold = 0 }
	END { printf "%d instructions\n", n }'
exit ${RESULTS_FAILED:-0}
