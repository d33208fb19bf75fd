// SPDX-License-Identifier: GPL-2.0-or-later
/* When a file counts as changed; which change of the web configuration takes a restart. */
#include "check.h"
#include "clock.h"
#include "watched.h"
#include "web_weaker.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define AT(ns_, files_)                                                                     \
	(struct watched_time)                                                               \
	{                                                                                   \
		(int64_t)((ns_) * (double)NS_PER_S), (int64_t)((files_) * (double)NS_PER_S) \
	}

/* Write text in place; its time of modification is mtime. */
static void put(const struct watched *file, const char *text, time_t mtime)
{
	const struct timespec times[] = {{.tv_sec = mtime}, {.tv_sec = mtime}};
	int fd = open(file->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || futimens(fd, times))
		perror(file->path);
	close(fd);
}

static void get(const char *name, struct watched *file, const char *want)
{
	char *text = NULL;
	size_t len;
	int err = watched_read(file, 100, &text, &len);

	check_text(name, want, err ? NULL : text);
	free(text);
}

static void test_watched(void)
{
	struct watched file = {.path = "/tmp/watched.XXXXXX"}, before;
	char *text;
	size_t len;

	close(mkstemp(file.path));
	put(&file, "a", 1000);
	get("a file", &file, "a");
	check("as it was read", watched_look(&file, AT(5, 1005)) == WATCHED_SAME);
	put(&file, "b", 1010);
	check("just written", watched_look(&file, AT(15, 1010)) == WATCHED_MOVING);
	check("half a second ago", watched_look(&file, AT(15.5, 1010.5)) == WATCHED_MOVING);
	put(&file, "bc", 1011);
	check("and again", watched_look(&file, AT(16, 1011)) == WATCHED_MOVING);
	check("left alone", watched_look(&file, AT(16.9, 1012.1)) == WATCHED_NEW);
	get("what is in it", &file, "bc");
	check("read", watched_look(&file, AT(17, 1013)) == WATCHED_SAME);

	put(&file, "d", 5000);
	check("of the future", watched_look(&file, AT(20, 1020)) == WATCHED_MOVING);
	check("a moment later", watched_look(&file, AT(20.9, 1020.9)) == WATCHED_MOVING);
	check("a second later", watched_look(&file, AT(21, 1021)) == WATCHED_NEW);
	put(&file, "e", 5000);
	check("written again", watched_look(&file, AT(21.5, 1021.5)) == WATCHED_MOVING);
	check("then left alone", watched_look(&file, AT(22.5, 900)) == WATCHED_NEW);
	before = file;
	get("of the future", &file, "e");
	check("as it was seen", watched_is_as_seen(&before, &file));
	put(&file, "f", 5000);
	get("another by now", &file, "f");
	check("is not as it was seen", !watched_is_as_seen(&before, &file));
	before.path[0] = '.';
	check("by another name, who knows", watched_is_as_seen(&before, &file));
	put(&file, "g", 0x7fffffffffff);
	check("a time that no clock shows", watched_look(&file, AT(30, 1030)) == WATCHED_MOVING);
	check("is left alone too", watched_look(&file, AT(31, 1031)) == WATCHED_NEW);

	unlink(file.path);
	check("gone", watched_look(&file, AT(40, 1040)) == WATCHED_MOVING);
	check("still gone", watched_look(&file, AT(41, 1041)) == WATCHED_NEW);
	check("cannot be read", watched_read(&file, 100, &text, &len) == -ENOENT);
	check("and so it is known", watched_look(&file, AT(42, 1042)) == WATCHED_SAME);
	put(&file, "h", 1040);
	check("there again", watched_look(&file, AT(43, 1043)) == WATCHED_NEW);
	unlink(file.path);
}

static void test_weaker(void)
{
	/* What may become of what: none, request, any, if given, require and verify. */
	static const bool fine[5][5] = {
		{true, true, true, true, true},	    {true, true, true, true, true},
		{false, false, true, false, true},  {false, false, false, true, true},
		{false, false, false, false, true},
	};
	char name[64], *sans[] = {name};
	struct web_user users[2] = {{name, name}, {name, name}};
	struct web_config before = {.tls.on = true}, after = {.tls.on = true};

	for (unsigned int i = 0; i < 25; i++) {
		before.tls.client_auth = (enum client_auth)(i / 5);
		after.tls.client_auth = (enum client_auth)(i % 5);
		snprintf(name, sizeof(name), "client_auth_type %u may become %u: %d", i / 5, i % 5,
			 fine[i / 5][i % 5]);
		check(name, !web_weaker(&before, &after) == fine[i / 5][i % 5]);
	}
	after.tls.client_auth = before.tls.client_auth;
	before.tls.allowed_sans = sans;
	before.tls.n_allowed_sans = 1;
	check("from some names to any", web_weaker(&before, &after) != NULL);
	check("from any to some", !web_weaker(&after, &before));
	check("from some to some", !web_weaker(&before, &before));
	before = after;
	before.users = users;
	before.n_users = 2;
	check("from users to none", web_weaker(&before, &after) != NULL);
	check("from none to users", !web_weaker(&after, &before));
	after.users = users;
	after.n_users = 1;
	check("from two to one", !web_weaker(&before, &after));
	after.tls.on = false;
	check("from TLS to none", web_weaker(&before, &after) != NULL);
	check("from none to TLS", web_weaker(&after, &before) != NULL);
}

int main(void)
{
	test_watched();
	test_weaker();
	return 0;
}
