#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# modules-install, into a stage with the kernel's own modules, and into an empty one.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/bed/lib.sh
. tests/bed/lib.sh
# shellcheck source=tests/results.sh
. tests/results.sh
RESULTS_OF=install
PATH=$PATH:/usr/sbin:/sbin

KVER=$(bed_kver)
export KVER
stage=$(mktemp -d "$PWD/build/stage.XXXXXX")
trap 'rm -rf "$stage"' EXIT

# chosen MODULE FILE: what modprobe would load.
chosen() {
	local shown
	shown=$(modprobe -d "$stage/full" -S "$KVER" --show-depends "$1")
	grep "/updates/$2 " <<<"$shown " || { echo "$shown"; return 1; }
}

# shellcheck disable=SC2317 # called by check
no_depmod() {
	[ -e "$stage/empty/lib/modules/$KVER/updates/kvm.ko" ] &&
		[ ! -e "$stage/empty/lib/modules/$KVER/modules.dep" ]
}

mkdir -p "$stage/full/lib/modules" "$stage/empty"
cp -a "build/cache/$KVER/image/lib/modules/$KVER" "$stage/full/lib/modules/"
check "into a stage with the kernel's modules" make -s modules-install DESTDIR="$stage/full"
for module in kvm kvm-amd kvm-intel; do
	check "modprobe takes our $module.ko" chosen "$module" "$module.ko"
done
check "no modules.dep that lacks the rest" \
	grep -q '^kernel/drivers/net/virtio_net.ko' "$stage/full/lib/modules/$KVER/modules.dep"
check "into an empty stage" make -s modules-install DESTDIR="$stage/empty"
check "an empty stage gets no modules.dep" no_depmod
