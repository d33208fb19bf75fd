#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The guest's CPUID leaves: what they say while they are on (see tests/system/bed/leaves),
# and that while they are off every leaf answers as it does with Debian's modules.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/results.sh
. tests/results.sh
RESULTS_OF=leaves

# One CPU: see HACKING.md, "What the emulator gets wrong".
tests/bed/run --smp 1 --name leaves leaves values

for kind in stock patched; do
	tests/bed/run --smp 1 --modules $kind --name "edges-$kind" leaves edges
done

# same_answers FILE: as Debian's modules answer, for the lines that it has.
same_answers() {
	local stock=build/logs/edges-stock/artifacts/edges ours=build/logs/$1
	! grep -vE ': [0-9]+ [0-9]+ [0-9]+ [0-9]+$' "$stock" "$ours" &&
		[ -s "$ours" ] && diff <(grep -Ff <(cut -d: -f1 "$ours") "$stock") "$ours"
}

both_vendors() {
	grep -q '^AuthenticAMD 0x0 0: [0-9]* 1752462657 ' "$1" &&
		grep -q '^GenuineIntel 0x0 0: [0-9]* 1970169159 ' "$1"
}

check "the guests have either vendor" both_vendors build/logs/edges-patched/artifacts/edges
check "off: every leaf answers as with Debian's modules" same_answers edges-patched/artifacts/edges
check "on: so does every leaf but ours" same_answers edges-patched/artifacts/edges-on
