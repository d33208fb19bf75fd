#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# build.sh [TO]: writes the dashboards from src/*.jq, beside this script, or to the directory TO.
set -euo pipefail
cd "$(dirname "$0")"
to=${1:-.}
for source in src/*.jq; do
	name=$(basename "$source" .jq)
	[ "$name" != lib ] || continue
	jq -n -L src -f "$source" >"$to/$name.json.tmp"
	mv "$to/$name.json.tmp" "$to/$name.json"
done
