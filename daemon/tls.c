// SPDX-License-Identifier: GPL-2.0-or-later
#include "tls.h"

#include "tls_hello.h"
#include "tls_names.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct tls_server {
	const struct web_tls *tls;
	gnutls_certificate_credentials_t credentials;
	gnutls_priority_t priority;
};

/* NULL, or what is wrong. */
static const char *fill(struct tls_server *server, const struct tls_pem *pem, int *ret_err)
{
	char priority[TLS_PRIORITY_MAX];

	*ret_err = gnutls_certificate_allocate_credentials(&server->credentials);
	if (*ret_err)
		return "credentials";
	tls_priority(server->tls, priority);
	*ret_err = gnutls_priority_init(&server->priority, priority, NULL);
	if (*ret_err)
		return "versions and cipher suites";
	/* It checks that they belong together. */
	*ret_err = gnutls_certificate_set_x509_key_mem2(server->credentials, &pem->cert, &pem->key,
							GNUTLS_X509_FMT_PEM, NULL, 0);
	if (*ret_err < 0)
		return "certificate and key";
	if (!pem->client_ca.data)
		return NULL;
	*ret_err = gnutls_certificate_set_x509_trust_mem(server->credentials, &pem->client_ca,
							 GNUTLS_X509_FMT_PEM);
	if (*ret_err == 0)
		*ret_err = GNUTLS_E_NO_CERTIFICATE_FOUND;
	return *ret_err < 0 ? "client CA" : NULL;
}

struct tls_server *tls_server_new(const struct web_tls *tls, const struct tls_pem *pem,
				  char *ret_error)
{
	struct tls_server *server = calloc(1, sizeof(*server));
	const char *what;
	int err;

	if (!server) {
		snprintf(ret_error, WEB_CONFIG_ERROR_MAX, "out of memory");
		return NULL;
	}
	server->tls = tls;
	what = fill(server, pem, &err);
	if (!what)
		return server;
	snprintf(ret_error, WEB_CONFIG_ERROR_MAX, "%s: %s", what, gnutls_strerror(err));
	tls_server_free(server);
	return NULL;
}

void tls_server_free(struct tls_server *server)
{
	if (!server)
		return;
	if (server->priority)
		gnutls_priority_deinit(server->priority);
	if (server->credentials)
		gnutls_certificate_free_credentials(server->credentials);
	free(server);
}

/* Is name, of this type of alternative name, the same as an allowed one? */
static bool is_allowed(const char *allowed, unsigned int type, const char *name, size_t len)
{
	unsigned char address[16];

	switch (type) {
	case GNUTLS_SAN_DNSNAME:
	case GNUTLS_SAN_RFC822NAME:
	case GNUTLS_SAN_URI:
		return strlen(allowed) == len && memcmp(allowed, name, len) == 0;
	case GNUTLS_SAN_IPADDRESS:
		return (len == 4 || len == 16) &&
		       inet_pton(len == 4 ? AF_INET : AF_INET6, allowed, address) == 1 &&
		       memcmp(address, name, len) == 0;
	default:
		return false;
	}
}

static bool has_allowed_san(const struct web_tls *tls, gnutls_x509_crt_t crt)
{
	for (unsigned int seq = 0; seq < 1000; seq++) {
		char name[1024];
		size_t len = sizeof(name);
		unsigned int type = 0;
		int err = gnutls_x509_crt_get_subject_alt_name2(crt, seq, name, &len, &type, NULL);

		if (err == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
			return false;
		/* Too long to be an allowed one, or of a kind that GnuTLS does not know. */
		if (err < 0)
			continue;
		for (size_t i = 0; i < tls->n_allowed_sans; i++)
			if (is_allowed(tls->allowed_sans[i], type, name, len))
				return true;
	}
	return false;
}

/* What is wrong with a chain, and the alert that says so. */
static const char *explain(unsigned int status, gnutls_alert_description_t *ret_alert)
{
	static const struct {
		unsigned int bit;
		gnutls_alert_description_t alert;
		const char *text;
	} table[] = {
		{GNUTLS_CERT_REVOKED, GNUTLS_A_CERTIFICATE_REVOKED, "it is revoked"},
		{GNUTLS_CERT_SIGNER_NOT_FOUND, GNUTLS_A_UNKNOWN_CA, "it is of an unknown CA"},
		{GNUTLS_CERT_SIGNER_NOT_CA, GNUTLS_A_UNKNOWN_CA, "who signed it is no CA"},
		{GNUTLS_CERT_EXPIRED, GNUTLS_A_CERTIFICATE_EXPIRED, "it has expired"},
		{GNUTLS_CERT_NOT_ACTIVATED, GNUTLS_A_CERTIFICATE_EXPIRED, "it is not valid yet"},
		{GNUTLS_CERT_PURPOSE_MISMATCH, GNUTLS_A_UNSUPPORTED_CERTIFICATE,
		 "it is not for clients"},
		{GNUTLS_CERT_INSECURE_ALGORITHM, GNUTLS_A_BAD_CERTIFICATE,
		 "its algorithm or key is too weak"},
		{GNUTLS_CERT_SIGNATURE_FAILURE, GNUTLS_A_BAD_CERTIFICATE, "its signature is wrong"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (status & table[i].bit) {
			*ret_alert = table[i].alert;
			return table[i].text;
		}
	*ret_alert = GNUTLS_A_BAD_CERTIFICATE;
	return "it cannot be trusted";
}

/* NULL, or what is wrong with the certificate that the client has shown. */
static const char *verify(struct tls_peer *peer, gnutls_session_t session,
			  const gnutls_datum_t *der, gnutls_alert_description_t *ret_alert)
{
	/* A const in this API is not to be had. */
	char purpose[] = GNUTLS_KP_TLS_WWW_CLIENT;
	gnutls_typed_vdata_st wanted = {GNUTLS_DT_KEY_PURPOSE_OID, (unsigned char *)purpose, 0};
	const struct web_tls *tls = peer->server->tls;
	gnutls_datum_t dn = {0};
	gnutls_x509_crt_t crt;
	const char *wrong = NULL;
	unsigned int status = 0;

	*ret_alert = GNUTLS_A_BAD_CERTIFICATE;
	if (gnutls_x509_crt_init(&crt))
		return "out of memory";
	if (gnutls_x509_crt_import(crt, der, GNUTLS_X509_FMT_DER) < 0) {
		wrong = "it cannot be read";
	} else if (!gnutls_x509_crt_get_dn3(crt, &dn, 0)) {
		snprintf(peer->subject, sizeof(peer->subject), "%s", (const char *)dn.data);
		gnutls_free(dn.data);
	}
	if (!wrong && gnutls_certificate_verify_peers(session, &wanted, 1, &status) < 0)
		wrong = "it cannot be verified";
	if (!wrong && status)
		wrong = explain(status, ret_alert);
	if (!wrong && tls->n_allowed_sans && !has_allowed_san(tls, crt)) {
		*ret_alert = GNUTLS_A_ACCESS_DENIED;
		wrong = "none of its names is in client_allowed_sans";
	}
	gnutls_x509_crt_deinit(crt);
	return wrong;
}

/* GnuTLS calls this when the client has shown its certificates, or that it has none. */
static int on_certificates(gnutls_session_t session)
{
	struct tls_peer *peer = gnutls_session_get_ptr(session);
	const enum client_auth mode = peer->server->tls->client_auth;
	gnutls_alert_description_t alert = GNUTLS_A_CERTIFICATE_REQUIRED;
	unsigned int n = 0;
	const gnutls_datum_t *der = gnutls_certificate_get_peers(session, &n);
	const char *wrong = NULL;

	peer->no_certificate = !der || !n;
	if (peer->no_certificate) {
		if (mode == CLIENT_REQUIRE_ANY || mode == CLIENT_REQUIRE_AND_VERIFY)
			wrong = "there is none";
		/* TLS 1.2 has no alert of its own for this. */
		if (gnutls_protocol_get_version(session) < GNUTLS_TLS1_3)
			alert = GNUTLS_A_HANDSHAKE_FAILURE;
	} else if (mode == CLIENT_VERIFY_IF_GIVEN || mode == CLIENT_REQUIRE_AND_VERIFY) {
		wrong = verify(peer, session, der, &alert);
	}
	if (!wrong) {
		peer->certified = true;
		return 0;
	}
	snprintf(peer->refusal, sizeof(peer->refusal), "client certificate: %s", wrong);
	gnutls_alert_send(session, GNUTLS_AL_FATAL, alert);
	return GNUTLS_E_CERTIFICATE_ERROR;
}

/* GnuTLS calls this before it looks at a message of the handshake that came, or sends one. */
static int on_handshake(gnutls_session_t session, unsigned int type, unsigned int when,
			unsigned int incoming, const gnutls_datum_t *message)
{
	struct tls_peer *peer = gnutls_session_get_ptr(session);

	(void)when;
	if (type == GNUTLS_HANDSHAKE_CLIENT_HELLO && incoming) {
		peer->hello = true;
		peer->version = tls_hello_version(message->data, message->size);
	}
	if (type == GNUTLS_HANDSHAKE_SERVER_HELLO && !incoming)
		peer->answered = true;
	if (type == GNUTLS_HANDSHAKE_FINISHED && incoming)
		peer->finished = true;
	return 0;
}

/* As GnuTLS itself does it, but counted. */
static ssize_t pull(gnutls_transport_ptr_t ptr, void *data, size_t size)
{
	struct tls_peer *peer = ptr;
	ssize_t n = recv(peer->fd, data, size, 0);

	if (n > 0)
		tls_count_add(&peer->count, data, (size_t)n, peer->finished);
	return n;
}

int tls_peer_begin(struct tls_peer *peer, const struct tls_server *server, gnutls_session_t session)
{
	*peer = (struct tls_peer){.server = server, .fd = gnutls_transport_get_int(session)};
	gnutls_session_set_ptr(session, peer);
	if (gnutls_priority_set(session, server->priority) ||
	    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, server->credentials))
		return -ENOMEM;
	gnutls_transport_set_ptr2(session, peer, gnutls_transport_get_ptr(session));
	gnutls_transport_set_pull_function(session, pull);
	gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_PRE,
					   on_handshake);
	if (server->tls->client_auth == CLIENT_NONE) {
		peer->certified = true;
		return 0;
	}
	/* Only asked for, so that it is on_certificates() that says why not, with an alert. */
	gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
	gnutls_session_set_verify_function(session, on_certificates);
	return 0;
}

uint64_t tls_peer_sent(struct tls_peer *peer, gnutls_session_t session, size_t head_size)
{
	const uint64_t before = peer->sent;
	const size_t overhead = gnutls_record_overhead_size(session);

	peer->heads += head_size;
	peer->sent = peer->count.whole;
	/* Where in a record the next one begins does not matter: a byte of it tells. */
	if (tls_count_plain(&peer->count, overhead) > peer->heads)
		peer->sent--;
	return peer->sent - before;
}

const char *tls_peer_refusal(const struct tls_peer *peer)
{
	if (peer->refusal[0])
		return peer->refusal;
	if (!peer->hello)
		return "no TLS handshake";
	if (!peer->version)
		return "the client's first message is malformed";
	if (peer->version < 0x0303)
		return "the client has no TLS 1.2 or later";
	if (!peer->answered)
		return "no version, cipher suite or curve in common";
	return "the client broke off: perhaps it does not trust our certificate";
}
