// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's half of the hypercall KVM_HC_VCPU_INFO, which only a kernel can
 * do: /dev/vcpu_info takes a vCPU id and passes on what the host answers.  Who
 * may ask is a matter of the file's mode: root, unless root decides otherwise.
 */
#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/kvm_para.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

#include "kvm_exit_stats.h"
#include "vcpu_info_ioctl.h"

/* KVM's own numbers for errors, which are not all the kernel's. */
static long vcpu_info_error(long answer)
{
	switch (answer) {
	case 0:
		return 0;
	case -KVM_ENOSYS:
		return -ENOSYS;
	case -KVM_EINVAL:
		return -EINVAL;
	case -KVM_EPERM:
		return -EPERM;
	default:
		return -EIO;
	}
}

/* The host checks @id, with all its bits. */
static long vcpu_info_ioctl(struct file *file, unsigned int cmd, unsigned long id)
{
	if (cmd != VCPU_INFO_REPORT)
		return -ENOTTY;

	return vcpu_info_error(kvm_hypercall1(KVM_HC_VCPU_INFO, id));
}

static const struct file_operations vcpu_info_fops = {
	.owner		= THIS_MODULE,
	.unlocked_ioctl	= vcpu_info_ioctl,
#ifdef CONFIG_COMPAT
	/* A number needs no conversion. */
	.compat_ioctl	= vcpu_info_ioctl,
#endif
};

static struct miscdevice vcpu_info_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= VCPU_INFO_DEVICE,
	.fops	= &vcpu_info_fops,
	.mode	= 0600,
};

static int __init vcpu_info_init(void)
{
	if (!kvm_para_available())
		return -ENODEV;

	return misc_register(&vcpu_info_device);
}
module_init(vcpu_info_init);

static void __exit vcpu_info_exit(void)
{
	misc_deregister(&vcpu_info_device);
}
module_exit(vcpu_info_exit);

MODULE_DESCRIPTION("Asks a KVM host to report a vCPU of this guest");
MODULE_LICENSE("GPL");
