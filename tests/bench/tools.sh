# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The programs that make trees of many VMs and measure scrapes, to build/bench: "fixture" and "scrape".

# build_tool TO OPTION... SOURCE...
build_tool() {
	"${CC:-cc}" -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -pthread -o "$@"
}

build_tools() {
	mkdir -p build/bench
	build_tool build/bench/fixture tests/bench/fixture.c
	build_tool build/bench/scrape tests/bench/scrape.c tests/bench/client.c
}
