// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz.h"

#include "exit_stats.h"
#include "promtext.h"
#include "render_json.h"
#include "render_prometheus.h"

#include <cjson/cJSON.h>
#include <string.h>

char *fuzz_string(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	MUST(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

#define FILLING 0x5a

void fuzz_fill(void *to, size_t size)
{
	memset(to, FILLING, size);
}

bool fuzz_is_filled(const void *from, size_t size)
{
	const uint8_t *at = from;

	while (size && at[size - 1] == FILLING)
		size--;
	return !size;
}

/* RFC 3629, by decoding: not the way that the daemon does it. */
bool is_utf8(const char *text, size_t len)
{
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	const uint8_t *s = (const uint8_t *)text;

	for (size_t i = 0; i < len;) {
		const size_t more = s[i] < 0x80 ? 0 : s[i] < 0xe0 ? 1 : s[i] < 0xf0 ? 2 : 3;
		uint32_t c = more ? s[i] & (0x3fU >> more) : s[i];

		if ((s[i] >= 0x80 && s[i] < 0xc0) || s[i] > 0xf7 || more >= len - i)
			return false;
		for (size_t k = 1; k <= more; k++) {
			if ((s[i + k] & 0xc0) != 0x80)
				return false;
			c = c << 6 | (s[i + k] & 0x3f);
		}
		if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
			return false;
		i += more + 1;
	}
	return true;
}

void must_be_sound(const struct exit_stats *st)
{
	uint64_t exits = 0, cycles[PHASES] = {0};

	MUST(st->n_reasons <= EXIT_STATS_REASONS_MAX && st->tsc_khz <= UINT32_MAX);
	MUST(strnlen(st->isa, sizeof(st->isa)) <= ISA_NAME_MAX && st->isa[0]);
	for (size_t i = 0; i < st->n_reasons; i++) {
		const struct exit_reason *r = &st->reasons[i];

		MUST(r->count && r->name_len && r->name_len <= REASON_NAME_MAX);
		MUST(strlen(r->name) == r->name_len);
		for (const char *p = r->name; *p; p++)
			MUST(*p > ' ' && *p <= '~' && *p != '"' && *p != '\\');
		MUST(r->code <= UINT32_MAX || r->code == REASON_NO_CODE);
		MUST(r->code != REASON_NO_CODE || strcmp(r->name, "OTHER") == 0);
		for (size_t k = 0; k < i; k++)
			MUST(st->reasons[k].code != r->code &&
			     (st->reasons[k].name_len != r->name_len ||
			      memcmp(st->reasons[k].name, r->name, r->name_len) != 0));
		exits += r->count;
		for (int p = 0; p < PHASES; p++)
			cycles[p] += r->cycles[p];
	}
	MUST(exits == st->exits && memcmp(cycles, st->cycles, sizeof(cycles)) == 0);
}

/* What the page says of the VMs is compared with these. */
struct expected {
	size_t exits, vcpus; /* samples */
	uint64_t sum;
};

static void count_sample(void *ctx, const struct prom_sample *sample)
{
	struct expected *e = ctx;

	if (strcmp(sample->name, "kvm_vm_vcpus") == 0)
		e->vcpus++;
	if (strcmp(sample->name, "kvm_vm_exits_total") != 0)
		return;
	MUST(prom_label(sample, "vm") && prom_label(sample, "pid") && prom_label(sample, "reason"));
	e->exits++;
	e->sum += strtoull(sample->value, NULL, 10);
}

static void must_be_json(struct strbuf *out, bool array)
{
	const char *end = NULL;
	cJSON *json;

	MUST(!out->failed && is_utf8(out->text, out->len));
	strbuf_add(out, "", 1);
	json = cJSON_ParseWithOpts(out->text, &end, false);
	MUST(json && (array ? cJSON_IsArray(json) : cJSON_IsObject(json)));
	MUST(end[strspn(end, "\n")] == '\0');
	cJSON_Delete(json);
	out->len = 0;
}

void must_render_all(const struct snapshot *s)
{
	struct expected got = {0}, want = {0};
	static struct strbuf out;

	out.len = 0;
	render_prometheus(s, "fuzz", true, &out);
	MUST(!out.failed);
	prom_read(out.text, out.len, count_sample, &got);
	for (size_t i = 0; i < s->n_vms; i++) {
		if (s->vms[i].failed)
			continue;
		want.vcpus++;
		want.exits += s->vms[i].stats.n_reasons;
		want.sum += s->vms[i].stats.exits;
	}
	MUST(got.exits == want.exits && got.vcpus == want.vcpus && got.sum == want.sum);
	out.len = 0;
	render_json_vms(s, &out);
	must_be_json(&out, true);
	render_json_dump(s, &out);
	must_be_json(&out, true);
	for (size_t i = 0; i < s->n_vms; i++) {
		if (s->vms[i].failed)
			continue;
		render_json_vm(&s->vms[i], &out);
		must_be_json(&out, false);
	}
}

void must_render(const struct exit_stats *st, const struct identity *id)
{
	struct vcpu vcpu = {.id = 3, .stats = *st};
	struct vm vm = {
		.pid = 4242,
		.tid = 4243,
		.fd = 9,
		.stats = *st,
		.vcpus = &vcpu,
		.n_vcpus = 1,
		.has_vcpus = true,
	};
	struct snapshot s = {
		.vms = &vm,
		.n_vms = 1,
		.source = "debugfs",
		.why = "configured",
		.success = true,
		.ticks_hz = 100,
	};

	if (id)
		vm.id = *id;
	must_render_all(&s);
}
