// SPDX-License-Identifier: GPL-2.0-or-later
#include "http_loops.h"

#include <sys/socket.h>
#include <unistd.h>

void http_loops_add(struct http_loops *l, struct MHD_Daemon *daemon)
{
	l->daemons[l->n++] = daemon;
}

int http_loops_start(struct http_loops *l)
{
	int err = 0;

	for (size_t i = 0; i < l->n && !err; i++)
		err = http_loop_start(l->daemons[i], &l->loops[i]);
	return err;
}

static struct http_loop *loop_of(const struct http_loops *l, struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_DAEMON);

	for (size_t i = 0; info && i < l->n; i++)
		if (l->daemons[i] == info->daemon)
			return l->loops[i];
	return NULL;
}

void http_loops_resume(struct http_loops *l, struct MHD_Connection *connection)
{
	struct http_loop *loop = loop_of(l, connection);

	MHD_resume_connection(connection);
	/* From here on the connection may be gone. Without a wake it would wait for the next event.
	 */
	http_loop_wake(loop);
}

bool http_loops_alive(struct http_loops *l)
{
	bool alive = true;

	/* All are asked, whatever the first says. */
	for (size_t i = 0; i < l->n; i++)
		alive &= http_loop_alive(l->loops[i]);
	return alive;
}

void http_loops_quiesce(struct http_loops *l, bool shared)
{
	for (size_t i = 0; i < l->n; i++) {
		MHD_socket fd = MHD_quiesce_daemon(l->daemons[i]);

		if (fd == MHD_INVALID_SOCKET)
			continue;
		if (!shared)
			shutdown(fd, SHUT_RDWR);
		/* A thread may be about to accept from it: its number must not become another's. */
		l->quiesced[l->n_quiesced++] = fd;
	}
}

void http_loops_stop(struct http_loops *l)
{
	for (size_t i = 0; i < l->n; i++) {
		http_loop_stop(l->loops[i]);
		MHD_stop_daemon(l->daemons[i]);
	}
	while (l->n_quiesced)
		close(l->quiesced[--l->n_quiesced]);
}
