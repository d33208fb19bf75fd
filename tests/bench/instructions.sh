#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Instructions per CPUID exit, counted by an emulator that executes one a
# nanosecond (-icount shift=0): the same tree built unpatched, ours switched
# off, ours on; the least of three boots each, since identical modules differ
# by up to three between boots.  Fails if a budget is exceeded.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/bed/lib.sh
. tests/bed/lib.sh
# shellcheck source=tests/results.sh
. tests/results.sh
RESULTS_OF=bench

boots=3
off_budget=6
on_budget=41
KVER=$(bed_kver)
export KVER

# boot NAME STATE ARG...: leaves the number in build/logs/NAME/artifacts/instructions,
# if the state of exit_stats is that one.
boot() {
	local name=$1 state=$2
	shift 2
	tests/bed/run --icount --timeout 120 --name "$name" "$@" tests/bench/inside "$state" \
		>"build/bench/$name.out" || true
	if grep -q '^not ok' "build/bench/$name.out"; then
		cat "build/bench/$name.out" >&2
		rm -f "build/logs/$name/artifacts/instructions"
	fi
}

# least NAME: of its boots, as an integer.
least() {
	local i
	for i in $(seq $boots); do
		cat "build/logs/bench-$1-$i/artifacts/instructions" 2>/dev/null || echo missing
	done | sort -g | awk '/missing/ { bad = 1 } NR == 1 { printf "%.0f\n", $1 } END { exit bad }'
}

mkdir -p build/bench
echo "Instructions per CPUID exit: kernel $KVER, SVM, least of $boots boots" >&2
for i in $(seq $boots); do
	echo "  boot $i of $boots of each kind" >&2
	boot "bench-unpatched-$i" - --modules "build/modules-unpatched/$KVER" &
	boot "bench-off-$i" N --modules patched --append kvm.exit_stats=0
	wait
	boot "bench-on-$i" Y --modules patched
done

if ! unpatched=$(least unpatched) || ! off=$(least off) || ! on=$(least on); then
	not_ok "a boot gave no number" "see build/logs/bench-*"
	exit 1
fi

{
	printf '| KVM %s | instructions per CPUID exit | added | budget |\n|---|---|---|---|\n' "$KVER"
	printf '| unpatched | %d | | |\n' "$unpatched"
	printf '| exit_stats off | %d | %+d | %+d |\n' "$off" $((off - unpatched)) $off_budget
	printf '| exit_stats on | %d | %+d | %+d |\n' "$on" $((on - unpatched)) $on_budget
} | tee build/bench/table.md

# budget NAME ADDED LIMIT
budget() {
	if [ "$2" -le "$3" ]; then
		ok "$1 adds $2 instructions an exit, at most $3"
	else
		not_ok "$1 adds $2 instructions an exit" "more than $3"
	fi
}
budget "switched off" $((off - unpatched)) $off_budget
budget "switched on" $((on - unpatched)) $on_budget

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
