// SPDX-License-Identifier: GPL-2.0-or-later
#include "why.h"

#include <string.h>

const char *why_explain(const char *why)
{
	static const struct {
		const char *why, *text;
	} texts[] = {
		{WHY_NO_DEBUGFS, "debugfs is not mounted"},
		{WHY_NO_KVM, "debugfs has no kvm directory: is the kvm module loaded?"},
		{WHY_PERMISSION, "debugfs may not be read by this user"},
		{WHY_CAPABILITY,
		 "VMs may not be read by this user: it takes CAP_SYS_PTRACE, CAP_PERFMON and, "
		 "for VMs of other users, CAP_DAC_READ_SEARCH"},
		{WHY_TIMEOUT, "the exit statistics could not be read in time"},
		{WHY_UNPATCHED, "KVM has no exit statistics: its modules are not patched"},
		{WHY_LOCKDOWN, "KVM's modules are not patched, and kernel lockdown forbids to read "
			       "upstream's statistics"},
		{WHY_STUCK, "reading does not come back"},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(texts[i].why, why) == 0)
			return texts[i].text;
	return "the exit statistics cannot be read";
}
