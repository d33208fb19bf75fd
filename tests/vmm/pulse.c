/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pulse TTY
 *
 * Visits every CPU each time a byte comes in at a serial port. QEMU 7.2's SVM
 * changes a CPU's set of pending interrupts without its lock, and so loses one
 * now and then: the CPU sleeps on, though its APIC has an interrupt for it. The
 * next interrupt of any kind wakes it, and one from outside always comes.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct termios mode;
	char byte;
	int fd;

	if (argc != 2 || (fd = open(argv[1], O_RDONLY | O_NOCTTY | O_CLOEXEC)) < 0 ||
	    tcgetattr(fd, &mode)) {
		fputs("usage: pulse TTY\n", stderr);
		return 2;
	}
	cfmakeraw(&mode);
	tcsetattr(fd, TCSANOW, &mode);
	while (read(fd, &byte, 1) == 1) {
		const long count = sysconf(_SC_NPROCESSORS_ONLN);

		for (long i = 0; i < count; i++) {
			cpu_set_t set;

			CPU_ZERO(&set);
			CPU_SET((size_t)i, &set);
			sched_setaffinity(0, sizeof(set), &set);
		}
	}
	return 1;
}
