/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>

/*
 * Copy len bytes of foreign text as valid UTF-8 of at most max bytes, cut between characters. What
 * is not UTF-8 (as RFC 3629 has it: no surrogates, nothing overlong, nothing above U+10FFFF)
 * becomes U+FFFD, one for each maximal part of a character. A NUL ends the text. The caller frees
 * the result; NULL without memory.
 */
char *utf8_clean(const char *text, size_t len, size_t max);

#endif
