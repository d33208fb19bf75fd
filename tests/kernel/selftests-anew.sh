#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Linux' KVM selftests with Debian's modules and ours, both run now: for the newest
# kernel, where make check has Debian's verdicts from a table, and for 6.1.
# Only for make check-full: takes some 20 minutes.
set -euo pipefail
# shellcheck source=kernel/common.sh
. "$(dirname "$0")/../../kernel/common.sh"
cd "$top"

for kver in "$(release)" "$(default_release 6.1)"; do
	kernel/build patched "$kver"
	KVER=$kver SELFTESTS_STOCK=1 tests/system/selftests.sh | sed -uE "s/^(ok|not ok) - /&${kver%%[+-]*}: /"
done
