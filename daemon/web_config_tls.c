// SPDX-License-Identifier: GPL-2.0-or-later
#include "web_config_tls.h"

#include "tls_names.h"

#include <stdlib.h>
#include <string.h>

#define SANS_MAX 256

static bool is_one_of(const char *word, const char *const *words, size_t n, size_t *ret)
{
	for (*ret = 0; *ret < n; ++*ret)
		if (words[*ret] && strcmp(words[*ret], word) == 0)
			return true;
	return false;
}

static bool take_version(struct yaml_reader *r, const char *key, enum tls_version *ret)
{
	const unsigned int line = r->line;
	char *text;
	bool good = true;

	if (!yaml_string(r, key, &text))
		return false;
	if (!text || strcmp(text, *ret == TLS_12 ? "TLS12" : "TLS13") == 0)
		;
	else if (strcmp(text, "TLS12") == 0)
		*ret = TLS_12;
	else if (strcmp(text, "TLS13") == 0)
		*ret = TLS_13;
	else if (strcmp(text, "TLS11") == 0 || strcmp(text, "TLS10") == 0)
		good = yaml_fail(r, line, "%s: TLS 1.0 and 1.1 are not supported: TLS12 or TLS13",
				 key);
	else
		good = yaml_fail(r, line, "%s: must be TLS12 or TLS13", key);
	free(text);
	return good;
}

static bool take_client_auth(struct yaml_reader *r, const char *key, enum client_auth *ret)
{
	static const char *const words[] = {
		[CLIENT_NONE] = "NoClientCert",
		[CLIENT_REQUEST] = "RequestClientCert",
		[CLIENT_REQUIRE_ANY] = "RequireAnyClientCert",
		[CLIENT_VERIFY_IF_GIVEN] = "VerifyClientCertIfGiven",
		[CLIENT_REQUIRE_AND_VERIFY] = "RequireAndVerifyClientCert",
	};
	const unsigned int line = r->line;
	bool good = true;
	size_t i = CLIENT_NONE;
	char *text;

	if (!yaml_string(r, key, &text))
		return false;
	/* The toolkit's older name. */
	if (text && strcmp(text, "RequireClientCert") == 0)
		i = CLIENT_REQUIRE_ANY;
	else if (text && *text && !is_one_of(text, words, sizeof(words) / sizeof(words[0]), &i))
		good = yaml_fail(
			r, line,
			"%s: must be NoClientCert, RequestClientCert, RequireAnyClientCert, "
			"VerifyClientCertIfGiven or RequireAndVerifyClientCert",
			key);
	*ret = (enum client_auth)i;
	free(text);
	return good;
}

static bool add_suite(struct yaml_reader *r, void *ctx, const char *item, unsigned int line)
{
	struct web_tls *tls = ctx;
	const int suite = tls_suite(item);

	if (suite < 0)
		return yaml_fail(r, line, "cipher_suites: %.64s is unknown, or not secure", item);
	if (memchr(tls->suites, suite, tls->n_suites))
		return yaml_fail(r, line, "cipher_suites: %.64s is there twice", item);
	tls->suites[tls->n_suites++] = (unsigned char)suite;
	return true;
}

static bool add_curve(struct yaml_reader *r, void *ctx, const char *item, unsigned int line)
{
	struct web_tls *tls = ctx;
	const int curve = tls_curve(item);

	if (curve < 0)
		return yaml_fail(r, line,
				 "curve_preferences: must be of CurveP256, CurveP384, CurveP521, "
				 "X25519");
	if (memchr(tls->curves, curve, tls->n_curves))
		return yaml_fail(r, line, "curve_preferences: %.64s is there twice", item);
	tls->curves[tls->n_curves++] = (unsigned char)curve;
	return true;
}

static bool add_san(struct yaml_reader *r, void *ctx, const char *item, unsigned int line)
{
	struct web_tls *tls = ctx;
	char **more, *copy;

	if (!*item || tls->n_allowed_sans == SANS_MAX)
		return yaml_fail(r, line, "client_allowed_sans: %s",
				 *item ? "has too many entries" : "has an empty entry");
	more = reallocarray(tls->allowed_sans, tls->n_allowed_sans + 1, sizeof(*more));
	if (!more)
		return yaml_fail(r, 0, "out of memory");
	tls->allowed_sans = more;
	copy = strdup(item);
	if (!copy)
		return yaml_fail(r, 0, "out of memory");
	more[tls->n_allowed_sans++] = copy;
	return true;
}

bool web_tls_key(struct yaml_reader *r, void *ctx, const char *key, unsigned int line)
{
	struct web_tls_reading *reading = ctx;
	struct web_tls *tls = reading->tls;
	const struct {
		const char *key;
		char **text;
	} texts[] = {
		{"cert", &tls->cert},
		{"cert_file", &tls->cert_file},
		{"key", &tls->key},
		{"key_file", &tls->key_file},
		{"client_ca", &tls->client_ca},
		{"client_ca_file", &tls->client_ca_file},
	};

	/* With anything in it, it must be complete: nobody is to take plain HTTP for TLS. */
	tls->on = true;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(key, texts[i].key) == 0) {
			if (!yaml_string(r, key, texts[i].text))
				return false;
			/* Empty is as good as not there. */
			if (*texts[i].text && !**texts[i].text) {
				free(*texts[i].text);
				*texts[i].text = NULL;
			}
			return true;
		}
	if (strcmp(key, "client_auth_type") == 0)
		return take_client_auth(r, key, &tls->client_auth);
	if (strcmp(key, "client_allowed_sans") == 0) {
		reading->sans_line = line;
		return yaml_list(r, key, add_san, tls);
	}
	if (strcmp(key, "min_version") == 0)
		return take_version(r, key, &tls->min);
	if (strcmp(key, "max_version") == 0)
		return take_version(r, key, &tls->max);
	if (strcmp(key, "prefer_server_cipher_suites") == 0)
		return yaml_bool(r, key, &tls->prefer_server);
	if (strcmp(key, "cipher_suites") == 0) {
		reading->suites_line = line;
		return yaml_list(r, key, add_suite, tls);
	}
	if (strcmp(key, "curve_preferences") == 0)
		return yaml_list(r, key, add_curve, tls);
	return yaml_fail(r, line, "tls_server_config: unknown key %.64s", key);
}

const char *web_tls_check(const struct web_tls_reading *reading, unsigned int *ret_line)
{
	const struct web_tls *tls = reading->tls;
	const bool ca = tls->client_ca || tls->client_ca_file;
	const bool verify = tls->client_auth == CLIENT_VERIFY_IF_GIVEN ||
			    tls->client_auth == CLIENT_REQUIRE_AND_VERIFY;
	const char *error;

	*ret_line = reading->line;
	if (tls->cert && tls->cert_file)
		return "has both cert and cert_file";
	if (tls->key && tls->key_file)
		return "has both key and key_file";
	if (tls->client_ca && tls->client_ca_file)
		return "has both client_ca and client_ca_file";
	if (!tls->cert && !tls->cert_file)
		return "needs cert_file or cert";
	if (!tls->key && !tls->key_file)
		return "needs key_file or key";
	if (tls->min > tls->max)
		return "has a min_version above its max_version";
	if (ca && tls->client_auth == CLIENT_NONE)
		return "has a client CA but no client_auth_type";
	/* Go would take the system's CAs, of which any could let clients in. */
	if (tls->client_auth == CLIENT_REQUIRE_AND_VERIFY && !ca)
		return "needs client_ca_file or client_ca to verify clients";
	error = tls_suites_check(tls);
	if (error) {
		*ret_line = reading->suites_line;
		return error;
	}
	if (!reading->sans_line)
		return NULL;
	*ret_line = reading->sans_line;
	if (!tls->n_allowed_sans)
		return "client_allowed_sans is empty: nobody could come in";
	return verify ? NULL : "client_allowed_sans needs a client_auth_type that verifies";
}
