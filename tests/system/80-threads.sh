#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Only for make check-full: on two CPUs that run at the same time, each in a thread of the
# emulator's, what make check does on two that take turns. QEMU 7.2 has races of its own there:
# HACKING.md, "What the emulator gets wrong".
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=kernel/common.sh
. kernel/common.sh
# shellcheck source=tests/results.sh
. tests/results.sh

for kver in "$(default_release 6.12)" "$(default_release 6.1)"; do
	KVER=$kver kernel/build patched "$kver"
	for test in "exact tiny" "running tiny" hypercall "life 200" many; do
		# shellcheck disable=SC2086 # words
		KVER=$kver tests/bed/run --timeout 400 --name "threads-${test%% *}-${kver%%-*}" $test
	done
done
