# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the benchmarks share: boots of the emulated host under -icount, where a
# nanosecond is an instruction, the same in every run.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
# shellcheck source=tests/bed/lib.sh
. tests/bed/lib.sh
# shellcheck source=tests/results.sh
. tests/results.sh
# shellcheck disable=SC2034 # used by results.sh
RESULTS_OF=bench

KVER=$(bed_kver)
export KVER
mkdir -p build/bench

# shellcheck disable=SC2034 # used by those who read this file
unpatched_modules=(--modules "build/modules-unpatched/$KVER")

# boot NAME BED-OPTION... -- ARG...: tests/bench/inside ARG... in a boot; the number
# goes to build/bench/NAME.
boot() {
	local name=$1 options=()
	shift
	while [ "$1" != -- ]; do options+=("$1") && shift; done
	shift
	rm -f "build/bench/$name"
	tests/bed/run --icount --timeout 400 --name "bench-$name" "${options[@]}" \
		tests/bench/inside "$@" >"build/bench/$name.out" || true
	if grep '^not ok' "build/bench/$name.out" >&2; then return; fi
	cp "build/logs/bench-$name/artifacts/instructions" "build/bench/$name"
}

# number NAME: what it measured, as an integer; false if there is none.
number() {
	awk '{ printf "%.0f\n", $1 }' "build/bench/$1" 2>/dev/null
}

# give_up: a boot gave no number.
give_up() {
	not_ok "every boot gives a number" "see build/bench/*.out and build/logs/bench-*"
	exit 1
}

# at_most NAME VALUE LIMIT
at_most() {
	if [ "$2" -le "$3" ]; then
		ok "$1: $2, at most $3"
	else
		not_ok "$1" "$2, more than $3"
	fi
}

# at_least NAME VALUE LIMIT
at_least() {
	if [ "$2" -ge "$3" ]; then
		ok "$1: $2, at least $3"
	else
		not_ok "$1" "$2, less than $3"
	fi
}
