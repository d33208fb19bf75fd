#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The exporter's source "ioctl". See tests/system/bed/source-ioctl. And its names of exit
# reasons, from the headers that it was built with: those of the kernel under test.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/bed/lib.sh
. tests/bed/lib.sh
# shellcheck source=tests/results.sh
. tests/results.sh
RESULTS_OF=source-ioctl

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Both as lines "isa code name": the kernel's tables, and what the exporter makes of their codes.
names() {
	local headers
	headers=$(dirname "$(find "build/cache/$(bed_kver)/linux/arch/x86/include/uapi" -name svm.h)")
	mkdir "$work/kernel"
	cp "$headers/vmx.h" "$headers/svm.h" "$work/kernel"
	cat >"$work/names.c" <<'END'
#include <asm/kvm.h> /* numbers of vectors */
#include "kernel/svm.h"
#include "kernel/vmx.h"
#include "reason_name.h"
#include <stdio.h>
#include <string.h>
static const struct { long long code; const char *name; } svm[] = {SVM_EXIT_REASONS},
	vmx[] = {VMX_EXIT_REASONS};
static int bad, n;
static void check(bool is_svm, long long code, const char *want)
{
	struct exit_reason r = {.code = (uint32_t)code};
	char text[64];
	size_t i;

	for (i = 0; want[i]; i++)
		text[i] = want[i] == ' ' ? '_' :
			  want[i] >= 'a' && want[i] <= 'z' ? want[i] - 32 : want[i];
	text[i] = 0;
	reason_name(is_svm, &r);
	n++;
	if (strcmp(r.name, text) || r.name_len != i)
		bad += printf("%s code %lld: %s, not %s\n", is_svm ? "svm" : "vmx", code, r.name, text);
}
int main(void)
{
	for (size_t i = 0; i < sizeof(svm) / sizeof(*svm); i++)
		check(true, svm[i].code, svm[i].name);
	for (size_t i = 0; i < sizeof(vmx) / sizeof(*vmx); i++)
		check(false, vmx[i].code, vmx[i].name);
	return bad || n < 150;
}
END
	cc -std=gnu11 -Idaemon -I"$work" -o "$work/names" "$work/names.c" daemon/reason_name.c &&
		"$work/names"
}

check "names of reasons are those of the kernel under test" names
tests/bed/run --name source-ioctl --smp 1 source-ioctl patched
tests/bed/run --name source-ioctl-stock --smp 1 --modules stock source-ioctl stock
