#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The selftest that our series of patches adds to Linux' own. See tests/system/bed/selftest.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/bed/lib.sh
. tests/bed/lib.sh
KVER=$(bed_kver)
export KVER
built=$(tests/selftests/build "$KVER")

if ! grep -qx x86_64/exit_stats_test "$built/list"; then
	echo "skip - selftest: there is no series of patches for $KVER, so no selftest"
	exit
fi
for modules in patched stock; do
	tests/bed/run --single --smp 2 --modules $modules --name "selftest-$modules" \
		--add "$built/selftests.tar:/selftests.tar" selftest
done
