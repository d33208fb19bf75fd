/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a thread alive? It is asked, and answers when it comes round. */
#ifndef HEARTBEAT_H
#define HEARTBEAT_H

#include <stdatomic.h>
#include <stdbool.h>

struct heartbeat {
	atomic_uint asked, answered;
};

/* By the thread itself, each time round. */
static inline void heartbeat_answer(struct heartbeat *h)
{
	atomic_store(&h->answered, atomic_load(&h->asked));
}

/* Has it answered what it was asked last? Then it is asked anew: wake it. One thread may ask. */
static inline bool heartbeat_ask(struct heartbeat *h)
{
	if (atomic_load(&h->answered) != atomic_load(&h->asked))
		return false;
	atomic_fetch_add(&h->asked, 1);
	return true;
}

#endif
