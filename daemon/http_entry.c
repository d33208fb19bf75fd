// SPDX-License-Identifier: GPL-2.0-or-later
/* A request's way in: its name and password. */
#include "http_web.h"
#include "http_web_own.h"
#include "render_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a refusal is answered with. */
struct refusal {
	unsigned int status;
	const char *text, *header, *value;
};

static enum MHD_Result refuse(struct http_web *w, struct MHD_Connection *connection, bool json,
			      const struct refusal *refusal)
{
	struct MHD_Response *response = NULL;
	struct strbuf body = {0};
	enum MHD_Result result;

	if (json) {
		render_json_error(refusal->text, &body);
	} else {
		strbuf_puts(&body, refusal->text);
		strbuf_puts(&body, "\n");
	}
	if (!body.failed)
		response = MHD_create_response_from_buffer_with_free_callback(body.len, body.text,
									      free);
	if (!response) {
		strbuf_free(&body);
		return MHD_NO;
	}
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
				json ? JSON_CONTENT_TYPE : "text/plain; charset=utf-8");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, refusal->header, refusal->value);
	http_web_headers(w->web, response);
	result = MHD_queue_response(connection, refusal->status, response);
	MHD_destroy_response(response);
	return result;
}

static const struct refusal unauthorized = {
	MHD_HTTP_UNAUTHORIZED,
	"a name and a password are needed",
	MHD_HTTP_HEADER_WWW_AUTHENTICATE,
	"Basic realm=\"kvm-exit-exporter\", charset=\"UTF-8\"",
};
static const struct refusal ending = {
	MHD_HTTP_SERVICE_UNAVAILABLE,
	"the exporter is out of memory, or on its way out",
	MHD_HTTP_HEADER_RETRY_AFTER,
	"1",
};
static const struct refusal busy = {
	MHD_HTTP_SERVICE_UNAVAILABLE,
	"too many passwords to be checked: try again later",
	MHD_HTTP_HEADER_RETRY_AFTER,
	"1",
};

/* Runs in the auth's thread. */
static void on_verdict(void *ctx, enum auth_verdict verdict, unsigned long rounds)
{
	struct http_entry *entry = ctx;

	entry->verdict = verdict;
	entry->rounds = rounds;
	http_loops_resume(entry->web->loops, entry->connection);
}

/* Ask for a verdict, if one is needed. True: it is there. */
static bool ask(struct http_web *w, struct http_entry *entry, const struct web_state *state)
{
	const char *header = MHD_lookup_connection_value(entry->connection, MHD_HEADER_KIND,
							 MHD_HTTP_HEADER_AUTHORIZATION);
	const struct web_user *user;
	struct login login;
	char name[PEER_NAME_MAX];

	entry->asked = true;
	entry->verdict = AUTH_GOOD;
	if (!state->config.n_users)
		return true;
	if (!basic_auth_parse(header, &login)) {
		entry->verdict = AUTH_BAD;
	} else if (!auth_recall(w->auth, &state->config, &login)) {
		const uint64_t address = http_peer_address(entry->connection, name);
		enum auth_verdict verdict;

		user = basic_auth_find(&state->config, login.name);
		snprintf(entry->user, sizeof(entry->user), "%s", user ? user->name : "");
		entry->verdict = AUTH_WAIT;
		MHD_suspend_connection(entry->connection);
		verdict = auth_check(w->auth, &state->config, &login, address, on_verdict, entry);
		/* If it waits, the entry is the auth's from here on. */
		if (verdict != AUTH_WAIT)
			on_verdict(entry, verdict, 0);
		explicit_bzero(&login, sizeof(login));
		return false;
	}
	explicit_bzero(&login, sizeof(login));
	return true;
}

/* Log a verdict that was waited for. */
static void tell_verdict(struct http_web *w, const struct http_entry *entry)
{
	char client[PEER_NAME_MAX], rounds[24];

	http_peer_address(entry->connection, client);
	snprintf(rounds, sizeof(rounds), "%lu", entry->rounds);
	if (entry->rounds)
		log_event(w->log, LOG_DEBUG, "checked a password", "rounds", rounds);
	if (entry->verdict == AUTH_BUSY)
		http_web_tell(w, "refused a request", client, busy.text, "user", entry->user);
	else if (entry->verdict == AUTH_BAD && entry->rounds)
		http_web_tell(w, "refused a request", client,
			      entry->user[0] ? "wrong password" : "unknown user", "user",
			      entry->user);
	else if (entry->verdict == AUTH_BAD)
		http_web_tell(w, "refused a request", client, "no name and password", "user", "");
}

bool http_web_admits(struct http_web *w, struct http_entry *entry,
		     struct MHD_Connection *connection, bool json, enum MHD_Result *ret)
{
	if (!w)
		return true;
	*ret = MHD_YES;
	if (!entry->asked) {
		const struct http_peer *peer = http_peers_find(&w->peers, connection);
		struct web_state *state;
		bool there;

		/* The handshake has seen to this; but nothing may ever be answered without. */
		if (web_has_tls(w->web) && (!peer || !peer->tls.finished || !peer->tls.certified)) {
			*ret = MHD_NO;
			return false;
		}
		*entry = (struct http_entry){.web = w, .connection = connection};
		state = http_web_current(w);
		there = ask(w, entry, state);
		web_put(w->web, state);
		if (!there)
			return false;
	}
	tell_verdict(w, entry);
	if (entry->verdict == AUTH_GOOD)
		return true;
	*ret = refuse(w, connection, json,
		      entry->verdict == AUTH_BAD    ? &unauthorized
		      : entry->verdict == AUTH_BUSY ? &busy
						    : &ending);
	return false;
}
