// SPDX-License-Identifier: GPL-2.0-or-later
/* The file of --web.config.file: what is taken, and what is wrong in which line. */
#include "web_config.h"
#include "check.h"

#include <stdlib.h>

#define HASH "$2y$10$abcdefghijklmnopqrstuuqflPDzB6gcMhKa1rZqKiun2YGL5sa2u"
#define TLS  "tls_server_config:\n  cert_file: c\n  key_file: k\n"

static void refused(const char *name, const char *text, unsigned int want_line, const char *want)
{
	struct web_config c;
	char error[WEB_CONFIG_ERROR_MAX] = "";
	unsigned int line = 0;
	int err = web_config_parse(text, strlen(text), &c, &line, error);

	if (!err)
		web_config_free(&c);
	if (err && line == want_line && strstr(error, want) && !strstr(error, "SECRET"))
		printf("ok - refused: %s\n", name);
	else
		printf("not ok - refused: %s: err %d, line %u: %s\n", name, err, line, error);
}

/* The caller frees c. */
static bool taken(const char *name, const char *text, struct web_config *c)
{
	char error[WEB_CONFIG_ERROR_MAX] = "";
	unsigned int line = 0;
	int err = web_config_parse(text, strlen(text), c, &line, error);

	if (err)
		printf("not ok - taken: %s: line %u: %s\n", name, line, error);
	else
		printf("ok - taken: %s\n", name);
	return !err;
}

static void fine(const char *name, const char *text)
{
	struct web_config c;

	if (taken(name, text, &c))
		web_config_free(&c);
}

static void test_whole(void)
{
	static const char text[] = "# a comment\n---\n"
				   "tls_server_config:\n"
				   "  cert_file: \"server.crt\"\n"
				   "  key: |\n    -----BEGIN\n    x\n"
				   "  client_auth_type: RequireAndVerifyClientCert\n"
				   "  client_ca_file: /ca.pem\n"
				   "  client_allowed_sans:\n    - one\n    - 'two'\n"
				   "  min_version: TLS12\n  max_version: TLS13\n"
				   "  prefer_server_cipher_suites: false\n"
				   "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "
				   "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n"
				   "  curve_preferences: [X25519, CurveP384]\n"
				   "http_server_config:\n  http2: true\n  headers:\n"
				   "    X-Frame-Options: deny\n    X-XSS-Protection: 1\n"
				   "    Content-Security-Policy: \"default-src 'self'\"\n"
				   "    Strict-Transport-Security:\n"
				   "basic_auth_users:\n  alice: " HASH "\n  \"b b\": '" HASH "'\n";
	struct web_config c;

	if (!taken("a whole file", text, &c))
		return;
	check("TLS is on", c.tls.on);
	check_text("cert_file", "server.crt", c.tls.cert_file);
	check_text("key", "-----BEGIN\nx\n", c.tls.key);
	check_text("key_file", NULL, c.tls.key_file);
	check_text("client_ca_file", "/ca.pem", c.tls.client_ca_file);
	check("client_auth_type", c.tls.client_auth == CLIENT_REQUIRE_AND_VERIFY);
	check("client_allowed_sans",
	      c.tls.n_allowed_sans == 2 && strcmp(c.tls.allowed_sans[1], "two") == 0);
	check("versions", c.tls.min == TLS_12 && c.tls.max == TLS_13);
	check("prefer_server_cipher_suites", !c.tls.prefer_server);
	check("suites and curves", c.tls.n_suites == 2 && c.tls.n_curves == 2);
	check("headers without the empty one", c.n_headers == 3);
	check_text("a number as a header", "1", c.headers[1].value);
	check("users", c.n_users == 2 && strcmp(c.users[1].name, "b b") == 0 && c.max_cost == 10);
	check_text("a hash", HASH, c.users[0].hash);
	web_config_free(&c);
}

static void test_taken(void)
{
	struct web_config c;

	fine("nothing", "");
	fine("a comment", "# nothing\n");
	fine("empty parts", "tls_server_config:\nhttp_server_config: {}\nbasic_auth_users: ~\n");
	fine("a document with its end", "---\nbasic_auth_users:\n...\n");
	if (taken("defaults", TLS, &c)) {
		check("the default is TLS 1.2 and 1.3", c.tls.min == TLS_12 && c.tls.max == TLS_13);
		check("the server's preference", c.tls.prefer_server);
		check("no client certificates", c.tls.client_auth == CLIENT_NONE);
		web_config_free(&c);
	}
	fine("TLS 1.3 alone", TLS "  min_version: TLS13\n  curve_preferences: [CurveP521]\n");
	fine("all suites of CBC, up to TLS 1.2",
	     TLS "  max_version: TLS12\n  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA]\n");
	fine("to verify if given, and trust nobody",
	     TLS "  client_auth_type: VerifyClientCertIfGiven\n");
	fine("the older name RequireClientCert", TLS "  client_auth_type: RequireClientCert\n");
	fine("the greatest cost",
	     "basic_auth_users: {a: $2b$15$abcdefghijklmnopqrstuuqflPDzB6gcMhKa1rZqKiun2YGL5sa2u}\n");
}

static void test_yaml(void)
{
	refused("a list", "- a\n", 1, "must be a mapping, not a list");
	refused("a word", "hello\n", 1, "must be a mapping, not a plain value");
	refused("two documents", "---\nhttp_server_config:\n---\nhttp_server_config:\n", 3,
		"more than one document");
	refused("a tab", "http_server_config:\n\thttp2: true\n", 2, "not valid YAML");
	refused("an open bracket", TLS "  cipher_suites: [\n", 5, "not valid YAML");
	refused("not UTF-8", "basic_auth_users:\n  a: \xff\xfe\n", 2, "not valid YAML");
	refused("a control character", TLS "# \x01\n", 4, "not valid YAML");
	refused("an alias", "http_server_config: &a {}\nbasic_auth_users: *a\n", 1, "aliases");
	refused("an alias of nothing", "http_server_config:\n  headers: *a\n", 2, "aliases");
	refused("a merge", TLS "  <<: {}\n", 4, "unknown key <<");
	refused("a tag", "http_server_config:\n  http2: !!bool true\n", 2, "tags");
	refused("a key that is a list", "? [a]\n: b\n", 1, "must be a plain value");
	refused("a NUL", TLS "  client_ca_file: \"a\\0b\"\n", 4, "NUL");
}

static void test_keys(void)
{
	refused("an unknown key", "\ntls_config:\n", 2, "unknown key tls_config");
	refused("an unknown key of TLS", "tls_server_config:\n  cert_filse: a\n", 2,
		"unknown key cert_filse");
	refused("an unknown key of HTTP", "http_server_config:\n  http3: true\n", 2,
		"unknown key http3");
	refused("a key twice", TLS "  key_file: b\n", 4, "key_file is there twice");
	refused("a part twice", TLS "tls_server_config:\n", 4, "twice");
	refused("a user twice", "basic_auth_users:\n  a: " HASH "\n  a: " HASH "\n", 3, "twice");
	refused("rate_limit", "http_server_config:\nrate_limit:\n  burst: 1\n", 2, "not supported");
	refused("no boolean", "http_server_config:\n  http2: maybe\n", 2, "true or false");
	refused("a quoted boolean", "http_server_config:\n  http2: 'true'\n", 2, "true or false");
	refused("a mapping for a string", "tls_server_config:\n  cert_file: {a: b}\n", 2,
		"must be a plain value, not a mapping");
	refused("a string for a list", TLS "  cipher_suites: a\n", 4, "must be a list");
	refused("a list in a list", TLS "  cipher_suites:\n    - [a]\n", 5,
		"must be a plain value");
	refused("a header that is fixed", "http_server_config:\n  headers:\n    Server: a\n", 3,
		"Server cannot be set");
	refused("a header's value", "http_server_config:\n  headers:\n    X-Frame-Options: allow\n",
		3, "must be deny or sameorigin");
	refused("a header of two lines",
		"http_server_config:\n  headers:\n    X-XSS-Protection: \"1\\r\\nSet-Cookie: a\"\n",
		3, "control character");
}

static void test_tls(void)
{
	refused("TLS without a certificate", "\ntls_server_config:\n  key_file: k\n", 2,
		"needs cert_file");
	refused("an empty certificate", "tls_server_config:\n  cert_file: \"\"\n  key_file: k\n", 1,
		"needs cert_file");
	refused("TLS without a key", "tls_server_config:\n  cert_file: k\n", 1, "needs key_file");
	refused("versions alone", "tls_server_config:\n  min_version: TLS13\n", 1,
		"needs cert_file");
	refused("a certificate twice", TLS "  cert: x\n", 1, "both cert and cert_file");
	refused("TLS 1.1", TLS "  min_version: TLS11\n", 4, "1.1 are not supported");
	refused("TLS 1.0 at most", TLS "  max_version: TLS10\n", 4, "1.1 are not supported");
	refused("TLS 1.1.1", TLS "  min_version: TLS111\n", 4, "must be TLS12 or TLS13");
	refused("versions the wrong way round", TLS "  min_version: TLS13\n  max_version: TLS12\n",
		1, "above its max_version");
	refused("an unknown way", TLS "  client_auth_type: x\n", 4, "RequireAndVerifyClientCert");
	refused("to verify without a CA", TLS "  client_auth_type: RequireAndVerifyClientCert\n", 1,
		"needs client_ca_file");
	refused("a CA for nothing", TLS "  client_ca_file: a\n", 1, "no client_auth_type");
	refused("names for nothing",
		TLS "  client_auth_type: RequireAnyClientCert\n"
		    "  client_allowed_sans: [a]\n",
		5, "that verifies");
	refused("no names",
		TLS "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: a\n"
		    "  client_allowed_sans: []\n",
		6, "nobody");
	refused("an unknown suite", TLS "  cipher_suites:\n    - TLS_RSA_WITH_RC4_128_SHA\n", 5,
		"is unknown, or not secure");
	refused("a suite twice",
		TLS "  cipher_suites: [TLS_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256]\n", 4,
		"twice");
	refused("suites that GnuTLS would multiply",
		TLS "  cipher_suites:\n    - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n"
		    "    - TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384\n",
		4, "ECDHE_ECDSA and ECDHE_RSA");
	refused("nothing for TLS 1.3",
		TLS "  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA]\n", 4, "max_version");
	refused("nothing for TLS 1.2", TLS "  cipher_suites: [TLS_AES_128_GCM_SHA256]\n", 4,
		"min_version");
	refused("an unknown curve", TLS "  curve_preferences:\n    - CurveP257\n", 5, "CurveP256");
}

static void test_users(void)
{
	refused("a plain password", "basic_auth_users:\n  b: SECRET\n", 2, "no bcrypt hash");
	refused("no password", "basic_auth_users:\n  b:\n", 2, "no bcrypt hash");
	refused("another kind of hash",
		"basic_auth_users:\n  b: $6$SECRET$abcdefghijklmnopqrstuuqflPDzB6gcMhKa1rZqKiun2Y\n",
		2, "no bcrypt hash");
	refused("a hash that is cut", "basic_auth_users:\n  b: $2y$10$abcdefghijklSECRET\n", 2,
		"no bcrypt hash");
	refused("a hash of a bad character",
		"basic_auth_users:\n  b: $2y$10$abcdefghijklmnopqrstuuqflPDzB6gcMhKa1rZqKiun2YGL5sa2!\n",
		2, "no bcrypt hash");
	refused("a cost of 3",
		"basic_auth_users:\n  b: $2y$03$abcdefghijklmnopqrstuuqflPDzB6gcMhKa1rZqKiun2YGL5sa2u\n",
		2, "no bcrypt hash");
	refused("a cost of 16",
		"basic_auth_users:\n\n  b: $2y$16$abcdefghijklmnopqrstuuqflPDzB6gcMhKa1rZqKiun2YGL5sa2u\n",
		3, "costs 16; at most 15");
	refused("a colon in a name", "basic_auth_users:\n  'a:b': " HASH "\n", 2, "colon");
}

/* Cut anywhere, or with any byte changed, a file does no harm. */
static void test_torn(void)
{
	static const char text[] = TLS "  cipher_suites: [TLS_AES_128_GCM_SHA256]\n"
				       "  min_version: TLS13\n"
				       "basic_auth_users:\n  \"a\": '" HASH "'\n";
	char copy[sizeof(text)], error[WEB_CONFIG_ERROR_MAX];
	struct web_config c;
	unsigned int line, n = 0;

	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		static const char bytes[] = "\n\t:{[&*!'\"-%\xff";

		for (size_t k = 0; k < sizeof(bytes); k++) {
			memcpy(copy, text, sizeof(text));
			copy[i] = bytes[k];
			if (!web_config_parse(copy, sizeof(text) - 1, &c, &line, error))
				web_config_free(&c);
			n++;
		}
		if (!web_config_parse(text, i, &c, &line, error))
			web_config_free(&c);
	}
	check("torn files do no harm", n > 1000);
}

static void test_deep(void)
{
	const size_t n = 200000;
	char *text = malloc(n + 1);

	memset(text, '[', n);
	text[n] = '\0';
	refused("200,000 brackets", text, 1, "must be a mapping");
	memset(text, '{', n);
	refused("200,000 braces", text, 1, "");
	free(text);
}

int main(void)
{
	test_whole();
	test_taken();
	test_yaml();
	test_keys();
	test_tls();
	test_users();
	test_torn();
	test_deep();
	return 0;
}
