#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# 25-vmx.sh [--modules DIR]: what holds on SVM holds on Intel's VMX too, which Bochs
# emulates: exact counts, on the fast paths too on which KVM enters the guest again at
# once; times; readers and switching while guests run; VMs that come and go; the ioctl,
# the hypercall and the guest's leaves. Debian's own modules are the canary. See
# tests/system/bed/ for each; they share two boots. The rest is in 75-vmx-full.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/results.sh
. tests/results.sh
# shellcheck source=tests/system/edges.sh
. tests/system/edges.sh

# $GUESTS: tiny leaves out the Linux guest. Another kernel's logs have names of their own.
name=vmx${KVER:+-${KVER%%-*}}
# In a subshell, which is the boot then: it can be killed.
boot() {
	exec tests/bed/run --engine bochs --timeout 1200 --name "$@"
}

# Two at once: Bochs uses one processor. The canary is the shortest, so the third comes after it.
first=$(mktemp)
trap 'rm -f "$first"' EXIT
boot "$name" "$@" several "exact ${GUESTS:-all}" ioctl hypercall >"$first" &
canary=$(boot "$name-stock" --modules stock several stock "leaves edges") || true
echo "$canary"
if ! grep -q '^ok - ' <<<"$canary" || grep -q '^not ok - ' <<<"$canary"; then
	kill $! 2>/dev/null || true
	wait || true
	not_ok "vmx: the emulator runs Debian's own modules" \
		"Bochs or the bed is broken, not the patch, which is left untested here"
	exit
fi
status=0
(boot "$name-2" "$@" several "leaves values" "leaves edges" times "running tiny" "switch 20 tiny" \
	"life 50") || status=$?
wait $! || status=$?
cat "$first"
[ "$status" = 0 ] || exit "$status"
RESULTS_OF=vmx
edges_same "$name-stock" "$name-2"
