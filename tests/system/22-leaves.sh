#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The guest's CPUID leaves: what they say while they are on (see tests/system/bed/leaves),
# and that while they are off every leaf answers as it does with Debian's modules.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/results.sh
. tests/results.sh
# shellcheck source=tests/system/edges.sh
. tests/system/edges.sh
RESULTS_OF=leaves

# One CPU: see HACKING.md, "What the emulator gets wrong".
tests/bed/run --smp 1 --name leaves leaves values

for kind in stock patched; do
	tests/bed/run --smp 1 --modules $kind --name "edges-$kind" leaves edges
done

edges_same edges-stock edges-patched
