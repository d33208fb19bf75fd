// SPDX-License-Identifier: GPL-2.0-or-later
/* bcrypt, the header Authorization, the names of TLS, the ClientHello. */
#include "auth.h"
#include "basic_auth.h"
#include "bcrypt.h"
#include "check.h"
#include "http_peers.h"
#include "tls_count.h"
#include "tls_hello.h"
#include "tls_names.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of "secret", made by another program (Perl's crypt()), at cost 10 and 5. */
#define HASH  "$2y$10$abcdefghijklmnopqrstuuqflPDzB6gcMhKa1rZqKiun2YGL5sa2u"
#define CHEAP "$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a"

static void test_bcrypt(void)
{
	unsigned long rounds;

	check("cost 10", bcrypt_cost(HASH) == 10);
	check("no cost of an empty one", bcrypt_cost("") == 0);
	check("no cost of $2x$",
	      bcrypt_cost("$2x$10$"
			  "abcdefghijklmnopqrstuuqflPDzB6gcMhKa1rZqKiun2YGL5sa2u") == 0);
	/* A vector that all implementations know, jBCrypt's first. */
	check("the empty password",
	      bcrypt_verify("$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s.", 6, "",
			    &rounds) == 1);
	check("right", bcrypt_verify(HASH, 10, "secret", &rounds) == 1 && rounds == 1024);
	check("wrong", bcrypt_verify(HASH, 10, "Secret", &rounds) == 0 && rounds == 1024);
	check("no user", bcrypt_verify(NULL, 10, "secret", &rounds) == 0 && rounds == 1024);
	check("a cheaper hash, right", bcrypt_verify(CHEAP, 10, "secret", &rounds) == 1);
	check("takes as many rounds", rounds == 1024);
	check("a cheaper hash, wrong", bcrypt_verify(CHEAP, 10, "x", &rounds) == 0);
	check("takes as many rounds too", rounds == 1024);
}

static void test_login(const char *header, const char *name, const char *password)
{
	struct login login;
	bool good = basic_auth_parse(header, &login);

	if (name && password ? !good || strcmp(login.name, name) != 0 ||
				       strcmp(login.password, password) != 0
			     : good)
		printf("not ok - Authorization: %s: %d\n", header ? header : "none", good);
	else
		printf("ok - Authorization: %.60s\n", header ? header : "none");
}

static void test_authorization(void)
{
	char large[4096];

	test_login(NULL, NULL, NULL);
	test_login("", NULL, NULL);
	test_login("Basic", NULL, NULL);
	test_login("Basic ", NULL, NULL);
	test_login("Basic YTpi", "a", "b");
	test_login("bAsIc YTpi", "a", "b");
	test_login("Basic   YTpi", "a", "b");
	test_login("Basic YTpiOmM=", "a", "b:c");
	test_login("Basic Og==", "", "");
	test_login("Basic YWI=", NULL, NULL); /* no colon */
	test_login("Basic YTpi!", NULL, NULL);
	test_login("Basic YTpi YTpi", NULL, NULL);
	test_login("Basic YTpiOm", NULL, NULL);
	test_login("Basic YToAYg==", NULL, NULL); /* a NUL */
	test_login("Bearer YTpi", NULL, NULL);
	memcpy(large, "Basic ", 6);
	memset(large + 6, 'Y', sizeof(large) - 7);
	large[sizeof(large) - 1] = '\0';
	test_login(large, NULL, NULL);
	/* "a:" and 513 more bytes. */
	memcpy(large + 6, "YTph", 4);
	for (size_t i = 10; i < 10 + 684; i += 4)
		memcpy(large + i, "YWFh", 4);
	large[10 + 684] = '\0';
	test_login(large, NULL, NULL);
}

/* What GnuTLS makes of every list of suites and curves that is allowed. */
static void test_priorities(void)
{
	static const char *const words[] = {"AES-128-GCM", "AES-256-GCM", "CHACHA20-POLY1305"};
	struct web_tls tls = {.min = TLS_12, .max = TLS_13, .prefer_server = true};
	gnutls_priority_t priority;
	char text[TLS_PRIORITY_MAX];

	tls_priority(&tls, text);
	check("GnuTLS takes the default", !gnutls_priority_init(&priority, text, NULL));
	gnutls_priority_deinit(priority);
	for (size_t i = 0; i < 3; i++)
		check(words[i], strstr(text, words[i]) != NULL);
	check("no TLS 1.1 by default", !strstr(text, "TLS1.1") && !strstr(text, "VERS-ALL"));
	check("no RSA key exchange", !strstr(text, "+RSA:"));
	for (unsigned char i = 0; i < 13; i++)
		tls.suites[tls.n_suites++] = i;
	for (unsigned char i = 0; i < 4; i++)
		tls.curves[tls.n_curves++] = i;
	check_text("all suites are fine", NULL, tls_suites_check(&tls));
	tls_priority(&tls, text);
	check("GnuTLS takes all", !gnutls_priority_init(&priority, text, NULL));
	gnutls_priority_deinit(priority);
	tls = (struct web_tls){.min = TLS_13,
			       .max = TLS_13,
			       .suites = {1},
			       .n_suites = 1,
			       .curves = {2},
			       .n_curves = 1};
	tls_priority(&tls, text);
	check("one of each", !strstr(text, "AES-128") && !strstr(text, "1.2") &&
				     strstr(text, "SECP521R1") && !strstr(text, "SECP256R1:+G"));
	check("GnuTLS takes one of each", !gnutls_priority_init(&priority, text, NULL));
	gnutls_priority_deinit(priority);
}

static void test_hello(void)
{
	unsigned char hello[128] = {3, 3};
	size_t len = 2 + 32;

	hello[len++] = 0;		      /* session */
	memcpy(hello + len, "\0\2\x13\1", 4); /* cipher suites */
	len += 4;
	memcpy(hello + len, "\1\0", 2); /* compression */
	len += 2;
	check("without extensions, the version itself", tls_hello_version(hello, len) == 0x0303);
	memcpy(hello + len,
	       "\0\x0d"
	       "\0\x0a\0\0"
	       "\0\x2b\0\5\4\x3a\x3a\3\4",
	       15);
	check("the extension", tls_hello_version(hello, len + 15) == 0x0304);
	memcpy(hello + len,
	       "\0\x0d"
	       "\0\x0a\0\0"
	       "\0\x2b\0\5\4\3\2\3\1",
	       15);
	check("the extension counts, not the version",
	      tls_hello_version(hello, len + 15) == 0x0302);
	for (size_t i = 0; i < len + 15; i++) {
		/* In a block of just this size, so that a sanitizer sees what is beyond. */
		unsigned char cut[128];

		memcpy(cut + sizeof(cut) - i, hello, i);
		if (tls_hello_version(cut + sizeof(cut) - i, i) != (i == len ? 0x0303 : 0))
			check("a version that is not there", false);
	}
	check("none in a cut one", tls_hello_version(hello, 20) == 0);
	check("nor if it is cut at its end", tls_hello_version(hello, len + 14) == 0);
}

/* A handshake's record, an alert in the clear, and two of data: 5 + 20 and 5 + 30 bytes. */
static void test_count(void)
{
	unsigned char text[128] = {22, 3, 3, 0, 10, [15] = 21, 3, 3, 0, 2, [22] = 23, 3, 3, 0, 20};
	const size_t end = 22 + 25 + 35;
	bool same = true;

	text[22 + 25] = 23;
	text[22 + 25 + 4] = 30;
	for (size_t piece = 1; piece <= end; piece++) {
		struct tls_count c = {0};

		for (size_t i = 0; i < end; i += piece)
			tls_count_add(&c, text + i, piece < end - i ? piece : end - i, true);
		same &= c.whole == end && tls_count_plain(&c, 22) == 25 + 35 - 2 * 22;
	}
	check("TLS' records in pieces of any size", same);
	for (size_t i = 22; i <= end; i++) {
		struct tls_count c = {0};

		tls_count_add(&c, text, i, true);
		same &= c.whole == (i < 22 + 25 ? 22 : i < end ? 22 + 25 : end);
		same &= tls_count_plain(&c, 5) == (i < 22 + 25 ? 0 : i < end ? 20 : 50);
	}
	check("what is cut does not count", same);
	/* TLS 1.3 has the end of its handshake in records that look like data. */
	for (size_t i = 22; i < 22 + 25; i++) {
		struct tls_count c = {0};

		tls_count_add(&c, text, i, false);
		tls_count_add(&c, text + i, end - i, true);
		same &= c.whole == end && c.data_records == (i < 22 + 5 ? 2 : 1);
	}
	check("only what comes after the handshake is data", same);
}

static void test_address(void)
{
	struct sockaddr_in in4 = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	const struct sockaddr local = {.sa_family = AF_UNIX};
	char name[PEER_NAME_MAX], want[PEER_NAME_MAX];
	uint64_t number;
	int fds[2];

	inet_pton(AF_INET, "192.0.2.1", &in4.sin_addr);
	number = http_address((void *)&in4, -1, name);
	check_text("IPv4", "192.0.2.1", name);
	inet_pton(AF_INET6, "::ffff:192.0.2.1", &in6.sin6_addr);
	check("IPv4 inside of IPv6", http_address((void *)&in6, -1, name) == number);
	inet_pton(AF_INET6, "2001:db8:1:2::3", &in6.sin6_addr);
	number = http_address((void *)&in6, -1, name);
	check_text("IPv6", "2001:db8:1:2::3", name);
	inet_pton(AF_INET6, "2001:db8:1:2:ffff::", &in6.sin6_addr);
	check("its lower half does not count", http_address((void *)&in6, -1, name) == number);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds))
		return;
	number = http_address(&local, fds[0], name);
	snprintf(want, sizeof(want), "uid %u", (unsigned int)geteuid());
	check_text("on this machine: the user", want, name);
	check("which is no address", number && number != geteuid());
	close(fds[0]);
	close(fds[1]);
	check("nobody knows", http_address(&local, -1, name) == 0);
	check_text("who", "?", name);
}

int main(void)
{
	test_address();
	test_count();
	test_bcrypt();
	test_authorization();
	test_priorities();
	test_hello();
	return 0;
}
