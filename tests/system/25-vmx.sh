#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# 25-vmx.sh [--modules DIR]: exits are counted exactly on Intel's VMX too, which Bochs
# emulates, and with it the fast paths on which KVM enters the guest again at once; and
# the ioctl, the hypercall and the guest's leaves are as on SVM. Debian's own modules come
# first. See tests/system/bed/ for each; they share one boot.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/results.sh
. tests/results.sh

canary=$(tests/bed/run --engine bochs --timeout 300 --modules stock --name vmx-stock stock) || true
echo "$canary"
if ! grep -q '^ok - ' <<<"$canary" || grep -q '^not ok - ' <<<"$canary"; then
	not_ok "vmx: the emulator runs Debian's own modules" \
		"Bochs or the bed is broken, not the patch, which is left untested here"
	exit
fi
exec tests/bed/run --engine bochs --timeout 900 --name vmx "$@" \
	several "exact all" ioctl hypercall "leaves values"
