// SPDX-License-Identifier: GPL-2.0-or-later
/* The debugfs file exit_stats. */
#include "exit_stats.h"

#include "lib/fuzz.h"
#include "strbuf.h"

#include <errno.h>
#include <string.h>

/* As the kernel writes it. */
static void write_file(const struct exit_stats *st, struct strbuf *out)
{
	strbuf_printf(out, "# isa %s tsc_khz %lu on %d vcpus %lu paused %lu dropped %lu\n", st->isa,
		      st->tsc_khz, st->on, st->vcpus, st->paused, st->dropped);
	strbuf_puts(out, "# code name count kernel user blocked\n");
	for (size_t i = 0; i < st->n_reasons; i++) {
		const struct exit_reason *r = &st->reasons[i];

		if (r->code == REASON_NO_CODE)
			strbuf_puts(out, "-1");
		else
			strbuf_u64(out, r->code);
		strbuf_printf(out, " %s %lu %lu %lu %lu\n", r->name, r->count, r->cycles[0],
			      r->cycles[1], r->cycles[2]);
	}
}

/* Written again, it must be read as the same. */
static void must_survive(const struct exit_stats *st)
{
	struct strbuf first = {0}, second = {0};
	struct exit_stats again;

	write_file(st, &first);
	MUST(!first.failed && !exit_stats_parse(first.text, first.len, &again));
	must_be_sound(&again);
	write_file(&again, &second);
	MUST(first.len == second.len && memcmp(first.text, second.text, first.len) == 0);
	exit_stats_clear(&again);
	strbuf_free(&first);
	strbuf_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct exit_stats st;
	int err;

	fuzz_fill(&st, sizeof(st));
	err = exit_stats_parse((const char *)data, size, &st);
	if (err) {
		MUST(err == -EBADMSG && fuzz_is_filled(&st, sizeof(st)));
		return 0;
	}
	/* A file of lines, and no byte in it that is not printable. */
	MUST(data[size - 1] == '\n');
	for (size_t i = 0; i < size; i++)
		MUST(data[i] == '\n' || (data[i] >= ' ' && data[i] <= '~'));
	must_be_sound(&st);
	/* So many as in life: more take long, and show nothing new. */
	if (st.n_reasons <= 64) {
		must_render(&st, NULL);
		must_survive(&st);
	}
	exit_stats_clear(&st);
	return 0;
}
