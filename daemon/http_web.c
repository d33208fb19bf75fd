// SPDX-License-Identifier: GPL-2.0-or-later
#include "http_web.h"

#include "http_headers.h"
#include "http_web_own.h"

#include <errno.h>
#include <gnutls/abstract.h>
#include <stdio.h>
#include <stdlib.h>

struct web_state *http_web_current(struct http_web *w)
{
	char error[WEB_ERROR_MAX];
	enum web_news news;
	struct web_state *state = web_get(w->web, &news, error);

	if (news == WEB_NEW)
		log_event(w->log, LOG_INFO, "read the web configuration again: it has changed");
	else if (news == WEB_BROKEN)
		log_event(w->log, LOG_ERROR,
			  "cannot use the new web configuration; the old one stays", "err", error);
	return state;
}

void http_web_tell(struct http_web *w, const char *message, const char *client, const char *why,
		   const char *key, const char *value)
{
	unsigned long left_out;
	char count[24];

	if (!log_limit_allows(&w->limit, &left_out))
		return;
	snprintf(count, sizeof(count), "%lu", left_out);
	log_event(w->log, LOG_WARN, message, "client", client, "err", why, key,
		  *value ? value : "-", "lines_left_out", count);
}

/* The certificate of a session that http_web_connected() could not set up: none, so it fails. */
static int no_certificate(gnutls_session_t session, const struct gnutls_cert_retr_st *info,
			  gnutls_pcert_st **certs, unsigned int *n, gnutls_ocsp_data_st **ocsp,
			  unsigned int *n_ocsp, gnutls_privkey_t *key, unsigned int *flags)
{
	(void)session;
	(void)info;
	*certs = NULL;
	*n = 0;
	*ocsp = NULL;
	*n_ocsp = 0;
	*key = NULL;
	*flags = 0;
	return -1;
}

int http_web_new(const struct config *config, struct http_loops *loops, struct http_web **ret)
{
	struct http_web *w;
	struct web_state *state;
	char users[24];

	*ret = NULL;
	if (!config->web)
		return 0;
	w = calloc(1, sizeof(*w));
	if (!w)
		return -ENOMEM;
	w->web = config->web;
	w->loops = loops;
	w->log = &config->log;
	w->options[0] =
		(struct MHD_OptionItem){MHD_OPTION_HTTPS_CERT_CALLBACK2, 0, (void *)no_certificate};
	w->options[1] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
	http_peers_init(&w->peers);
	log_limit_init(&w->limit);
	w->auth = auth_new();
	if (!w->auth) {
		http_web_free(w);
		return -ENOMEM;
	}
	state = web_last(w->web);
	snprintf(users, sizeof(users), "%zu", state->config.n_users);
	log_event(w->log, LOG_INFO, "using the web configuration", "tls", state->tls ? "on" : "off",
		  "users", users);
	if (!state->tls && state->config.n_users)
		log_event(w->log, LOG_WARN, "without TLS, passwords can be read on their way");
	web_put(w->web, state);
	*ret = w;
	return 0;
}

void http_web_stop(struct http_web *w)
{
	if (w)
		auth_stop(w->auth);
}

void http_web_free(struct http_web *w)
{
	if (!w)
		return;
	auth_free(w->auth);
	log_limit_destroy(&w->limit);
	http_peers_destroy(&w->peers);
	free(w);
}

unsigned int http_web_flags(const struct http_web *w)
{
	return w && web_has_tls(w->web) ? MHD_USE_TLS : 0;
}

const struct MHD_OptionItem *http_web_options(const struct http_web *w)
{
	static const struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};

	return http_web_flags(w) ? w->options : none;
}

uint64_t http_web_sent(struct http_web *w, struct MHD_Connection *connection, size_t head_size)
{
	if (!http_web_flags(w))
		return head_size;
	return http_peers_sent(&w->peers, connection, head_size);
}

void http_web_connected(struct http_web *w, struct MHD_Connection *connection)
{
	struct web_state *state;

	if (!w || !web_has_tls(w->web))
		return;
	state = http_web_current(w);
	if (!http_peers_add(&w->peers, connection, state))
		web_put(w->web, state);
}

void http_web_closed(struct http_web *w, struct MHD_Connection *connection)
{
	struct http_peer *peer = w ? http_peers_take(&w->peers, connection) : NULL;

	if (!peer)
		return;
	/* Ports are scanned, and watched by those who only connect. */
	if (!peer->tls.hello)
		log_event(w->log, LOG_DEBUG, "a connection without TLS", "client", peer->name);
	else if (!peer->tls.finished || !peer->tls.certified)
		http_web_tell(w, "refused a TLS handshake", peer->name,
			      tls_peer_refusal(&peer->tls), "subject", peer->tls.subject);
	web_put(w->web, peer->state);
	free(peer);
}

void http_web_headers(struct web *web, struct MHD_Response *response)
{
	struct web_state *state;

	if (!web)
		return;
	state = web_last(web);
	for (size_t i = 0; i < state->config.n_headers; i++) {
		const struct web_header *header = &state->config.headers[i];

		http_default_header(response, header->name, header->value);
	}
	web_put(web, state);
}
