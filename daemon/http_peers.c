// SPDX-License-Identifier: GPL-2.0-or-later
#include "http_peers.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void http_peers_init(struct http_peers *peers)
{
	peers->first = NULL;
	pthread_mutex_init(&peers->lock, NULL);
}

void http_peers_destroy(struct http_peers *peers)
{
	pthread_mutex_destroy(&peers->lock);
}

bool http_peers_add(struct http_peers *peers, struct MHD_Connection *connection,
		    struct web_state *state)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	struct http_peer *peer = info ? calloc(1, sizeof(*peer)) : NULL;

	if (!peer)
		return false;
	if (tls_peer_begin(&peer->tls, state->tls, info->tls_session)) {
		free(peer);
		return false;
	}
	peer->connection = connection;
	peer->state = state;
	http_peer_address(connection, peer->name);
	pthread_mutex_lock(&peers->lock);
	peer->next = peers->first;
	peers->first = peer;
	pthread_mutex_unlock(&peers->lock);
	return true;
}

/* The place where it is linked. With the lock. */
static struct http_peer **place(struct http_peers *peers, const struct MHD_Connection *connection)
{
	struct http_peer **p = &peers->first;

	while (*p && (*p)->connection != connection)
		p = &(*p)->next;
	return p;
}

struct http_peer *http_peers_find(struct http_peers *peers, const struct MHD_Connection *connection)
{
	struct http_peer *peer;

	pthread_mutex_lock(&peers->lock);
	peer = *place(peers, connection);
	pthread_mutex_unlock(&peers->lock);
	return peer;
}

struct http_peer *http_peers_take(struct http_peers *peers, const struct MHD_Connection *connection)
{
	struct http_peer **p, *peer;

	pthread_mutex_lock(&peers->lock);
	p = place(peers, connection);
	peer = *p;
	if (peer)
		*p = peer->next;
	pthread_mutex_unlock(&peers->lock);
	return peer;
}

uint64_t http_peer_address(struct MHD_Connection *connection, char *ret)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *sa = info ? info->client_addr : NULL;
	const struct sockaddr_in *in4 = (const void *)sa;
	const struct sockaddr_in6 *in6 = (const void *)sa;
	uint64_t number = 0;

	snprintf(ret, PEER_NAME_MAX, "?");
	if (!sa || (sa->sa_family != AF_INET && sa->sa_family != AF_INET6))
		return 0;
	if (sa->sa_family == AF_INET) {
		inet_ntop(AF_INET, &in4->sin_addr, ret, PEER_NAME_MAX);
		return in4->sin_addr.s_addr;
	}
	inet_ntop(AF_INET6, &in6->sin6_addr, ret, PEER_NAME_MAX);
	/* Who has one address of IPv6 has the 64 bits of its lower half. */
	if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
		memcpy(&number, in6->sin6_addr.s6_addr + 12, 4);
	else
		memcpy(&number, in6->sin6_addr.s6_addr, 8);
	return number;
}
