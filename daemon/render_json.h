/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Snapshots as JSON, each document on one line. Pure: they append to out, which tells of failure.
 */
#ifndef RENDER_JSON_H
#define RENDER_JSON_H

#include "snapshot.h"
#include "strbuf.h"

#define JSON_CONTENT_TYPE "application/json"

/* /vms: all VMs, without reasons and vCPUs. */
void render_json_vms(const struct snapshot *s, struct strbuf *out);
/* /vm/<pid>: one VM with all that is known of it. */
void render_json_vm(const struct vm *vm, struct strbuf *out);
/* The paths of n VMs that an id may mean. */
void render_json_choice(const struct vm *vms, size_t n, struct strbuf *out);
/* All VMs, each as /vm/<pid> has it. */
void render_json_dump(const struct snapshot *s, struct strbuf *out);
void render_json_error(const char *message, struct strbuf *out);

#endif
