// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tables are the uapi headers' (linux-libc-dev), which the tracepoint kvm:kvm_exit uses too.
 * Those of Debian 12, of 6.1, have every name that 6.12 has; tests/system/26-source-ioctl.sh
 * compares.
 */
#include "reason_name.h"

#include <asm/kvm.h>
#include <asm/svm.h>
#include <asm/vmx.h>
#include <inttypes.h>
#include <stdio.h>

struct entry {
	int64_t code; /* SVM_EXIT_ERR is -1, and KVM's codes are of 32 bits */
	const char *name;
};

static const struct entry vmx_reasons[] = {VMX_EXIT_REASONS};
static const struct entry svm_reasons[] = {SVM_EXIT_REASONS};

/* NULL if the table does not have it. */
static const char *find(bool svm, uint64_t code)
{
	const struct entry *e = svm ? svm_reasons : vmx_reasons;
	size_t n = svm ? sizeof(svm_reasons) / sizeof(*e) : sizeof(vmx_reasons) / sizeof(*e);

	for (; n; n--, e++)
		if ((uint32_t)e->code == code)
			return e->name;
	return NULL;
}

void reason_name(bool svm, struct exit_reason *r)
{
	const char *name = r->code == REASON_NO_CODE ? "other" : find(svm, r->code);
	size_t n = 0;

	if (!name) {
		n = (size_t)snprintf(r->name, sizeof(r->name), "0x%" PRIx64, r->code);
	} else {
		for (; n < REASON_NAME_MAX && name[n]; n++) {
			const char c = name[n];

			/* No locale has a say in names. */
			if (c == ' ')
				r->name[n] = '_';
			else
				r->name[n] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
		}
		r->name[n] = '\0';
	}
	r->name_len = (uint8_t)n;
}
