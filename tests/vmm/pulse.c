/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pulse TTY...
 *
 * Binds the interrupt of the Nth serial port to the Nth CPU, and reads what comes
 * in, so that whoever writes to the ports interrupts every CPU. QEMU 7.2's SVM
 * changes a CPU's set of pending interrupts without the lock that others hold for
 * it (helper_vmrun() in target/i386/tcg/sysemu/svm_helper.c), and so loses one now
 * and then: the CPU goes on, or sleeps on, though its APIC has an interrupt for it,
 * and another CPU may spin until that one answers. The next interrupt from outside
 * makes the APIC look again. It must not depend on any other CPU.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

enum { MAX_TTYS = 8 };

/* Lets only CPU number CPU serve the port's interrupt. */
static int bind_interrupt(int fd, int cpu)
{
	struct serial_struct serial;
	char path[64];
	FILE *f;

	if (ioctl(fd, TIOCGSERIAL, &serial))
		return -errno;
	snprintf(path, sizeof(path), "/proc/irq/%d/smp_affinity_list", serial.irq);
	f = fopen(path, "we");
	if (!f)
		return -errno;
	fprintf(f, "%d\n", cpu);
	return fclose(f) ? -errno : 0;
}

/* Opens a serial port for bytes as they are; the descriptor or a negative errno. */
static int open_tty(const char *path, int cpu)
{
	struct termios mode;
	int fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	if (tcgetattr(fd, &mode))
		return -errno;
	cfmakeraw(&mode);
	if (tcsetattr(fd, TCSANOW, &mode))
		return -errno;
	r = bind_interrupt(fd, cpu);
	return r ? r : fd;
}

int main(int argc, char **argv)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct pollfd ttys[MAX_TTYS];
	const int count = argc - 1;
	char bytes[256];

	if (count < 1 || count > MAX_TTYS) {
		fputs("usage: pulse TTY...\n", stderr);
		return 2;
	}
	for (int i = 0; i < count; i++) {
		ttys[i].fd = open_tty(argv[i + 1], (int)(i % cpus));
		ttys[i].events = POLLIN;
		if (ttys[i].fd < 0) {
			fprintf(stderr, "pulse: %s: %s\n", argv[i + 1], strerror(-ttys[i].fd));
			return 1;
		}
	}
	while (poll(ttys, (nfds_t)count, -1) > 0) {
		for (int i = 0; i < count; i++) {
			if (ttys[i].revents && read(ttys[i].fd, bytes, sizeof(bytes)) <= 0)
				return 1;
		}
	}
	return 1;
}
