// SPDX-License-Identifier: GPL-2.0-or-later
#include "vm_process.h"

#include "clock.h"
#include "proc.h"

#include <errno.h>
#include <string.h>

/* How many vCPUs' threads are tried when the thread that made the VM has gone. */
#define VCPUS_TRIED 4

/* A thread that began after the VM was made cannot have made it: its number is used again. */
static bool is_younger(const struct vm_host *host, uint32_t tid, const struct vm_key *key)
{
	struct proc_stat st;

	if (!host->boot_time || proc_stat(host->procfs, tid, &st))
		return false;
	/* btime is cut to seconds, and clocks are set: one second proves nothing. */
	return (int64_t)(host->boot_time + st.start_ticks / host->ticks_hz) >
	       key->created / NS_PER_S + 2;
}

static bool find_by_vcpu(const struct vm_host *host, const struct source *source,
			 const struct vm_key *key, uint32_t *ret)
{
	for (size_t i = 0; source->vcpu_thread && i < VCPUS_TRIED; i++) {
		uint32_t tid;
		int err = source->vcpu_thread(source->state, key, i, &tid);

		/* A vCPU that has never run has no thread: 0. */
		if (!err && tid && !proc_tgid(host->procfs, tid, ret))
			return true;
		if (err == -ENOENT)
			break;
	}
	return false;
}

void vm_process_find(const struct vm_host *host, const struct source *source,
		     const struct vm_key *key, struct vm_process *ret)
{
	struct vm_process p = {.pid = key->tid};
	struct proc_stat st;
	uint32_t other;

	if (host->foreign && key->of_host) {
		p.nobody = true;
		*ret = p;
		return;
	}
	p.found = !proc_tgid(host->procfs, key->tid, &p.pid);
	/* A thread younger than the VM has another's number: look again until a vCPU tells. */
	if (!p.found || is_younger(host, key->tid, key)) {
		p.found = find_by_vcpu(host, source, key, &other);
		if (p.found)
			p.pid = other;
	}
	p.has_start = !proc_stat(host->procfs, p.pid, &st);
	if (p.has_start) {
		p.start_ticks = st.start_ticks;
		memcpy(p.comm, st.comm, sizeof(p.comm));
	}
	*ret = p;
}
