// SPDX-License-Identifier: GPL-2.0-or-later
#include "auth.h"

#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_MAX      32
#define QUEUE_OF_ONE   4 /* of one address */
#define REMEMBERED_MAX 100
#define KEY_SIZE       32

/* Stands for name, hash and password; tells nothing of them without the key of this process. */
struct digest {
	unsigned char bytes[32];
};

struct job {
	struct job *next;
	struct digest digest;
	bool known;    /* there is such a user */
	char hash[64]; /* the user's, or another's */
	unsigned int max_cost;
	char password[BCRYPT_PASSWORD_MAX + 1];
	uint64_t address;
	auth_done_fn *done;
	void *ctx;
};

struct auth {
	pthread_mutex_t lock;
	pthread_cond_t work;
	pthread_t thread;
	bool ending;
	struct job *first; /* that at work included */
	size_t n_jobs;
	unsigned char key[KEY_SIZE];
	struct digest remembered[REMEMBERED_MAX];
	size_t n_remembered, oldest;
};

/* With their lengths, so that no two triples are the same text. */
static int make_digest(const struct auth *auth, const char *name, const char *hash,
		       const char *password, struct digest *ret)
{
	const char *const parts[] = {name, hash, password};
	gnutls_hmac_hd_t hmac;

	if (gnutls_hmac_init(&hmac, GNUTLS_MAC_SHA256, auth->key, sizeof(auth->key)))
		return -ENOMEM;
	for (size_t i = 0; i < 3; i++) {
		const uint32_t len = (uint32_t)strlen(parts[i]);

		gnutls_hmac(hmac, &len, sizeof(len));
		gnutls_hmac(hmac, parts[i], len);
	}
	gnutls_hmac_deinit(hmac, ret->bytes);
	return 0;
}

/*
 * The hash to check a password against. For a name that there is not, that of a user: always the
 * same one's for the same name, and nobody outside can tell whose, since hashes of different costs
 * are not quite the same work. "" only without users.
 */
static int find_hash(const struct auth *auth, const struct web_config *config, const char *name,
		     bool *ret_known, const char **ret)
{
	const struct web_user *user = basic_auth_find(config, name);
	struct digest digest;
	uint64_t number;

	/* Also of a user that there is, since what is faster tells. */
	if (make_digest(auth, name, "", "", &digest))
		return -ENOMEM;
	memcpy(&number, digest.bytes, sizeof(number));
	*ret_known = user;
	if (!user && config->n_users)
		user = &config->users[number % config->n_users];
	*ret = user ? user->hash : "";
	return 0;
}

/* With the lock. */
static bool is_remembered(const struct auth *auth, const struct digest *d)
{
	bool found = false;

	for (size_t i = 0; i < auth->n_remembered; i++)
		found |= gnutls_memcmp(&auth->remembered[i], d, sizeof(*d)) == 0;
	return found;
}

/* With the lock. */
static void remember(struct auth *auth, const struct digest *d)
{
	if (is_remembered(auth, d))
		return;
	if (auth->n_remembered < REMEMBERED_MAX) {
		auth->remembered[auth->n_remembered++] = *d;
		return;
	}
	auth->remembered[auth->oldest] = *d;
	auth->oldest = (auth->oldest + 1) % REMEMBERED_MAX;
}

static void free_job(struct job *job)
{
	explicit_bzero(job, sizeof(*job));
	free(job);
}

/* With the lock, which is let go meanwhile. */
static void do_first(struct auth *auth)
{
	struct job *job = auth->first;
	enum auth_verdict verdict = AUTH_ENDING;
	unsigned long rounds = 0;

	if (!auth->ending) {
		int match;

		pthread_mutex_unlock(&auth->lock);
		match = bcrypt_verify(job->hash[0] ? job->hash : NULL, job->max_cost, job->password,
				      &rounds);
		pthread_mutex_lock(&auth->lock);
		if (match >= 0)
			verdict = match && job->known ? AUTH_GOOD : AUTH_BAD;
	}
	if (verdict == AUTH_GOOD)
		remember(auth, &job->digest);
	auth->first = job->next;
	auth->n_jobs--;
	pthread_mutex_unlock(&auth->lock);
	job->done(job->ctx, verdict, rounds);
	free_job(job);
	pthread_mutex_lock(&auth->lock);
}

static void *work(void *arg)
{
	struct auth *auth = arg;

	pthread_mutex_lock(&auth->lock);
	while (auth->first || !auth->ending) {
		if (auth->first)
			do_first(auth);
		else
			pthread_cond_wait(&auth->work, &auth->lock);
	}
	pthread_mutex_unlock(&auth->lock);
	return NULL;
}

struct auth *auth_new(void)
{
	struct auth *auth = calloc(1, sizeof(*auth));

	if (!auth)
		return NULL;
	pthread_mutex_init(&auth->lock, NULL);
	pthread_cond_init(&auth->work, NULL);
	if (!gnutls_rnd(GNUTLS_RND_KEY, auth->key, sizeof(auth->key)) &&
	    !pthread_create(&auth->thread, NULL, work, auth))
		return auth;
	auth_free(auth);
	return NULL;
}

void auth_stop(struct auth *auth)
{
	pthread_mutex_lock(&auth->lock);
	auth->ending = true;
	pthread_cond_signal(&auth->work);
	pthread_mutex_unlock(&auth->lock);
	pthread_join(auth->thread, NULL);
}

void auth_free(struct auth *auth)
{
	if (!auth)
		return;
	pthread_cond_destroy(&auth->work);
	pthread_mutex_destroy(&auth->lock);
	explicit_bzero(auth, sizeof(*auth));
	free(auth);
}

/* Put a job at the end of the queue. With the lock. */
static enum auth_verdict enqueue(struct auth *auth, struct job *job)
{
	struct job **end = &auth->first;
	size_t of_this = 0;

	if (auth->ending)
		return AUTH_ENDING;
	for (; *end; end = &(*end)->next)
		of_this += (*end)->address == job->address;
	if (auth->n_jobs == QUEUE_MAX || of_this >= QUEUE_OF_ONE)
		return AUTH_BUSY;
	*end = job;
	auth->n_jobs++;
	pthread_cond_signal(&auth->work);
	return AUTH_WAIT;
}

bool auth_recall(struct auth *auth, const struct web_config *config, const struct login *login)
{
	struct digest digest;
	const char *hash;
	bool good, known;

	/* The same work whether there is such a user or not. */
	if (find_hash(auth, config, login->name, &known, &hash) ||
	    make_digest(auth, login->name, hash, login->password, &digest))
		return false;
	pthread_mutex_lock(&auth->lock);
	good = is_remembered(auth, &digest);
	pthread_mutex_unlock(&auth->lock);
	return good && known;
}

enum auth_verdict auth_check(struct auth *auth, const struct web_config *config,
			     const struct login *login, uint64_t address, auth_done_fn *done,
			     void *ctx)
{
	enum auth_verdict verdict;
	const char *hash;
	struct job *job = calloc(1, sizeof(*job));

	if (!job)
		return AUTH_ENDING;
	job->max_cost = config->max_cost;
	job->address = address;
	job->done = done;
	job->ctx = ctx;
	snprintf(job->password, sizeof(job->password), "%s", login->password);
	if (find_hash(auth, config, login->name, &job->known, &hash) ||
	    make_digest(auth, login->name, hash, job->password, &job->digest)) {
		free_job(job);
		return AUTH_ENDING;
	}
	snprintf(job->hash, sizeof(job->hash), "%s", hash);
	pthread_mutex_lock(&auth->lock);
	verdict = enqueue(auth, job);
	pthread_mutex_unlock(&auth->lock);
	if (verdict != AUTH_WAIT)
		free_job(job);
	return verdict;
}
