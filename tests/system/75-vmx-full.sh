#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# On VMX, what 25-vmx.sh has no time for: Linux guests, one that is stopped and one under
# which the accounting is switched; more VMs that come and go; and Debian's 6.1.
# Only for make check-full: Bochs takes minutes.
set -euo pipefail
# shellcheck source=kernel/common.sh
. "$(dirname "$0")/../../kernel/common.sh"
cd "$top"

tests/bed/run --engine bochs --timeout 1500 --name vmx-linux \
	several "running linux" "switch 100 linux" "life 100"

KVER=$(default_release 6.1)
[ -n "$KVER" ] || die "Debian offers no 6.1 kernel here: run 'apt-get update'"
export KVER
kernel/build patched "$KVER"
kernel/guest/build "$KVER"
GUESTS=tiny tests/system/25-vmx.sh
