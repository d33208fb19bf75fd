// SPDX-License-Identifier: GPL-2.0-or-later
#include "listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Room for a crowd: who finds no place tries again only after a second. */
#define BACKLOG 1024

/* The two halves of an address. */
struct parts {
	char host[256]; /* without brackets; empty: all */
	char port[8];
};

static const char *split(const char *address, struct parts *ret)
{
	const char *colon = strrchr(address, ':'), *host = address;
	size_t len;

	if (!colon)
		return "needs the form host:port or :port";
	if (!colon[1] || strlen(colon + 1) > 5 || colon[1 + strspn(colon + 1, "0123456789")] ||
	    strtoul(colon + 1, NULL, 10) > 65535)
		return "needs a port of 0 to 65535 after the last colon";
	len = (size_t)(colon - address);
	if (len > 1 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	} else if (memchr(host, ':', len) || memchr(host, '[', len)) {
		return "needs brackets around an IPv6 address";
	}
	if (len >= sizeof(ret->host))
		return "is too long";
	memcpy(ret->host, host, len);
	ret->host[len] = '\0';
	snprintf(ret->port, sizeof(ret->port), "%s", colon + 1);
	return NULL;
}

const char *listen_check(const char *address)
{
	struct parts parts;

	return split(address, &parts);
}

static int open_socket(const struct addrinfo *ai)
{
	const int on = 1, off = 0;
	int err, fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (ai->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (!bind(fd, ai->ai_addr, ai->ai_addrlen) && !listen(fd, BACKLOG))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* Is it the host that lacks such an address, or the whole family? A name may have others. */
static bool is_absent(int err)
{
	return err == -EAFNOSUPPORT || err == -EADDRNOTAVAIL;
}

void listen_describe(int fd, char *ret)
{
	struct sockaddr_storage sa = {0};
	socklen_t len = sizeof(sa);
	char host[NI_MAXHOST] = "?", port[NI_MAXSERV] = "?";

	/* One that systemd made. */
	if (!getsockname(fd, (struct sockaddr *)&sa, &len) && sa.ss_family == AF_UNIX) {
		const struct sockaddr_un *un = (struct sockaddr_un *)&sa;

		snprintf(ret, LISTEN_NAME_MAX, "unix:%.80s", un->sun_path);
		return;
	}
	len = sizeof(sa);
	if (!getsockname(fd, (struct sockaddr *)&sa, &len))
		getnameinfo((struct sockaddr *)&sa, len, host, sizeof(host), port, sizeof(port),
			    NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(ret, LISTEN_NAME_MAX, sa.ss_family == AF_INET6 ? "[%.70s]:%.8s" : "%.70s:%.8s",
		 host, port);
}

int listen_open(const char *address, char *ret_name, const char **ret_error)
{
	const struct addrinfo hints = {
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *list = NULL;
	struct parts parts;
	int fd = -EAFNOSUPPORT, err;

	*ret_error = split(address, &parts);
	if (*ret_error)
		return -EINVAL;
	err = getaddrinfo(parts.host[0] ? parts.host : NULL, parts.port, &hints, &list);
	if (err) {
		*ret_error = gai_strerror(err);
		return -EADDRNOTAVAIL;
	}
	/* Without a host IPv6's wildcard serves both; where there is no IPv6, IPv4's does. */
	for (int pass = 0; pass < 2 && is_absent(fd); pass++)
		for (const struct addrinfo *ai = list; ai && is_absent(fd); ai = ai->ai_next)
			if (parts.host[0] || (ai->ai_family == AF_INET6) == !pass)
				fd = open_socket(ai);
	freeaddrinfo(list);
	if (fd >= 0)
		listen_describe(fd, ret_name);
	return fd;
}
