/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEAD_MAX = 8192 };

_Noreturn void die(const char *what)
{
	fprintf(stderr, "scrape: %s: %s\n", what, errno ? strerrordesc_np(errno) : "broken answer");
	exit(1);
}

int connect_to(const char *port)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		die("connect");
	return fd;
}

static size_t read_more(int fd, struct answer *a)
{
	ssize_t n;

	if (a->len + 65536 > a->size) {
		a->size = a->size ? a->size * 2 : 1 << 20;
		a->body = realloc(a->body, a->size);
		if (!a->body)
			die("memory");
	}
	n = read(fd, a->body + a->len, a->size - a->len - 1);
	if (n < 0)
		die("read");
	a->len += (size_t)n;
	a->body[a->len] = '\0';
	return (size_t)n;
}

/* The body's start in what has come so far; 0: not yet. */
static size_t head_size(const struct answer *a)
{
	const char *end = a->len ? strstr(a->body, "\r\n\r\n") : NULL;

	return end ? (size_t)(end - a->body) + 4 : 0;
}

static void chunked(int fd, struct answer *a)
{
	size_t at = 0, out = 0;

	for (;;) {
		char *line;
		size_t size;

		while (!(line = a->len > at ? strstr(a->body + at, "\r\n") : NULL))
			if (!read_more(fd, a))
				die("chunk");
		size = strtoul(a->body + at, NULL, 16);
		at = (size_t)(line - a->body) + 2;
		while (a->len < at + size + 2)
			if (!read_more(fd, a))
				die("chunk");
		if (!size)
			break;
		memmove(a->body + out, a->body + at, size);
		out += size;
		at += size + 2;
	}
	a->len = out;
}

void ask(int fd, bool gzip)
{
	char request[256];
	int n = snprintf(request, sizeof(request),
			 "GET /metrics HTTP/1.1\r\nHost: localhost\r\n%s\r\n",
			 gzip ? "Accept-Encoding: gzip\r\n" : "");

	errno = 0;
	if (write(fd, request, (size_t)n) != n)
		die("write");
}

void read_answer(int fd, struct answer *a)
{
	const char *length;
	size_t head, want;
	char text[HEAD_MAX];

	a->len = 0;
	while (!(head = head_size(a)))
		if (!read_more(fd, a))
			die("head");
	if (head >= sizeof(text) || strncmp(a->body, "HTTP/1.1 200 ", 13) != 0)
		die("status");
	memcpy(text, a->body, head);
	text[head] = '\0';
	memmove(a->body, a->body + head, a->len - head + 1);
	a->len -= head;
	a->gzip = strcasestr(text, "\nContent-Encoding: gzip");
	length = strcasestr(text, "\nContent-Length:");
	if (!length) {
		chunked(fd, a);
		return;
	}
	want = strtoul(length + 16, NULL, 10);
	while (a->len < want)
		if (!read_more(fd, a))
			die("body");
}

void scrape(int fd, bool gzip, struct answer *a)
{
	ask(fd, gzip);
	read_answer(fd, a);
}
