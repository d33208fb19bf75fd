/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the live page is made of, in one document: the counters of all VMs by reason, and of one VM
 * those of its vCPUs. Pure, as render_json.h; more compact, since it is asked for again and again.
 */
#ifndef RENDER_LIVE_H
#define RENDER_LIVE_H

#include "snapshot.h"
#include "strbuf.h"

/* id: the VM whose vCPUs, or statistics of source stock, are shown; NULL: none. */
void render_live(const struct snapshot *s, const struct vm_id *id, struct strbuf *out);

#endif
