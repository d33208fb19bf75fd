// SPDX-License-Identifier: GPL-2.0-or-later
#include "http_loop.h"

#include "heartbeat.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct http_loop {
	struct MHD_Daemon *daemon;
	int epoll_fd, wake_fd;
	struct heartbeat heartbeat;
	atomic_bool stop;
	pthread_t thread;
};

static unsigned int connections(struct MHD_Daemon *daemon)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);

	return info ? info->num_connections : 0;
}

/* Until there is something to do for the daemon, or it is woken. */
static void wait_for_work(struct http_loop *loop)
{
	struct pollfd fds[] = {{loop->epoll_fd, POLLIN, 0}, {loop->wake_fd, POLLIN, 0}};
	MHD_UNSIGNED_LONG_LONG left;
	eventfd_t count;
	int timeout = -1;

	if (MHD_get_timeout(loop->daemon, &left) == MHD_YES)
		timeout = left < INT_MAX ? (int)left : INT_MAX;
	if (poll(fds, 2, timeout) > 0 && fds[1].revents)
		eventfd_read(loop->wake_fd, &count);
}

static void *run(void *arg)
{
	struct http_loop *loop = arg;

	while (!atomic_load(&loop->stop)) {
		unsigned int before;

		wait_for_work(loop);
		heartbeat_answer(&loop->heartbeat);
		/*
		 * A pass begins by listening again if there is room, and ends by removing
		 * connections, so what has made room takes another.
		 */
		do {
			before = connections(loop->daemon);
			MHD_run(loop->daemon);
		} while (connections(loop->daemon) < before);
	}
	return NULL;
}

int http_loop_start(struct MHD_Daemon *daemon, struct http_loop **ret)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
	struct http_loop *loop = calloc(1, sizeof(*loop));
	int err;

	if (!loop || !info) {
		free(loop);
		return info ? -ENOMEM : -EINVAL;
	}
	loop->daemon = daemon;
	loop->epoll_fd = info->epoll_fd;
	loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	*ret = loop;
	err = loop->wake_fd < 0 ? -errno : -pthread_create(&loop->thread, NULL, run, loop);
	if (err) {
		if (loop->wake_fd >= 0)
			close(loop->wake_fd);
		free(loop);
		*ret = NULL;
	}
	return err;
}

void http_loop_wake(struct http_loop *loop)
{
	eventfd_write(loop->wake_fd, 1);
}

bool http_loop_alive(struct http_loop *loop)
{
	const bool alive = heartbeat_ask(&loop->heartbeat);

	http_loop_wake(loop);
	return alive;
}

void http_loop_stop(struct http_loop *loop)
{
	if (!loop)
		return;
	atomic_store(&loop->stop, true);
	http_loop_wake(loop);
	pthread_join(loop->thread, NULL);
	close(loop->wake_fd);
	free(loop);
}
