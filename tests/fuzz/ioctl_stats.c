// SPDX-License-Identifier: GPL-2.0-or-later
/* The answer of the ioctl KVM_GET_EXIT_STATS: a header and entries. */
#include "ioctl_stats.h"

#include "lib/fuzz.h"

#include <errno.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Exactly so large, and aligned as the daemon's is. */
	struct kvm_exit_stats *from = malloc(size ? size : 1);
	struct exit_stats st;
	int err;

	MUST(from);
	if (size)
		memcpy(from, data, size);
	fuzz_fill(&st, sizeof(st));
	err = ioctl_stats_convert(from, size, &st);
	if (err) {
		MUST(err == -EBADMSG && fuzz_is_filled(&st, sizeof(st)));
	} else {
		MUST(size >= sizeof(*from) && st.n_reasons <= from->nr_entries);
		MUST(st.tsc_khz == from->tsc_khz && st.paused == from->paused);
		must_be_sound(&st);
		must_render(&st, NULL);
		exit_stats_clear(&st);
	}
	free(from);
	return 0;
}
