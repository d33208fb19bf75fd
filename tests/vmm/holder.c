/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * holder   takes a line "PID-FD" on standard input, gets that descriptor of that process, says
 * "held" and keeps it until it is killed
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	char line[64], *rest;
	long pid, number;
	int process;

	if (!fgets(line, sizeof(line), stdin))
		return 2;
	pid = strtol(line, &rest, 10);
	number = strtol(*rest == '-' ? rest + 1 : rest, NULL, 10);
	process = (int)syscall(SYS_pidfd_open, pid, 0);
	if (syscall(SYS_pidfd_getfd, process, (int)number, 0) < 0) {
		fprintf(stderr, "holder: %s\n", strerrordesc_np(errno));
		return 1;
	}
	puts("held");
	fflush(stdout);
	for (;;)
		pause();
}
