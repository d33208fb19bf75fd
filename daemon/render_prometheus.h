/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A snapshot as Prometheus' text format 0.0.4. Pure. */
#ifndef RENDER_PROMETHEUS_H
#define RENDER_PROMETHEUS_H

#include "snapshot.h"
#include "strbuf.h"

#define PROMETHEUS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* Append s to out. vcpus: series for each vCPU too, where s has them. */
void render_prometheus(const struct snapshot *s, const char *version, bool vcpus,
		       struct strbuf *out);

#endif
