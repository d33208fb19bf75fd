// SPDX-License-Identifier: GPL-2.0-or-later
#include "ioctl_stats.h"

#include "check.h"
#include "exit_stats.h"
#include "reason_name.h"

#include <errno.h>
#include <stdlib.h>

#define STRIDE sizeof(struct kvm_exit_stats_entry)

/* An answer with n entries of stride bytes, without a byte to spare: ASan sees what is beyond. */
static struct kvm_exit_stats *answer(const struct kvm_exit_stats_entry *entries, uint32_t n,
				     size_t stride, size_t *ret_size)
{
	const size_t size = sizeof(struct kvm_exit_stats) + n * stride;
	struct kvm_exit_stats *a = malloc(size);

	if (!a)
		abort();
	memset(a, 0xaa, size);
	*a = (struct kvm_exit_stats){
		.vcpu_id = KVM_EXIT_STATS_ALL_VCPUS,
		.isa = KVM_EXIT_STATS_ISA_SVM,
		.on = 1,
		.tsc_khz = 2300000,
		.entry_size = (uint32_t)stride,
		.nr_entries = n,
		.vcpus = 2,
		.paused = 7,
		.dropped = 1,
	};
	for (uint32_t i = 0; i < n; i++)
		memcpy((char *)a + sizeof(*a) + i * stride, &entries[i], sizeof(entries[i]));
	*ret_size = size;
	return a;
}

static const struct kvm_exit_stats_entry good[] = {
	{114, 20000, 41234567, 5, 6},
	{115, 0, 0, 0, 0},
	{0xa4, 3, 1, 0, 0},
	{0xffffffff, 1, 0, 0, 0},
	{KVM_EXIT_STATS_CODE_OTHER, UINT64_MAX, 1, 2, 3},
};
#define N_GOOD ((uint32_t)(sizeof(good) / sizeof(good[0])))

static void test_good(size_t stride)
{
	struct exit_stats st = {0};
	size_t size;
	struct kvm_exit_stats *a = answer(good, N_GOOD, stride, &size);

	check("an answer is taken", ioctl_stats_convert(a, size, &st) == 0);
	check("header", strcmp(st.isa, "svm") == 0 && st.tsc_khz == 2300000 && st.on &&
				st.vcpus == 2 && st.paused == 7 && st.dropped == 1);
	check("four reasons have occurred", st.n_reasons == 4);
	if (st.n_reasons == 4) {
		check("code and count", st.reasons[0].code == 114 && st.reasons[0].count == 20000);
		check("phases", st.reasons[0].cycles[PHASE_KERNEL] == 41234567 &&
					st.reasons[0].cycles[PHASE_USER] == 5 &&
					st.reasons[0].cycles[PHASE_BLOCKED] == 6);
		check_text("name", "CPUID", st.reasons[0].name);
		check_text("a code without a name", "0xa4", st.reasons[1].name);
		check_text("SVM's -1", "INVALID_GUEST_STATE", st.reasons[2].name);
		check("other codes have none", st.reasons[3].code == REASON_NO_CODE);
		check_text("other codes", "OTHER", st.reasons[3].name);
	}
	check("sums", st.exits == 20003 + 1 + UINT64_MAX &&
			      st.cycles[PHASE_KERNEL] == 41234567 + 1 + 1 &&
			      st.cycles[PHASE_BLOCKED] == 9);
	exit_stats_clear(&st);
	free(a);
}

static void refused(const char *what, const struct kvm_exit_stats *a, size_t size)
{
	struct exit_stats st = {.vcpus = 4711};

	check(what, ioctl_stats_convert(a, size, &st) == -EBADMSG && st.vcpus == 4711);
}

static void test_bad(void)
{
	struct kvm_exit_stats_entry entries[EXIT_STATS_REASONS_MAX + 1] = {0};
	struct kvm_exit_stats *a;
	size_t size;

	a = answer(good, N_GOOD, STRIDE, &size);
	refused("an answer cut in its header", a, sizeof(*a) - 1);
	refused("an answer cut in an entry", a, size - 1);
	a->nr_entries = UINT32_MAX;
	refused("more entries than there is room for", a, size);
	a->nr_entries = N_GOOD;
	a->entry_size = STRIDE + 8;
	refused("longer entries than there is room for", a, size);
	a->entry_size = STRIDE - 8;
	refused("entries that are too short", a, size);
	a->entry_size = 0;
	refused("entries of no size", a, size);
	a->entry_size = STRIDE;
	a->isa = 3;
	refused("an unknown isa", a, size);
	a->isa = KVM_EXIT_STATS_ISA_VMX;
	a->on = 2;
	refused("neither on nor off", a, size);
	a->on = 0;
	a->entries[2].code = 114;
	refused("a code that comes twice", a, size);
	a->entries[2].code = UINT64_C(1) << 32;
	refused("a code of 33 bits", a, size);
	free(a);

	for (size_t i = 0; i < EXIT_STATS_REASONS_MAX + 1; i++)
		entries[i] = (struct kvm_exit_stats_entry){.code = i, .count = 1};
	a = answer(entries, EXIT_STATS_REASONS_MAX + 1, STRIDE, &size);
	refused("more reasons than there are", a, size);
	free(a);
}

static void name_is(bool svm, uint64_t code, const char *want)
{
	struct exit_reason r = {.code = code};

	reason_name(svm, &r);
	check_text(want, want, r.name);
	check("its length", r.name_len == strlen(want));
}

/* Codes of the AMD manual, volume 2, appendix C, and of the Intel SDM, volume 3, appendix C. */
static void test_names(void)
{
	name_is(true, 0x4e, "PF_EXCP");
	name_is(true, 0x72, "CPUID");
	name_is(true, 0x400, "NPF");
	name_is(true, 0x81, "HYPERCALL");
	name_is(false, 0, "EXCEPTION_NMI");
	name_is(false, 10, "CPUID");
	name_is(false, 48, "EPT_VIOLATION");
	name_is(false, 74, "BUS_LOCK");
	name_is(false, 11, "0xb");
	name_is(false, 0x400, "0x400");
	name_is(true, UINT32_MAX - 1, "0xfffffffe");
}

int main(void)
{
	test_good(STRIDE);
	/* A later kernel's entries have more fields. */
	test_good(STRIDE + 24);
	test_bad();
	test_names();
	return 0;
}
