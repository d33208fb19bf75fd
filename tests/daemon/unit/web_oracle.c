// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is done with a name and a password must not tell whether there is such a user. Time says
 * little on a busy machine: this counts what takes time, the calls of libcrypt and of GnuTLS.
 */
#include "auth.h"
#include "check.h"

#include <crypt.h>
#include <dlfcn.h>
#include <gnutls/crypto.h>
#include <pthread.h>
#include <stdlib.h>

/* Of "right", at the costs 4 and 6. */
#define CHEAP "$2b$04$abcdefghijklmnopqrstuuFmEfrkTQnczNzw475xE2VhDrK1uwJiC"
#define DEAR  "$2b$06$abcdefghijklmnopqrstuuyu/8Ca5sFFEEiTEbYp918GNtikmYd8W"

/* What was done since it was last emptied, by any thread; in words. */
static char done[8192];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t told = PTHREAD_COND_INITIALIZER;
static enum auth_verdict verdict;
static bool hold, held; /* the auth's thread, within its callback */

static void note(const char *what, size_t n)
{
	size_t len;

	pthread_mutex_lock(&lock);
	len = strlen(done);
	snprintf(done + len, sizeof(done) - len, "%s %zu\n", what, n);
	pthread_mutex_unlock(&lock);
}

/* In front of the libraries' own. */
int gnutls_hmac(gnutls_hmac_hd_t handle, const void *text, size_t len)
{
	int (*real)(gnutls_hmac_hd_t, const void *, size_t);

	*(void **)&real = dlsym(RTLD_NEXT, "gnutls_hmac");
	/* A name that is longer is more work, and no secret. */
	note("hmac", len);
	return real(handle, text, len);
}

char *crypt_r(const char *phrase, const char *setting, struct crypt_data *data)
{
	char *(*real)(const char *, const char *, struct crypt_data *);

	/* Nothing else here needs the library, so the linker may have left it out. */
	*(void **)&real = dlsym(dlopen("libcrypt.so.1", RTLD_NOW), "crypt_r");
	note("crypt", strtoul(setting + 4, NULL, 10));
	return real(phrase, setting, data);
}

static void on_verdict(void *ctx, enum auth_verdict v, unsigned long rounds)
{
	(void)ctx;
	(void)rounds;
	pthread_mutex_lock(&lock);
	verdict = v;
	held = hold;
	pthread_cond_broadcast(&told);
	while (hold)
		pthread_cond_wait(&told, &lock);
	held = false;
	pthread_mutex_unlock(&lock);
}

/* The way of a request: the verdict. What was done for it is in done. */
static enum auth_verdict try(struct auth *auth, const struct web_config *config, const char *name,
			     const char *password)
{
	struct login login;
	enum auth_verdict v;

	done[0] = '\0';
	snprintf(login.name, sizeof(login.name), "%s", name);
	snprintf(login.password, sizeof(login.password), "%s", password);
	if (auth_recall(auth, config, &login))
		return AUTH_GOOD;
	verdict = AUTH_WAIT;
	v = auth_check(auth, config, &login, 1, on_verdict, NULL);
	if (v != AUTH_WAIT)
		return v;
	pthread_mutex_lock(&lock);
	while (verdict == AUTH_WAIT)
		pthread_cond_wait(&told, &lock);
	v = verdict;
	pthread_mutex_unlock(&lock);
	return v;
}

static void test_names(struct auth *auth, const struct web_config *config)
{
	char cheap[sizeof(done)], dear[sizeof(done)], name[16];
	size_t like_cheap = 0, like_dear = 0, bad = 0;

	check("a right password", try(auth, config, "known0", "right") == AUTH_GOOD);
	check("another's", try(auth, config, "known1", "right") == AUTH_GOOD);
	check("is remembered",
	      try(auth, config, "known1", "right") == AUTH_GOOD && !strstr(done, "crypt"));
	check("a wrong one", try(auth, config, "known0", "wrong") == AUTH_BAD);
	memcpy(cheap, done, sizeof(done));
	check("another wrong one", try(auth, config, "known1", "wrong") == AUTH_BAD);
	memcpy(dear, done, sizeof(done));
	check("the costs are told apart here", strcmp(cheap, dear) != 0);
	for (unsigned int i = 0; i < 64; i++) {
		snprintf(name, sizeof(name), "oth%03x", i);
		bad += try(auth, config, name, "wrong") == AUTH_BAD;
		like_cheap += strcmp(done, cheap) == 0;
		like_dear += strcmp(done, dear) == 0;
	}
	check("64 of unknown users are wrong", bad == 64);
	check("each costs what it costs for one of the users", like_cheap + like_dear == 64);
	check("of this cost", like_cheap > 0);
	check("or that", like_dear > 0);
	for (unsigned int i = 0; i < 16; i++) {
		snprintf(name, sizeof(name), "oth%03x", i);
		bad += try(auth, config, name, "right") == AUTH_BAD;
	}
	check("nor does another's password let them in", bad == 80);
}

/* known0 was right, and is gone; who is left has its hash. */
static void test_gone(struct auth *auth, const struct web_config *config)
{
	struct web_user user = {config->users[1].name, config->users[0].hash};
	const struct web_config left = {.users = &user, .n_users = 1, .max_cost = 6};

	check("one who is left comes in", try(auth, &left, "known1", "right") == AUTH_GOOD);
	check("one who is gone does not", try(auth, &left, "known0", "right") == AUTH_BAD);
}

/* As many wait as may: what the others are told, and what is done for them. */
static void test_busy(struct auth *auth, const struct web_config *config)
{
	const struct login waits = {"known0", "waits"};
	char known[sizeof(done)];
	bool same = true;

	hold = true;
	auth_check(auth, config, &waits, 1, on_verdict, NULL);
	pthread_mutex_lock(&lock);
	while (!held)
		pthread_cond_wait(&told, &lock);
	pthread_mutex_unlock(&lock);
	for (unsigned int i = 0; i < 4; i++)
		auth_check(auth, config, &waits, 1, on_verdict, NULL);
	check("busy: a known name", try(auth, config, "known0", "wrong") == AUTH_BUSY);
	memcpy(known, done, sizeof(done));
	check("busy: another", try(auth, config, "known1", "wrong") == AUTH_BUSY);
	same &= strcmp(done, known) == 0;
	check("busy: an unknown one", try(auth, config, "other0", "wrong") == AUTH_BUSY);
	same &= strcmp(done, known) == 0;
	check("busy: it was as much work for each", same);
	check("busy: who is remembered comes in",
	      try(auth, config, "known0", "right") == AUTH_GOOD);
	pthread_mutex_lock(&lock);
	hold = false;
	pthread_cond_broadcast(&told);
	pthread_mutex_unlock(&lock);
}

int main(void)
{
	char cheap[] = CHEAP, dear[] = DEAR, names[2][8] = {"known0", "known1"};
	struct web_user users[] = {{names[0], cheap}, {names[1], dear}};
	const struct web_config config = {.users = users, .n_users = 2, .max_cost = 6};
	struct auth *auth = auth_new();

	if (!auth)
		return 1;
	test_names(auth, &config);
	test_gone(auth, &config);
	test_busy(auth, &config);
	auth_stop(auth);
	auth_free(auth);
	return 0;
}
