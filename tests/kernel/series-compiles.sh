#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every patch of the series compiles, with warnings as errors; the last one also
# with the accounting configured out, and its selftest.
# Only for make check-full: takes minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/bed/lib.sh
. tests/bed/lib.sh
# shellcheck source=tests/results.sh
. tests/results.sh
RESULTS_OF=series-compiles

KVER=$(bed_kver)
export KVER
version=$(echo "$KVER" | cut -d. -f1,2)
if [ ! -d "kernel/hooks/$version" ]; then
	skip "the series" "there is none for $version"
	exit
fi
# What our own make was told is not for the kernel's.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
mkdir -p build
tmp=$(mktemp -d "$PWD/build/series.XXXXXX")
trap 'rm -rf "$tmp"' EXIT

check "it is made" kernel/series "$version" "$tmp/patches"
cp -a "build/cache/$KVER/linux" "$tmp/linux"
cd "$tmp/linux"

# logged COMMAND...: silent, but for what went wrong.
# shellcheck disable=SC2317 # called by check
logged() {
	"$@" >"$tmp/log" 2>&1 || {
		grep -E -A 5 'error:|Error ' "$tmp/log" || tail -n 20 "$tmp/log"
		return 1
	}
}

# compiles y|n: what depends on the configuration, and KVM's modules.
# shellcheck disable=SC2317
compiles() {
	./scripts/config --set-val KVM_EXIT_STATS "$1" &&
		logged make olddefconfig && logged make -j"$(nproc)" modules_prepare &&
		if [ "$1" = y ]; then grep -x CONFIG_KVM_EXIT_STATS=y .config; fi &&
		logged make -j"$(nproc)" KCFLAGS=-Werror M=arch/x86/kvm modules
}

# shellcheck disable=SC2317
selftest_compiles() {
	local dir=$PWD/tools/testing/selftests/kvm
	logged make -j"$(nproc)" headers &&
		logged make -C "$dir" -j"$(nproc)" CC="gcc -Werror" "$dir/x86_64/exit_stats_test"
}

# An architecture without KVM does not export linux/kvm.h, which our header includes.
# shellcheck disable=SC2317
not_exported_without_kvm() {
	logged make -j"$(nproc)" ARCH=xtensa headers && [ -e usr/include/linux/types.h ] &&
		[ ! -e usr/include/linux/kvm_exit_stats.h ]
}

for patch in "$tmp"/patches/*.patch; do
	case $patch in */0000-*) continue ;; esac
	check "patch $(basename "$patch" | cut -c 1-40)" patch -s -F0 -p1 -i "$patch"
	check "  compiles" compiles y
done
check "without CONFIG_KVM_EXIT_STATS" compiles n
check "the selftest" selftest_compiles
check "its header is not exported where there is no KVM" not_exported_without_kvm
