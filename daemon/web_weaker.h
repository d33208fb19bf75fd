/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a web configuration that is read again must not do: a file that is half written, or was
 * emptied by accident, looks like one that lets everybody in. Who means it starts anew. Pure.
 */
#ifndef WEB_WEAKER_H
#define WEB_WEAKER_H

#include "web_config.h"

/* NULL, or what would let in those whom no list is about any more, for humans. */
const char *web_weaker(const struct web_config *before, const struct web_config *after);

#endif
