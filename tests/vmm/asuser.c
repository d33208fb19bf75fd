/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * asuser CAPABILITIES COMMAND [ARG]...   runs a command as the user nobody, with no capabilities
 *                                        but these: sys_ptrace, perfmon, dac_read_search, separated
 *                                        by commas; "" for none
 */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NOBODY = 65534 };

static const struct {
	const char *name;
	int number;
} capabilities[] = {
	{"sys_ptrace", CAP_SYS_PTRACE},
	{"perfmon", CAP_PERFMON},
	{"dac_read_search", CAP_DAC_READ_SEARCH},
};

static void must(long result, const char *what)
{
	if (result >= 0)
		return;
	fprintf(stderr, "asuser: %s: %s\n", what, strerrordesc_np(errno));
	exit(1);
}

static uint64_t parse(char *list)
{
	uint64_t set = 0;

	for (char *rest = NULL, *word = strtok_r(list, ",", &rest); word;
	     word = strtok_r(NULL, ",", &rest)) {
		uint64_t one = 0;

		for (size_t i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++)
			if (!strcmp(capabilities[i].name, word))
				one = 1ull << capabilities[i].number;
		errno = EINVAL;
		must(one ? 0 : -1, word);
		set |= one;
	}
	return set;
}

static void set_capabilities(uint64_t set)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];

	for (int i = 0; i < 2; i++) {
		const uint32_t half = (uint32_t)(set >> (32 * i));

		data[i] = (struct __user_cap_data_struct){half, half, half};
	}
	must(syscall(SYS_capset, &head, data), "capset");
	for (int i = 0; i < 64; i++)
		if (set >> i & 1)
			must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0), "ambient");
}

int main(int argc, char **argv)
{
	uint64_t set;

	if (argc < 3) {
		fputs("usage: asuser CAPABILITIES COMMAND [ARG]...\n", stderr);
		return 2;
	}
	set = parse(argv[1]);
	must(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "keepcaps");
	must(setgroups(0, NULL), "setgroups");
	must(setresgid(NOBODY, NOBODY, NOBODY), "setresgid");
	must(setresuid(NOBODY, NOBODY, NOBODY), "setresuid");
	set_capabilities(set);
	execvp(argv[2], argv + 2);
	must(-1, argv[2]);
}
