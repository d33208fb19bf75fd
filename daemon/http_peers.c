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

static gnutls_session_t session_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);

	return info ? info->tls_session : NULL;
}

bool http_peers_add(struct http_peers *peers, struct MHD_Connection *connection,
		    struct web_state *state)
{
	gnutls_session_t session = session_of(connection);
	struct http_peer *peer = session ? calloc(1, sizeof(*peer)) : NULL;

	if (!peer)
		return false;
	if (tls_peer_begin(&peer->tls, state->tls, session)) {
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

uint64_t http_peers_sent(struct http_peers *peers, struct MHD_Connection *connection,
			 size_t head_size)
{
	struct http_peer *peer = http_peers_find(peers, connection);

	return peer ? tls_peer_sent(&peer->tls, session_of(connection), head_size) : 0;
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

uint64_t http_address(const struct sockaddr *sa, int fd, char *ret)
{
	const struct sockaddr_in *in4 = (const void *)sa;
	const struct sockaddr_in6 *in6 = (const void *)sa;
	struct ucred user;
	socklen_t len = sizeof(user);
	uint64_t number = 0;

	switch (sa ? sa->sa_family : AF_UNSPEC) {
	case AF_INET:
		inet_ntop(AF_INET, &in4->sin_addr, ret, PEER_NAME_MAX);
		return in4->sin_addr.s_addr;
	case AF_INET6:
		inet_ntop(AF_INET6, &in6->sin6_addr, ret, PEER_NAME_MAX);
		/* Who has one address of IPv6 has the 64 bits of its lower half. */
		if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
			memcpy(&number, in6->sin6_addr.s6_addr + 12, 4);
		else
			memcpy(&number, in6->sin6_addr.s6_addr, 8);
		return number;
	case AF_UNIX:
		if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &user, &len))
			break;
		snprintf(ret, PEER_NAME_MAX, "uid %ju", (uintmax_t)user.uid);
		/* As of ff00::/8, from where nobody comes. */
		memset(&number, 0xff, 4);
		memcpy((unsigned char *)&number + 4, &user.uid, 4);
		return number;
	default:
		break;
	}
	snprintf(ret, PEER_NAME_MAX, "?");
	return 0;
}

uint64_t http_peer_address(struct MHD_Connection *connection, char *ret)
{
	const union MHD_ConnectionInfo *address =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const union MHD_ConnectionInfo *fd =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return http_address(address ? address->client_addr : NULL, fd ? fd->connect_fd : -1, ret);
}
