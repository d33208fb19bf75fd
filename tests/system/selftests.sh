#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# selftests.sh [--modules DIR] [-u]: Linux' own KVM selftests must give the same
# verdicts with the patched modules as with Debian's, test by test.
#
# Debian's verdicts are kept in tests/selftests/stock-<KVER>.table. They are taken
# anew, in this run, if there are none for this kernel or SELFTESTS_STOCK=1; only
# -u writes them back to that file. The emulator makes some tests depend on
# timing: one that differs is run again, alone, with both kinds of modules, up to
# two times, and counts as different if it differs each time.
#   --modules DIR  test these modules instead of build/modules/<KVER>
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/bed/lib.sh
. tests/bed/lib.sh
# shellcheck source=tests/results.sh
. tests/results.sh
RESULTS_OF=selftests

modules=patched update=''
while [ $# -gt 0 ]; do
	case $1 in
	--modules) modules=${2:?} && shift 2 ;;
	-u) update=1 && shift ;;
	*) bed_die "usage: ${0##*/} [--modules DIR] [-u]" ;;
	esac
done

KVER=$(bed_kver)
export KVER
least_pass=43 # of those on SVM, as seen with Debian's modules
[[ $KVER != 6.1.* ]] || least_pass=30
retries=2
many=6 # more than these are no accident, and take too long to run again
kept=tests/selftests/stock-$KVER.table
out=build/selftests/$KVER
mkdir -p "$out"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# run_all MODULES KIND: to $out/KIND.table; prints not ok and ends if it fails.
run_all() {
	echo "  KVM selftests with $2 modules: some minutes" >&2
	if ! tests/selftests/run "$1" "selftests-$2" >"$out/$2.table" 2>"$tmp/why"; then
		cat "$tmp/why" >&2
		not_ok "$2 modules" "$(tail -n 1 "$tmp/why" | tr -d '\n')"
		exit 0
	fi
	cat "$tmp/why" >&2
}

# verdict_of MODULES KIND TEST: of one run of one test, alone.
verdict_of() {
	local verdict
	verdict=$(tests/selftests/run "$1" "selftests-$2-retry" "$3" 2>/dev/null | cut -d ' ' -f 2) || true
	echo "${verdict:-crash}"
}

# counts TABLE: "43 pass, 25 skip, 5 fail"
counts() {
	awk '{ n[$2]++ }
		END {
			split("pass skip fail timeout", order)
			for (i = 1; i in order; i++)
				if (order[i] in n)
					printf "%s%d %s", sep++ ? ", " : "", n[order[i]], order[i]
		}' "$1"
}

# The verdicts alone, sorted, comments dropped: TABLE
verdicts() {
	sed 's/#.*//' "$1" | awk 'NF { print $1, $2 }' | LC_ALL=C sort
}

if [ -n "$update" ] || [ -n "${SELFTESTS_STOCK:-}" ] || [ ! -e "$kept" ]; then
	run_all stock stock
	if [ -n "$update" ]; then
		{
			echo "# SPDX-License-Identifier: GPL-2.0-or-later"
			echo "# Linux' KVM selftests with Debian's own modules, kernel $KVER, emulated SVM."
			cut -d ' ' -f 1,2 "$out/stock.table"
		} >"$kept"
	fi
	verdicts "$out/stock.table" >"$tmp/stock"
else
	verdicts "$kept" >"$tmp/stock"
fi
run_all "$modules" patched
verdicts "$out/patched.table" >"$tmp/patched"

# Lines "TEST STOCK PATCHED" of those that differ; "missing" if one did not run.
LC_ALL=C join -a 1 -a 2 -e missing -o 0,1.2,2.2 "$tmp/stock" "$tmp/patched" |
	awk '$2 != $3' >"$tmp/differ"

# Same verdict again within a few tries? Prints what was seen: TEST STOCK PATCHED
again() {
	local try stock ours seen="stock $2, patched $3"
	for ((try = 1; try <= retries; try++)); do
		stock=$(verdict_of stock stock "$1")
		ours=$(verdict_of "$modules" patched "$1")
		seen+="; alone: stock $stock, patched $ours"
		if [ "$stock" = "$ours" ] && [ "$ours" != crash ]; then
			echo "$seen"
			return 0
		fi
	done
	echo "$seen"
	return 1
}

differ=0
while read -r name stock ours <&3; do
	if [ "$stock" = missing ] || [ "$ours" = missing ]; then
		not_ok "$name" "stock $stock, patched $ours"
	elif [ "$(wc -l <"$tmp/differ")" -gt $many ]; then
		not_ok "$name" "stock $stock, patched $ours"
	elif seen=$(again "$name" "$stock" "$ours"); then
		echo "  $name: not the same each time: $seen" >&2
		continue
	else
		not_ok "$name" "$seen"
	fi
	differ=$((differ + 1))
done 3<"$tmp/differ"

total=$(wc -l <"$tmp/patched")
echo "  $total KVM selftests of $(wc -l <"$out/list")" >&2
if [ $differ = 0 ]; then
	ok "$(counts "$tmp/patched"), as with stock modules ($(wc -l <"$tmp/differ") after a retry)"
else
	not_ok "as with stock modules" "$differ of $total differ"
fi
pass=$(grep -c ' pass$' "$tmp/patched" || true)
if [ "$pass" -ge $least_pass ]; then
	ok "at least $least_pass pass"
else
	not_ok "at least $least_pass pass" "$pass of $total"
fi
