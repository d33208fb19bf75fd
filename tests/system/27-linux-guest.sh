#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What users do in a Linux guest, by README's commands. See tests/system/bed/linux-guest;
# why its host has one CPU: HACKING.md, "What the emulator gets wrong".
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/results.sh
. tests/results.sh
# shellcheck source=tests/bed/lib.sh
. tests/bed/lib.sh
RESULTS_OF=linux-guest

# Every line "host# ..." or "guest# ..." of README, without its comment, was run.
readme_was_run() {
	local line lines
	mapfile -t lines < <(sed -nE 's/^    ((host|guest)# )/\1/p' README.md | sed -E 's/ {2,}# .*//')
	[ ${#lines[@]} -gt 5 ] || return 1
	for line in "${lines[@]}"; do
		grep -Fxq -e "$line" "$1" || { echo "not run: $line" && return 1; }
	done
}

tests/bed/run --smp 1 --add "build/guest/$(bed_kver)/vcpu_info.ko:/modules/vcpu_info.ko" linux-guest
check "README's commands are those" readme_was_run build/logs/linux-guest/artifacts/commands
