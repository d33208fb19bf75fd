// SPDX-License-Identifier: GPL-2.0-or-later
/* bcrypt, the header Authorization, the names of TLS, the ClientHello. */
#include "auth.h"
#include "basic_auth.h"
#include "bcrypt.h"
#include "check.h"
#include "tls_hello.h"
#include "tls_names.h"

#include <gnutls/gnutls.h>

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
		if (tls_hello_version(cut + sizeof(cut) - i, i) > 0x0304)
			check("a version that is not there", false);
	}
	check("none in a cut one", tls_hello_version(hello, 20) == 0);
}

int main(void)
{
	test_bcrypt();
	test_authorization();
	test_priorities();
	test_hello();
	return 0;
}
