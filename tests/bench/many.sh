#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Instructions of a scrape of 200 VMs on real debugfs, kernel and exporter together, beside those that
# it takes to merely read the files.
# Only for make check-full, and make bench.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/bench/tools.sh
. tests/bench/tools.sh

# How much more than reading a scrape may take.
TIMES_READING=4

build_tool build/bench/scrape-static -static tests/bench/scrape.c tests/bench/client.c
if ! tests/bed/run --icount --timeout 400 --name bench-many --add build/bench/scrape-static:/bin/scrape \
	tests/bench/inside-many >build/bench/many.out; then
	give_up
fi
grep '^not ok' build/bench/many.out && exit 1
read -r _ cpu _ _ _ _ _ _ _ series _ reading _ files <build/logs/bench-many/artifacts/many || give_up
{
	echo "| VMs | series | instructions of a scrape | of reading alone |"
	echo "|---|---|---|---|"
	echo "| $files | $series | $cpu | $reading |"
} | tee build/bench/many.md
at_most "a scrape of 200 VMs, in % of reading them" $((cpu * 100 / reading)) $((TIMES_READING * 100))
exit ${RESULTS_FAILED:-0}
