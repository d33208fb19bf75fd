#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The dashboards as files: made from their sources, complete, and linked to each other.
# shellcheck source=tests/dashboards/lib.sh
. "$(dirname "$0")/lib.sh"

new_work

is_json() {
	jq -e 'type == "object"' "$1" >/dev/null
}

from_source() {
	mkdir "$WORK/made"
	dashboards/grafana/build.sh "$WORK/made"
	diff -r -q -x src -x build.sh dashboards/grafana "$WORK/made"
}

sane() {
	local complaints
	complaints=$(jq -rs -f tests/dashboards/sanity.jq "${BOARDS[@]}") || return 1
	[ -z "$complaints" ] || { echo "$complaints"; return 1; }
}

for board in "${BOARDS[@]}"; do
	check "$board is JSON" is_json "$board"
done
check "they are what src/ makes: see 'make dashboards'" from_source
check "ids, units, descriptions, variables and links are in order" sane
