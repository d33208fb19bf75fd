/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shows from outside what a listing is looking at, since any look may hang, and tells it what it
 * must not look at. Written by the thread that lists, read by any.
 */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WATCH_SKIP_MAX 32 /* as many as there may be threads that hang */

struct watch {
	uint64_t at; /* atomic; 0: nothing in particular */
	uint64_t skip[WATCH_SKIP_MAX];
	size_t n_skip;
	size_t skipped;
};

/* A process, or one of its VMs, as a number that is not 0. */
static inline uint64_t watch_process(uint32_t pid)
{
	return (uint64_t)pid << 32 | UINT32_MAX;
}

static inline uint64_t watch_vm(uint32_t tid, uint32_t fd)
{
	return (uint64_t)tid << 32 | fd;
}

/* The counters of a VM, as opposed to what is only its name and place: tid is below 2^31. */
static inline uint64_t watch_counters(uint32_t tid, uint32_t fd)
{
	return watch_vm(tid, fd) | (uint64_t)1 << 63;
}

/* What the listing looks at from now on; false: it must not. */
static inline bool watch_enter(struct watch *w, uint64_t at)
{
	for (size_t i = 0; i < w->n_skip; i++) {
		if (w->skip[i] == at) {
			w->skipped++;
			return false;
		}
	}
	__atomic_store_n(&w->at, at, __ATOMIC_RELAXED);
	return true;
}

static inline void watch_leave(struct watch *w)
{
	__atomic_store_n(&w->at, 0, __ATOMIC_RELAXED);
}

static inline uint64_t watch_at(const struct watch *w)
{
	return __atomic_load_n(&w->at, __ATOMIC_RELAXED);
}

#endif
