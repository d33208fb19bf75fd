# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What "make fuzz" and the tests share. A target is tests/fuzz/NAME.c.
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

fuzz_targets() {
	local source
	for source in tests/fuzz/*.c; do basename "$source" .c; done
}

# fuzz NAME PROGRAM LOG OPTION... FOLDER: runs a target from its corpus and FOLDER, which gets new
# inputs; the one that breaks it is kept as build/fuzz/crash/NAME-*.
fuzz() {
	local name=$1 program=$2 log=$3 dict=() tmp status=0
	shift 3
	[ ! -e "tests/fuzz/dict/$name.dict" ] || dict=(-dict="tests/fuzz/dict/$name.dict")
	mkdir -p build/fuzz/crash
	# In memory where that can be; one that breaks does not clean up.
	tmp=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
	TMPDIR=$tmp "$program" -artifact_prefix="build/fuzz/crash/$name-" -max_len=10000 -timeout=20 -rss_limit_mb=1024 \
		-print_final_stats=1 "${dict[@]}" "$@" "tests/fuzz/corpus/$name" >"$log" 2>&1 || status=$?
	rm -rf "$tmp"
	return $status
}

# fuzz_summary LOG: what it did, on a line
fuzz_summary() {
	awk '/cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") cov = $(i + 1) }
		/number_of_executed_units:/ { runs = $2 }
		/new_units_added:/ { new = $2 }
		END { printf "%d runs, %d branches, %d inputs kept\n", runs, cov, new }' "$1"
}

# fuzz_complaint LOG: why it broke
fuzz_complaint() {
	grep -m 1 -E 'does not hold|runtime error|ERROR: |SUMMARY: ' "$1" || tail -n 3 "$1"
}
