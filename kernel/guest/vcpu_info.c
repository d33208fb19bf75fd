// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vcpu_info.h"
#include "vcpu_info_ioctl.h"

int vcpu_info(int vcpu_id)
{
	int fd, ret;

	fd = open("/dev/" VCPU_INFO_DEVICE, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;

	ret = ioctl(fd, VCPU_INFO_REPORT, (unsigned long)vcpu_id) < 0 ? -errno : 0;
	close(fd);
	return ret;
}
