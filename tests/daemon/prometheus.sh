#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A real Prometheus that scrapes over TLS, with a client certificate and basic auth.
# shellcheck source=tests/daemon/scraping.sh
. "$(dirname "$0")/scraping.sh"

SCRAPING_S=15

run_suite
