#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The system tests on a kernel that finds faults: KASAN, lockdep, sleeping while
# atomic, UBSAN, and kmemleak, which tests/bed/init asks at the end of each boot. See
# kernel/build-debug. Last, Linux' own KVM selftests: what passes with Debian's kernel
# passes there too, unless it takes too long.
# Only for make check-full: building the kernel takes minutes, and so does each boot.
set -euo pipefail
# shellcheck source=kernel/common.sh
. "$(dirname "$0")/../../kernel/common.sh"
cd "$top"
# shellcheck source=tests/results.sh
. tests/results.sh

stock=$(release)
KVER=$(kernel/build-debug "$stock")
export KVER

# system NAME [ARG]...: a test of tests/system; its lines say on which kernel.
system() {
	"tests/system/$1.sh" "${@:2}" | sed -uE 's/^(ok|not ok|skip) - /&debug kernel: /'
}

system 20-exact
system 23-ioctl
system 24-hypercall
system 40-running
system 50-switch
system 60-life 100
system 64-odd-cpu
RESULTS_OF='debug kernel'
# Two CPUs, so that reads and the creation of vCPUs meet.
tests/bed/run leaves values | sed -uE 's/^(ok|not ok) - /&debug kernel: /'
tests/bed/run --smp 1 source-ioctl patched | sed -uE 's/^(ok|not ok) - /&debug kernel: /'

# The selftests are the same programs. Not all have time enough here.
table=build/selftests/$KVER.table
if ! tests/selftests/run patched selftests-debug >"$table"; then
	not_ok "selftests" "they cannot all be run"
	exit
fi
# Debian's configuration has protection keys and guest_memfd, debug.config has not.
left_out='^(guest_memfd_test|x86_64/xcr0_cpuid_test) '
worse() {
	LC_ALL=C join <(grep -vE "^#|$left_out" "tests/selftests/stock-$stock.table" | LC_ALL=C sort) \
		<(LC_ALL=C sort "$table") | awk '
		$2 == "pass" && $3 != "pass" && $3 != "timeout" { print; bad = 1 }
		$3 == "timeout" { late++ }
		$3 == "pass" { pass++ }
		END {
			printf "%d pass, %d have no time enough\n", pass, late
			exit bad || pass < 40
		}'
}
check "selftests: none fails that passes with Debian's kernel" worse
