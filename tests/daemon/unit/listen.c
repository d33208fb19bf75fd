// SPDX-License-Identifier: GPL-2.0-or-later
/* A name with several addresses, of which this host lacks the first, as "localhost" may have. */
#include "listen.h"
#include "check.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in sa[2];
static struct addrinfo list[2];
static size_t addresses;

/* Instead of the C library's. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
		struct addrinfo **ret)
{
	/* 192.0.2.1 is for documentation, and nobody's (RFC 5737). */
	static const in_addr_t hosts[2] = {0xc0000201, INADDR_LOOPBACK};

	(void)name;
	(void)service;
	(void)hints;
	for (size_t i = 0; i < addresses && i < 2; i++) {
		sa[i] = (struct sockaddr_in){.sin_family = AF_INET};
		sa[i].sin_addr.s_addr = htonl(hosts[i]);
		list[i] = (struct addrinfo){
			.ai_family = AF_INET,
			.ai_socktype = SOCK_STREAM,
			.ai_addr = (struct sockaddr *)&sa[i],
			.ai_addrlen = sizeof(sa[i]),
			.ai_next = i + 1 < addresses ? &list[i + 1] : NULL,
		};
	}
	*ret = list;
	return 0;
}

void freeaddrinfo(struct addrinfo *unused)
{
	(void)unused;
}

int main(void)
{
	char name[LISTEN_NAME_MAX] = "";
	const char *error;
	int fd;

	addresses = 2;
	fd = listen_open("some-name:0", name, &error);
	check("the next address is taken", fd >= 0 && strncmp(name, "127.0.0.1:", 10) == 0);
	if (fd >= 0)
		close(fd);
	addresses = 1;
	check("none is left: that is said",
	      listen_open("some-name:0", name, &error) == -EADDRNOTAVAIL && !error);
	return 0;
}
