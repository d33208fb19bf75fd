// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Several VMs, whose names, processes and numbers are the fuzzer's: no two may become the same
 * series, and each is found by its own path.
 *
 * Input: for each VM a byte each of pid, tid, fd and flags, then its name up to a newline.
 */
#include "lib/fuzz.h"
#include "utf8.h"

#include <string.h>

enum { VMS_MAX = 12 };

struct reader {
	const uint8_t *at, *end;
};

static unsigned int next_byte(struct reader *r)
{
	return r->at < r->end ? *r->at++ : 0;
}

static char *next_name(struct reader *r)
{
	const uint8_t *start = r->at;
	const uint8_t *end = memchr(start, '\n', (size_t)(r->end - start));
	const size_t len = (size_t)((end ? end : r->end) - start);

	r->at = end ? end + 1 : r->end;
	return utf8_clean((const char *)start, len, 64);
}

/* Small numbers, so that many are the same; debugfs allows each pair of tid and fd once. */
static bool read_vm(struct reader *r, const struct snapshot *s, struct vm *vm)
{
	const unsigned int pid = 1 + next_byte(r) % 4, tid = next_byte(r) % 4;
	const unsigned int fd = next_byte(r) % 4, flags = next_byte(r);
	char *name = next_name(r);

	MUST(name);
	*vm = (struct vm){.pid = pid, .tid = 10 * pid + tid, .fd = fd, .failed = flags & 1};
	for (size_t i = 0; i < s->n_vms; i++) {
		if (s->vms[i].tid == vm->tid && s->vms[i].fd == vm->fd) {
			free(name);
			return false;
		}
	}
	vm->id.name = name;
	if (flags & 2) {
		free(name);
		vm->id.name = NULL;
	}
	memcpy(vm->stats.isa, "svm", 4);
	vm->stats.tsc_khz = flags & 4 ? 0 : 2000000;
	vm->has_start = flags & 8;
	vm->stats.vcpus = flags >> 4;
	return true;
}

static void must_be_found(const struct snapshot *s, const struct vm *vm)
{
	const struct vm_id by_name = {.pid = vm->tid, .fd = vm->fd, .has_fd = true};
	const struct vm_id by_pid = {.pid = vm->pid};
	size_t first, count, n = 0;

	MUST(snapshot_find(s, &by_name, &first, &count) == FIND_ONE && &s->vms[first] == vm);
	for (size_t i = 0; i < s->n_vms; i++)
		n += s->vms[i].pid == vm->pid;
	MUST(snapshot_find(s, &by_pid, &first, &count) == (n > 1 ? FIND_SEVERAL : FIND_ONE));
	MUST(count == n && s->vms[first].pid == vm->pid && s->vms[first + n - 1].pid == vm->pid);
	MUST(vm->sibling == (n > 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snapshot *s = snapshot_new();
	struct reader r = {data, data + size};

	MUST(s);
	s->vms = calloc(VMS_MAX, sizeof(*s->vms));
	MUST(s->vms);
	s->source = "debugfs";
	s->why = "configured";
	s->success = true;
	s->ticks_hz = 100;
	while (r.at < r.end && s->n_vms < VMS_MAX)
		s->n_vms += read_vm(&r, s, &s->vms[s->n_vms]);
	snapshot_finish(s);
	must_render_all(s);
	for (size_t i = 0; i < s->n_vms; i++)
		must_be_found(s, &s->vms[i]);
	snapshot_unref(s);
	return 0;
}
