/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TLS_HELLO_H
#define TLS_HELLO_H

#include <stddef.h>

/*
 * The highest version of TLS that a ClientHello offers (RFC 8446, 4.1.2 and 4.2.1): 0x0302 is TLS
 * 1.1, 0x0304 TLS 1.3. data is the message without its header. 0 if it is cut. Pure.
 */
unsigned int tls_hello_version(const unsigned char *data, size_t len);

#endif
