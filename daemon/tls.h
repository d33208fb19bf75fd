/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The server's half of TLS, with GnuTLS. libmicrohttpd asks for no client certificate and verifies
 * none: here each session gets its own credentials and priorities, and what the client shows is
 * verified within the handshake, before anything is answered.
 */
#ifndef TLS_H
#define TLS_H

#include "tls_count.h"
#include "web_config.h"

#include <gnutls/gnutls.h>

struct tls_server;

/* PEM texts. */
struct tls_pem {
	gnutls_datum_t cert, key, client_ca; /* client_ca.data NULL: none */
};

/*
 * tls is borrowed for as long as the server lives, pem for the call. NULL: ret_error,
 * WEB_CONFIG_ERROR_MAX bytes, says why.
 */
struct tls_server *tls_server_new(const struct web_tls *tls, const struct tls_pem *pem,
				  char *ret_error);
/* NULL is allowed. No session may use it any more. */
void tls_server_free(struct tls_server *server);

/* A client's handshake. */
struct tls_peer {
	const struct tls_server *server;
	bool hello;	      /* it began */
	unsigned int version; /* the highest that the client offered: 0x0303 is TLS 1.2 */
	bool answered;	      /* we agreed on version and suite */
	bool no_certificate;  /* the client showed none */
	bool certified;	      /* what was asked of its certificate holds */
	bool finished;
	struct tls_count count; /* of what was read of its socket */
	uint64_t heads,
		sent; /* of all requests up to now: the size of their heads, so and as sent */
	int fd;
	char refusal[96]; /* what is wrong with its certificate */
	char subject[96]; /* whose it is, as it says */
};

/*
 * Make a session of libmicrohttpd's one of server's. peer must live as long as the session. 0 or
 * negative errno; then the session must not be used.
 */
int tls_peer_begin(struct tls_peer *peer, const struct tls_server *server,
		   gnutls_session_t session);

/*
 * The head of a request has come: how many bytes more that its socket has received are of it. What
 * is left over, the client has sent of the next one; padding in a record looks like that too.
 */
uint64_t tls_peer_sent(struct tls_peer *peer, gnutls_session_t session, size_t head_size);

/* Why the handshake came to nothing, for humans. */
const char *tls_peer_refusal(const struct tls_peer *peer);

#endif
