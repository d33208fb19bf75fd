/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What http.c and http_request.c share. */
#ifndef HTTP_OWN_H
#define HTTP_OWN_H

#include "config.h"
#include "http_cache.h"
#include "http_clients.h"
#include "http_gate.h"
#include "http_loops.h"
#include "http_pages.h"
#include "http_waits.h"
#include "http_web.h"

#include <stdatomic.h>

struct http {
	atomic_bool ready;
	const struct config *config;
	struct http_clients *clients;
	struct http_waits *waits;
	struct http_web *web;
	struct http_loops loops;
	struct http_gate gate;
	struct http_pages pages;
	struct http_cache cache;
};

#endif
