# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What tests/system/bed/leaves found at the edges, with Debian's modules and with ours:
# for the tests that boot both.

# same_answers STOCK OURS FILE: in the FILE of these two boots, four numbers are in each
# line, and for the lines that ours has they are the same.
same_answers() {
	local stock=build/logs/$1/artifacts/edges ours=build/logs/$2/artifacts/$3
	! grep -vE ': [0-9]+ [0-9]+ [0-9]+ [0-9]+$' "$stock" "$ours" && [ -s "$ours" ] &&
		diff <(grep -Ff <(cut -d: -f1 "$ours") "$stock") "$ours"
}

both_vendors() {
	grep -q '^AuthenticAMD 0x0 0: [0-9]* 1752462657 ' "$1" &&
		grep -q '^GenuineIntel 0x0 0: [0-9]* 1970169159 ' "$1"
}

# edges_same STOCK OURS: the checks, by the names of two boots' logs.
edges_same() {
	check "the guests have either vendor" both_vendors "build/logs/$2/artifacts/edges"
	check "off: every leaf answers as with Debian's modules" same_answers "$1" "$2" edges
	check "on: so does every leaf but ours" same_answers "$1" "$2" edges-on
}
