// SPDX-License-Identifier: GPL-2.0-or-later
#include "activation.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

int activation_sockets(int *ret, size_t max, size_t *ret_n, const char **ret_error)
{
	const int n = sd_listen_fds(1);

	*ret_error = NULL;
	if (n < 0)
		*ret_error = "what systemd says of its sockets is not valid";
	else if (!n)
		*ret_error = "systemd has handed over no socket: start kvm-exit-exporter.socket";
	else if ((size_t)n > max)
		*ret_error = "systemd has handed over too many sockets";
	if (*ret_error)
		return n < 0 ? n : -EINVAL;
	for (int i = 0; i < n; i++) {
		const int fd = SD_LISTEN_FDS_START + i;
		int flags;

		if (sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1) <= 0) {
			*ret_error = "systemd has handed over something else than a listening "
				     "stream socket";
			return -EINVAL;
		}
		/* With NonBlocking= unset they are blocking, and accept() could hang. */
		flags = fcntl(fd, F_GETFL);
		if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
			return -errno;
		ret[i] = fd;
	}
	*ret_n = (size_t)n;
	return 0;
}
