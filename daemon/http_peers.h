/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The TLS handshakes of the connections that are open. */
#ifndef HTTP_PEERS_H
#define HTTP_PEERS_H

#include "tls.h"
#include "web.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>

/* Room for a numeric address as text. */
#define PEER_NAME_MAX INET6_ADDRSTRLEN

struct http_peer {
	struct http_peer *next;
	const struct MHD_Connection *connection;
	struct web_state *state; /* which its session uses */
	struct tls_peer tls;
	char name[PEER_NAME_MAX];
};

struct http_peers {
	pthread_mutex_t lock;
	struct http_peer *first;
};

void http_peers_init(struct http_peers *peers);
void http_peers_destroy(struct http_peers *peers);

/* A new connection is to use state, which it takes over if it returns true. */
bool http_peers_add(struct http_peers *peers, struct MHD_Connection *connection,
		    struct web_state *state);
/* NULL if it was never added. */
struct http_peer *http_peers_find(struct http_peers *peers,
				  const struct MHD_Connection *connection);
/* As tls_peer_sent() of this connection; 0 if it was never added. */
uint64_t http_peers_sent(struct http_peers *peers, struct MHD_Connection *connection,
			 size_t head_size);
/* Take it out. The caller puts its state away, and frees it. */
struct http_peer *http_peers_take(struct http_peers *peers,
				  const struct MHD_Connection *connection);

/*
 * The client's address: as text in ret, PEER_NAME_MAX bytes, and as a number that others do not
 * have. On the same machine, by a socket of the family unix, it is the user.
 */
uint64_t http_address(const struct sockaddr *sa, int fd, char *ret);
uint64_t http_peer_address(struct MHD_Connection *connection, char *ret);

#endif
