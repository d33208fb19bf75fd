# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the scripts of the test bed share: where things are.

BED_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

bed_die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# Prints the kernel release to use: $KVER, else the newest one that was fetched. One of
# kernel/build-debug is never the default.
bed_kver() {
	local dirs
	if [ -n "${KVER:-}" ]; then
		echo "$KVER"
		return
	fi
	dirs=$(find "$BED_TOP/build/cache" -mindepth 2 -maxdepth 2 -name image ! -path '*-debug/*' 2>/dev/null |
		sort -V | tail -n 1)
	[ -n "$dirs" ] || bed_die "no kernel fetched yet: run 'make modules', or set KVER"
	basename "$(dirname "$dirs")"
}

# Copies a program with the shared libraries it needs: PROGRAM ROOT [TARGET]
bed_copy_program() {
	local lib
	install -D "$1" "$2/${3:-$1}"
	# Only paths: the vdso has none, and a static program has no line at all.
	ldd "$1" 2>/dev/null | grep -o '/[^ ]*' | while read -r lib; do
		[ -e "$2/$lib" ] || install -D "$lib" "$2/$lib"
	done
}

# Packs a directory as an initramfs, reproducibly: ROOT FILE
bed_pack() {
	(cd "$1" && find . -mindepth 1 -print0 | LC_ALL=C sort -z |
		cpio --null --create --format=newc --owner=0:0 --quiet --reproducible) >"$2.tmp"
	mv "$2.tmp" "$2"
}
