#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The series of patches: "git am" takes it, what comes out is what kernel/build
# compiles, byte by byte, every patch brings what is its part's of our files, and
# checkpatch.pl finds nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/bed/lib.sh
. tests/bed/lib.sh
# shellcheck source=tests/results.sh
. tests/results.sh
# shellcheck source=kernel/common.sh
. kernel/common.sh
RESULTS_OF=series

KVER=$(bed_kver)
export KVER
version=$(echo "$KVER" | cut -d. -f1,2)
if [ ! -d "kernel/hooks/$version" ]; then
	skip "the series" "there is none for $version"
	exit
fi
linux=build/cache/$KVER/linux built=build/cache/$KVER/patched
tmp=$(mktemp -d "$PWD/build/series.XXXXXX")
trap 'rm -rf "$tmp"' EXIT

# Git as somebody has it whose name is known, and nothing else configured.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_COUNT=2
export GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0='A. Tester'
export GIT_CONFIG_KEY_1=user.email GIT_CONFIG_VALUE_1=tester@example.org

kernel/build patched "$KVER"
check "it is made" kernel/series "$version" "$tmp/patches"
patches=("$tmp"/patches/*.patch)
[ ${#patches[@]} -gt 1 ] || exit 1

# What there was of the files that the patches name.
git init -q "$tmp/tree"
grep -h '^diff --git a/' "${patches[@]}" | sed 's,.* b/,,' | sort -u >"$tmp/files"
while IFS= read -r file; do
	[ ! -e "$linux/$file" ] || install -D -m 644 "$linux/$file" "$tmp/tree/$file"
done <"$tmp/files"
git -C "$tmp/tree" add -A
git -C "$tmp/tree" commit -q -m before

check "git am takes it" git -C "$tmp/tree" am -q "${patches[@]:1}"

# shellcheck disable=SC2317 # called by check
same_files() {
	local file failed=0
	while IFS= read -r file; do
		cmp "$tmp/tree/$file" "$built/$file" || failed=1
	done <"$tmp/files"
	return $failed
}

# Sources that kernel/build changes or adds, what make generates left out.
# shellcheck disable=SC2317 # called by check
nothing_left_out() {
	rsync -rlcn --out-format=%n --exclude=/include/generated --exclude=/include/config \
		--exclude='*.mod.c' --exclude=kvm-asm-offsets.h --include='*/' --include='*.[chS]' --include='*.rst' --include='Kconfig*' \
		--include=Kbuild --include=Makefile --include=MAINTAINERS --exclude='*' "$built/" "$linux/" |
		grep -v '/$' | LC_ALL=C sort >"$tmp/changed"
	diff <(LC_ALL=C sort "$tmp/files") "$tmp/changed"
}
check "its files are those that kernel/build compiles" same_files
check "kernel/build changes no other file" nothing_left_out

# added PATCH TARGET: the lines that the patch adds to a file.
# shellcheck disable=SC2317 # called by check
added() {
	awk -v head="diff --git a/$2 b/$2" '
		/^diff --git / { inside = $0 == head; hunk = 0; next }
		/^@@ / { hunk = 1; next }
		/^-- $/ { inside = 0 }
		inside && hunk && /^\+/ { print substr($0, 2) }' "$1"
}

# lines_of FILE OWNER PART: the lines that are the part's in a file that belongs to OWNER.
# shellcheck disable=SC2317 # called by check
lines_of() {
	awk -v owner="$2" -v part="$3" '
		BEGIN { now = owner }
		/^\/\/ part / { now = $3; next }
		/^\/\/ end$/ { now = owner; next }
		now == part && NF' "$1"
}

# In the order of the hooks: the n-th patch is that of the n-th part.
# shellcheck disable=SC2317 # called by check
brings_its_part() {
	local file owner target missing failed=0
	while read -r file owner target; do
		if [ "$owner" = "$2" ] && ! grep -A 1 -Fx "diff --git a/$target b/$target" "$1" |
			grep -q '^new file mode'; then
			echo "$target is not new in it"
			failed=1
		fi
		missing=$(lines_of "$file" "$owner" "$2" | grep -vxFf <(added "$1" "$target") || true)
		if [ -n "$missing" ]; then
			echo "$target lacks: $(head -n 1 <<<"$missing")"
			failed=1
		fi
	done < <(sources)
	return $failed
}
part_of_patch=1
while IFS= read -r hook; do
	part=${hook##*/[0-9][0-9]-} part=${part%.patch}
	check "patch $part_of_patch brings our files' part '$part'" \
		brings_its_part "${patches[part_of_patch]}" "$part"
	part_of_patch=$((part_of_patch + 1))
done < <(hooks "$version")

# The layout of TRACE_EVENT is its own.  What is printed decides: checkpatch.pl's own exit
# status is of that layout too.
# shellcheck disable=SC2317 # called by check
checkpatch() {
	local found

	found=$(perl "$linux/scripts/checkpatch.pl" --no-tree --strict --terse --no-summary --show-types \
		--showfile "$1" 2>&1 |
		grep -vE '^arch/x86/kvm/exit_stats_trace.h:[0-9]+: CHECK:(PARENTHESIS_ALIGNMENT|OPEN_ENDED_LINE|SPACING):' ||
		true)
	[ -z "$found" ] || {
		echo "$found"
		return 1
	}
}
for patch in "${patches[@]:1}"; do
	check "checkpatch: $(sed -n 's/^Subject: \[[^]]*\] //p' "$patch")" checkpatch "$patch"
done

# shellcheck disable=SC2317 # called by check
cover_letter() {
	! grep -F '***' "${patches[0]}" && grep '^Subject: \[PATCH 0/' "${patches[0]}" &&
		grep '^Not tested: ' "${patches[0]}"
}
check "the cover letter has a subject and a text" cover_letter
