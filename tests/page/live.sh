#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The live page, in a headless Chromium. Screenshots are left in build/page.
set -euo pipefail
cd "$(dirname "$0")/../.."

for program in chromium /usr/bin/python3; do
	command -v "$program" >/dev/null || {
		echo "page: no $program here; see 'make deps'" >&2
		exit 1
	}
done
export PYTHONDONTWRITEBYTECODE=1
mkdir -p build/tests build/page build/bench
work=$(mktemp -d "$PWD/build/tests/page.XXXXXX")
trap 'rm -rf "$work"' EXIT
cc -D_GNU_SOURCE -O2 -Wall -Wextra -o build/bench/fixture tests/bench/fixture.c
build/bench/fixture "$work/many" 1000 >/dev/null

/usr/bin/python3 tests/page/reasons.py build/cache/*/linux/arch/x86/include/uapi/asm/{svm,vmx}.h
# They wait for the page most of the time.
/usr/bin/python3 tests/page/live.py "$work/live" build/page >"$work/live.out" 2>&1 &
live=$! status=0
/usr/bin/python3 tests/page/cases.py "$work/cases" >"$work/cases.out" 2>&1 &
cases=$!
/usr/bin/python3 -W ignore::DeprecationWarning tests/page/states.py "$work/states" "$work/many" build/page || status=$?
wait "$live" || status=$?
wait "$cases" || status=$?
cat "$work/live.out" "$work/cases.out"
exit "$status"
