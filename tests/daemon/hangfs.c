// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hangfs DIR FILE HOLD: mounts a FUSE file system over DIR with the one file FILE in it. A read of
 * it gets no answer while HOLD exists, and an error then; so does a stat() of anything if HOLD.stat
 * exists too. Speaks the kernel's protocol itself (linux/fuse.h). Ends when DIR is unmounted.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER	   (FUSE_MIN_READ_BUFFER + 65536)
#define FILE_NODE  2
#define READS_MAX  64
#define TICK_MS	   50
#define NS_PER_SEC 1000000000

static int device;
static const char *file_name;
static const char *hold, *hold_stat;
/* What waits for an answer. */
static uint64_t waiting[READS_MAX];
static size_t n_waiting;

static void answer(uint64_t unique, int error, const void *data, size_t size)
{
	char buffer[sizeof(struct fuse_out_header) + sizeof(struct fuse_init_out) + 256];
	struct fuse_out_header head = {
		.len = (uint32_t)(sizeof(head) + size), .error = error, .unique = unique};

	memcpy(buffer, &head, sizeof(head));
	if (size)
		memcpy(buffer + sizeof(head), data, size);
	/* Who asked may be gone. */
	if (write(device, buffer, head.len) < 0 && errno != ENOENT)
		perror("hangfs: write");
}

static struct fuse_attr attributes(uint64_t node)
{
	return (struct fuse_attr){
		.ino = node,
		.mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0444,
		.nlink = 1,
		.blksize = 4096,
		.size = node == FUSE_ROOT_ID ? 0 : 4096,
	};
}

static void look_up(const struct fuse_in_header *in, const char *name)
{
	const struct fuse_entry_out out = {
		.nodeid = FILE_NODE,
		.entry_valid = NS_PER_SEC,
		.attr_valid = NS_PER_SEC,
		.attr = attributes(FILE_NODE),
	};

	if (strcmp(name, file_name) == 0)
		answer(in->unique, 0, &out, sizeof(out));
	else
		answer(in->unique, -ENOENT, NULL, 0);
}

static void init(const struct fuse_in_header *in)
{
	const struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_write = 65536,
	};

	answer(in->unique, 0, &out, sizeof(out));
}

static void keep(const struct fuse_in_header *in)
{
	if (n_waiting < READS_MAX && !access(hold, F_OK))
		waiting[n_waiting++] = in->unique;
	else
		answer(in->unique, -EIO, NULL, 0);
}

static void serve(const char *buffer)
{
	const struct fuse_in_header *in = (const void *)buffer;
	const struct fuse_attr_out attr = {.attr_valid = 0, .attr = attributes(in->nodeid)};
	const struct fuse_open_out opened = {.open_flags = FOPEN_DIRECT_IO};

	switch (in->opcode) {
	case FUSE_INIT:
		init(in);
		break;
	case FUSE_LOOKUP:
		look_up(in, buffer + sizeof(*in));
		break;
	case FUSE_GETATTR:
		if (access(hold_stat, F_OK))
			answer(in->unique, 0, &attr, sizeof(attr));
		else
			keep(in);
		break;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		answer(in->unique, 0, &opened, sizeof(opened));
		break;
	case FUSE_READ:
		keep(in);
		break;
	case FUSE_READDIR:
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
	case FUSE_FLUSH:
		answer(in->unique, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		answer(in->unique, -ENOSYS, NULL, 0);
	}
}

int main(int argc, char **argv)
{
	static char buffer[BUFFER] __attribute__((aligned(8)));
	static char stat_name[PATH_MAX];
	char options[128];

	if (argc != 4)
		return 2;
	file_name = argv[2];
	hold = argv[3];
	snprintf(stat_name, sizeof(stat_name), "%s.stat", hold);
	hold_stat = stat_name;
	device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (device < 0) {
		perror("hangfs: /dev/fuse");
		return 1;
	}
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40755,user_id=%u,group_id=%u,allow_other", device, geteuid(),
		 getegid());
	if (mount("hangfs", argv[1], "fuse", MS_NOSUID | MS_NODEV, options)) {
		perror("hangfs: mount");
		return 1;
	}
	for (;;) {
		struct pollfd p = {.fd = device, .events = POLLIN};
		ssize_t n;

		if (access(hold, F_OK))
			while (n_waiting)
				answer(waiting[--n_waiting], -EIO, NULL, 0);
		if (poll(&p, 1, TICK_MS) <= 0)
			continue;
		n = read(device, buffer, sizeof(buffer));
		if (n >= (ssize_t)sizeof(struct fuse_in_header))
			serve(buffer);
		else if (n < 0 && errno == ENODEV)
			return 0;
	}
}
