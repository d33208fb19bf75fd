// SPDX-License-Identifier: GPL-2.0-or-later
/* A request's way in: its name and password. */
#include "http_web.h"
#include "http_web_own.h"

#include <stdio.h>
#include <string.h>

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
		http_web_tell(w, "refused a request", client, "too many passwords to be checked",
			      "user", entry->user);
	else if (entry->verdict == AUTH_BAD && entry->rounds)
		http_web_tell(w, "refused a request", client,
			      entry->user[0] ? "wrong password" : "unknown user", "user",
			      entry->user);
	else if (entry->verdict == AUTH_BAD)
		http_web_tell(w, "refused a request", client, "no name and password", "user", "");
}

enum http_admission http_web_admits(struct http_web *w, struct http_entry *entry,
				    struct MHD_Connection *connection)
{
	if (!w)
		return HTTP_ADMITTED;
	if (!entry->asked) {
		const struct http_peer *peer = http_peers_find(&w->peers, connection);
		struct web_state *state;
		bool there;

		/* The handshake has seen to this; but nothing may ever be answered without. */
		if (web_has_tls(w->web) && (!peer || !peer->tls.finished || !peer->tls.certified))
			return HTTP_HOPELESS;
		*entry = (struct http_entry){.web = w, .connection = connection};
		state = http_web_current(w);
		there = ask(w, entry, state);
		web_put(w->web, state);
		if (!there)
			return HTTP_ASKED;
	}
	tell_verdict(w, entry);
	switch (entry->verdict) {
	case AUTH_GOOD:
		return HTTP_ADMITTED;
	case AUTH_BAD:
		return HTTP_UNAUTHORIZED;
	case AUTH_BUSY:
		return HTTP_AUTH_BUSY;
	default:
		return HTTP_AUTH_ENDING;
	}
}
