#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the tools that people have today add to a CPUID exit, in instructions, on the
# same unpatched modules: ftrace's histogram, perf kvm stat, bpftrace that counts and
# times by process and reason. Ours must be cheaper by a factor each.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

for program in perf bpftrace; do
	command -v $program >/dev/null || { echo "no $program: run 'make deps'" >&2; exit 1; }
done
echo "What other tools add to an exit" >&2
# That of bpftrace takes longest: beside it, one after the other, the rest.
boot peer-bpftrace "${unpatched_modules[@]}" --mem 3G --program "$(command -v bpftrace)" -- - bpftrace &
boot peer-none "${unpatched_modules[@]}" -- -
boot peer-ours -- Y
boot peer-hist "${unpatched_modules[@]}" -- - hist
boot peer-perf "${unpatched_modules[@]}" --program "$(command -v perf)" -- - perf
wait

for name in none ours hist perf bpftrace; do
	declare "$name=$(number peer-$name)"
	[ -n "${!name}" ] || give_up
done
# shellcheck disable=SC2154 # declared above
added=$((ours - none))
[ $added -gt 0 ] || give_up

{
	printf '| tool | instructions added to an exit | times ours |\n|---|---|---|\n'
	printf '| exit_stats | %d | |\n' $added
	for name in hist perf bpftrace; do
		printf '| %s | %d | %d |\n' "$name" $((${!name} - none)) $(((${!name} - none) / added))
	done
} | tee build/bench/peers.md
# shellcheck disable=SC2154
at_least "times that ftrace's histogram costs what ours does" $(((hist - none) / added)) 20
# shellcheck disable=SC2154
at_least "times that perf kvm stat costs what ours does" $(((perf - none) / added)) 60
# shellcheck disable=SC2154
at_least "times that bpftrace costs what ours does" $(((bpftrace - none) / added)) 100
exit ${RESULTS_FAILED:-0}
