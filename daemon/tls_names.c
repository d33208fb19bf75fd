// SPDX-License-Identifier: GPL-2.0-or-later
#include "tls_names.h"

#include <stdio.h>
#include <string.h>

/* How keys are exchanged; TLS 1.3 settles that apart from the suite. */
enum exchange { ECDHE_ECDSA = 1, ECDHE_RSA = 2, ANY_EXCHANGE = 0 };

/* Go's tls.CipherSuites(), in the order of its preference. */
static const struct {
	const char *name;
	const char *cipher; /* GnuTLS' word */
	enum exchange exchange;
	bool aead;
} suites[] = {
	{"TLS_AES_128_GCM_SHA256", "AES-128-GCM", ANY_EXCHANGE, true},
	{"TLS_AES_256_GCM_SHA384", "AES-256-GCM", ANY_EXCHANGE, true},
	{"TLS_CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305", ANY_EXCHANGE, true},
	{"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "AES-128-GCM", ECDHE_ECDSA, true},
	{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "AES-128-GCM", ECDHE_RSA, true},
	{"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "AES-256-GCM", ECDHE_ECDSA, true},
	{"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "AES-256-GCM", ECDHE_RSA, true},
	{"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305", ECDHE_ECDSA, true},
	{"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305", ECDHE_RSA, true},
	{"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "AES-128-CBC", ECDHE_ECDSA, false},
	{"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "AES-128-CBC", ECDHE_RSA, false},
	{"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "AES-256-CBC", ECDHE_ECDSA, false},
	{"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "AES-256-CBC", ECDHE_RSA, false},
};

#define N_SUITES (sizeof(suites) / sizeof(suites[0]))
_Static_assert(N_SUITES <= WEB_SUITES_MAX, "the table of suites is too long");

static const struct {
	const char *name, *group;
} curves[WEB_CURVES_MAX] = {
	{"CurveP256", "SECP256R1"},
	{"CurveP384", "SECP384R1"},
	{"CurveP521", "SECP521R1"},
	{"X25519", "X25519"},
};

/* Go's default, of those with a good cipher. */
static const unsigned char default_suites[] = {3, 4, 5, 6, 7, 8};
static const unsigned char default_curves[] = {3, 0, 1, 2};

int tls_suite(const char *name)
{
	for (size_t i = 0; i < N_SUITES; i++)
		if (strcmp(suites[i].name, name) == 0)
			return (int)i;
	return -1;
}

int tls_curve(const char *name)
{
	for (size_t i = 0; i < WEB_CURVES_MAX; i++)
		if (strcmp(curves[i].name, name) == 0)
			return (int)i;
	return -1;
}

/*
 * GnuTLS takes a list of key exchanges and one of ciphers, and offers each with each. The key
 * exchanges of one cipher.
 */
static unsigned int exchanges_of(const struct web_tls *tls, const char *cipher)
{
	unsigned int exchanges = 0;

	for (size_t i = 0; i < tls->n_suites; i++)
		if (strcmp(suites[tls->suites[i]].cipher, cipher) == 0)
			exchanges |= suites[tls->suites[i]].exchange;
	return exchanges;
}

const char *tls_suites_check(const struct web_tls *tls)
{
	unsigned int all = 0;
	bool aead = false;

	for (size_t i = 0; i < tls->n_suites; i++) {
		all |= suites[tls->suites[i]].exchange;
		aead = aead || suites[tls->suites[i]].aead;
	}
	if (!tls->n_suites)
		return NULL;
	if (!aead && tls->max == TLS_13)
		return "has no cipher for TLS 1.3: set max_version: TLS12";
	if (!all && tls->min == TLS_12)
		return "has no suite for TLS 1.2: set min_version: TLS13";
	if (tls->max == TLS_13 && tls->min == TLS_13)
		return NULL;
	for (size_t i = 0; i < tls->n_suites; i++) {
		const unsigned int exchanges = exchanges_of(tls, suites[tls->suites[i]].cipher);

		if (exchanges != all)
			return "must name each cipher with the same of ECDHE_ECDSA and ECDHE_RSA, "
			       "since GnuTLS takes ciphers and key exchanges apart";
	}
	return NULL;
}

/* Append ":+word" unless it is there. */
static void add(char *text, const char *prefix, const char *word)
{
	char item[64];
	const size_t len = strlen(text);

	snprintf(item, sizeof(item), ":+%s%s:", prefix, word);
	if (strstr(text, item))
		return;
	/* Each item ends with a colon, which is the beginning of the next. */
	snprintf(text + len - 1, TLS_PRIORITY_MAX - len + 1, "%s", item);
}

void tls_priority(const struct web_tls *tls, char *ret)
{
	const unsigned char *s = tls->n_suites ? tls->suites : default_suites;
	const unsigned char *c = tls->n_curves ? tls->curves : default_curves;
	const size_t n_s = tls->n_suites ? tls->n_suites : sizeof(default_suites);
	const size_t n_c = tls->n_curves ? tls->n_curves : sizeof(default_curves);

	snprintf(ret, TLS_PRIORITY_MAX, "NONE:");
	if (tls->max == TLS_13)
		add(ret, "", "VERS-TLS1.3");
	if (tls->min == TLS_12)
		add(ret, "", "VERS-TLS1.2");
	for (size_t i = 0; i < n_s; i++) {
		if (suites[s[i]].exchange)
			add(ret, "",
			    suites[s[i]].exchange == ECDHE_RSA ? "ECDHE-RSA" : "ECDHE-ECDSA");
		add(ret, "", suites[s[i]].cipher);
		add(ret, "", suites[s[i]].aead ? "AEAD" : "SHA1");
	}
	for (size_t i = 0; i < n_c; i++)
		add(ret, "GROUP-", curves[c[i]].group);
	/* Signatures: no SHA-1. Certificates of clients: keys of 112 bits' strength at least. */
	snprintf(ret + strlen(ret), TLS_PRIORITY_MAX - strlen(ret),
		 "+COMP-NULL:+CTYPE-X509:+SIGN-EDDSA-ED25519:+SIGN-ECDSA-SHA256:+SIGN-ECDSA-SHA384:"
		 "+SIGN-ECDSA-SHA512:+SIGN-ECDSA-SECP256R1-SHA256:+SIGN-ECDSA-SECP384R1-SHA384:"
		 "+SIGN-ECDSA-SECP521R1-SHA512:+SIGN-RSA-PSS-RSAE-SHA256:+SIGN-RSA-PSS-RSAE-SHA384:"
		 "+SIGN-RSA-PSS-RSAE-SHA512:+SIGN-RSA-SHA256:+SIGN-RSA-SHA384:+SIGN-RSA-SHA512:"
		 "%%PROFILE_MEDIUM%s",
		 tls->prefer_server ? ":%SERVER_PRECEDENCE" : "");
}
