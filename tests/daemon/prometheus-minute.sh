#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Only for make check-full: as prometheus.sh, for more than a minute.
# shellcheck source=tests/daemon/scraping.sh
. "$(dirname "$0")/scraping.sh"

SCRAPING_S=65

run_suite
