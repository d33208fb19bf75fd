// SPDX-License-Identifier: GPL-2.0-or-later
#include "ioctl_stats.h"

#include "exit_stats.h"
#include "reason_name.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The entry at index; a later kernel's may be longer than the part that is known here. */
static struct kvm_exit_stats_entry entry_at(const struct kvm_exit_stats *from, size_t index)
{
	const char *entries = (const char *)from + sizeof(*from);
	struct kvm_exit_stats_entry e;

	memcpy(&e, entries + index * from->entry_size, sizeof(e));
	return e;
}

static bool is_sound(const struct kvm_exit_stats *from, size_t size)
{
	return (from->isa == KVM_EXIT_STATS_ISA_VMX || from->isa == KVM_EXIT_STATS_ISA_SVM) &&
	       from->on <= 1 && from->entry_size >= sizeof(struct kvm_exit_stats_entry) &&
	       from->nr_entries <= (size - sizeof(*from)) / from->entry_size;
}

/* A code that comes twice would become a series that comes twice. */
static bool is_new(const struct exit_stats *st, uint64_t code)
{
	for (size_t i = 0; i < st->n_reasons; i++)
		if (st->reasons[i].code == code)
			return false;
	return true;
}

static int add_entry(struct exit_stats *st, bool svm, const struct kvm_exit_stats_entry *e)
{
	struct exit_reason *r = &st->reasons[st->n_reasons];

	if (e->code > UINT32_MAX && e->code != KVM_EXIT_STATS_CODE_OTHER)
		return -EBADMSG;
	if (!is_new(st, e->code))
		return -EBADMSG;
	*r = (struct exit_reason){
		.code = e->code,
		.count = e->count,
		.cycles = {[PHASE_KERNEL] = e->kernel,
			   [PHASE_USER] = e->user,
			   [PHASE_BLOCKED] = e->blocked},
	};
	reason_name(svm, r);
	st->n_reasons++;
	st->exits += r->count;
	for (int p = 0; p < PHASES; p++)
		st->cycles[p] += r->cycles[p];
	return 0;
}

int ioctl_stats_convert(const struct kvm_exit_stats *from, size_t size, struct exit_stats *ret)
{
	struct exit_stats st = {0};
	size_t used = 0;
	bool svm;
	int err = 0;

	if (size < sizeof(*from) || !is_sound(from, size))
		return -EBADMSG;
	svm = from->isa == KVM_EXIT_STATS_ISA_SVM;
	memcpy(st.isa, svm ? "svm" : "vmx", 4);
	st.on = from->on;
	st.tsc_khz = from->tsc_khz;
	st.vcpus = from->vcpus;
	st.paused = from->paused;
	st.dropped = from->dropped;
	for (size_t i = 0; i < from->nr_entries; i++)
		used += entry_at(from, i).count != 0;
	if (used > EXIT_STATS_REASONS_MAX)
		return -EBADMSG;
	st.reasons = calloc(used + 1, sizeof(*st.reasons));
	if (!st.reasons)
		return -ENOMEM;
	for (size_t i = 0; !err && i < from->nr_entries; i++) {
		const struct kvm_exit_stats_entry e = entry_at(from, i);

		/* Series are only for reasons that have occurred. */
		if (e.count)
			err = add_entry(&st, svm, &e);
	}
	if (err) {
		exit_stats_clear(&st);
		return err;
	}
	*ret = st;
	return 0;
}
