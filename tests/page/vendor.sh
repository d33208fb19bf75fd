#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Only for make check-full, since it asks npm: is the page's uPlot what its makers have published?
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/results.sh
. tests/results.sh
RESULTS_OF=page

check "uPlot is as npm has it" daemon/page/vendor/fetch --compare
