// SPDX-License-Identifier: GPL-2.0-or-later
#include "identity.h"

#include "check.h"

#include <stdlib.h>

#define UUID  "c7a5fdbd-edaf-9455-926a-d65c16db1809"
#define UUID2 "11111111-2222-3333-4444-555555555555"

/* Command lines as people start VMs; '|' stands for the NUL between arguments. */
static const struct {
	const char *what, *cmdline, *name, *uuid, *vmm;
} cases[] = {
	{"libvirt",
	 "/usr/bin/qemu-system-x86_64|-name|guest=web1,debug-threads=on|-S|-uuid|" UUID "|", "web1",
	 UUID, "qemu-system-x86_64"},
	{"QEMU by hand", "qemu-system-x86_64|-enable-kvm|-name|web1|-m|1G|", "web1", NULL,
	 "qemu-system-x86_64"},
	{"two dashes", "qemu-system-x86_64|--name|web1|--uuid|" UUID "|", "web1", UUID,
	 "qemu-system-x86_64"},
	{"name and process", "qemu-system-x86_64|-name|web1,process=web|", "web1", NULL,
	 "qemu-system-x86_64"},
	{"guest= after another key", "qemu-system-x86_64|-name|process=x,guest=web1|", "web1", NULL,
	 "qemu-system-x86_64"},
	{"a doubled comma", "qemu-system-x86_64|-name|guest=a,,b,debug-threads=on|", "a,b", NULL,
	 "qemu-system-x86_64"},
	{"a doubled comma at the end", "qemu-system-x86_64|-name|a,,|", "a,", NULL,
	 "qemu-system-x86_64"},
	{"three commas", "qemu-system-x86_64|-name|a,,,debug-threads=on|", "a,", NULL,
	 "qemu-system-x86_64"},
	{"the last name counts", "qemu-system-x86_64|-name|a|-name|b|", "b", NULL,
	 "qemu-system-x86_64"},
	{"no name", "qemu-system-x86_64|-m|1G|", NULL, NULL, "qemu-system-x86_64"},
	{"an empty name", "qemu-system-x86_64|-name||-m|1|", NULL, NULL, "qemu-system-x86_64"},
	{"an empty guest=", "qemu-system-x86_64|-name|guest=|", NULL, NULL, "qemu-system-x86_64"},
	{"-name without a value", "qemu-system-x86_64|-name", NULL, NULL, "qemu-system-x86_64"},
	{"no NUL at the end", "qemu-system-x86_64|-name|web1", "web1", NULL, "qemu-system-x86_64"},
	{"Proxmox",
	 "/usr/bin/kvm|-id|100|-name|vm100,debug-threads=on|-smbios|type=1,uuid=" UUID "|", "vm100",
	 UUID, "kvm"},
	{"-uuid before smbios", "kvm|-uuid|" UUID "|-smbios|type=1,uuid=" UUID2 "|", NULL, UUID,
	 "kvm"},
	{"smbios of another type", "kvm|-smbios|type=2,uuid=" UUID "|", NULL, NULL, "kvm"},
	{"upper case", "qemu-kvm|-uuid|C7A5FDBD-EDAF-9455-926A-D65C16DB1809|", NULL, UUID,
	 "qemu-kvm"},
	{"no uuid", "qemu-kvm|-uuid|c7a5fdbd-edaf-9455-926a-d65c16db180|", NULL, NULL, "qemu-kvm"},
	{"no uuid either", "qemu-kvm|-uuid|c7a5fdbdxedaf-9455-926a-d65c16db1809|", NULL, NULL,
	 "qemu-kvm"},
	{"Firecracker", "./firecracker|--api-sock|/tmp/f.sock|--id|fc-1|", "fc-1", NULL,
	 "firecracker"},
	{"Firecracker under its jailer",
	 "firecracker|--id=551e7604-e35c-42b3-b825-416853441234|--start-time-us=1|",
	 "551e7604-e35c-42b3-b825-416853441234", NULL, "firecracker"},
	{"Firecracker's version in its name", "/firecracker-v1.7.0-x86_64|--id|a|", "a", NULL,
	 "firecracker-v1.7.0-x86_64"},
	{"--id with an empty value", "firecracker|--id=|", NULL, NULL, "firecracker"},
	{"--idle is not --id", "firecracker|--idle=x|", NULL, NULL, "firecracker"},
	{"Cloud Hypervisor",
	 "cloud-hypervisor|--api-socket|/run/ch/web1.sock|--platform|num_pci_segments=1,uuid=" UUID
	 "|",
	 "web1", UUID, "cloud-hypervisor"},
	{"path=", "cloud-hypervisor|--api-socket|path=/run/ch/web1.sock|", "web1", NULL,
	 "cloud-hypervisor"},
	{"--api-socket=", "cloud-hypervisor|--api-socket=/run/web1.socket|", "web1", NULL,
	 "cloud-hypervisor"},
	{"Cloud Hypervisor by fd", "cloud-hypervisor|--api-socket|fd=3|", NULL, NULL,
	 "cloud-hypervisor"},
	{"a socket under libvirt", "cloud-hypervisor|--api-socket|/run/libvirt/ch/web1-socket|",
	 "web1", NULL, "cloud-hypervisor"},
	{"Kata", "/opt/kata/bin/cloud-hypervisor|--api-socket|/run/vc/vm/0123abc/clh-api.sock|",
	 "0123abc", NULL, "cloud-hypervisor"},
	{"a socket that names nobody", "cloud-hypervisor|--api-socket|/tmp/cloud-hypervisor.sock|",
	 NULL, NULL, "cloud-hypervisor"},
	{"a socket without a directory", "cloud-hypervisor|--api-socket|ch.sock|", NULL, NULL,
	 "cloud-hypervisor"},
	{"kvmtool", "lkvm|run|--name|kt|-m|128|", "kt", NULL, "lkvm"},
	{"kvmtool with =", "/usr/bin/lkvm|run|--name=kt|", "kt", NULL, "lkvm"},
	{"crosvm", "crosvm|run|--name|cr|vmlinux|", "cr", NULL, "crosvm"},
	{"somebody else's VMM", "/opt/myvmm|--name=x|--uuid|" UUID "|", "x", UUID, "myvmm"},
	{"arguments for another", "/opt/myvmm|--|--name=x|", NULL, NULL, "myvmm"},
	{"a VMM without options", "/opt/myvmm|", NULL, NULL, "myvmm"},
	{"nothing", "", NULL, NULL, NULL},
	{"only NULs", "|||", NULL, NULL, NULL},
	{"a directory", "/usr/bin/|--name|x|", "x", NULL, NULL},
};

static void test_case(size_t n)
{
	size_t len = strlen(cases[n].cmdline);
	char *cmdline = malloc(len ? len : 1);
	struct identity id = {0};
	char what[128];

	if (!cmdline)
		return;
	for (size_t i = 0; i < len; i++)
		cmdline[i] = (char)(cases[n].cmdline[i] == '|' ? '\0' : cases[n].cmdline[i]);
	check(cases[n].what, identity_parse(cmdline, len, &id) == 0);
	snprintf(what, sizeof(what), "%s: name", cases[n].what);
	check_text(what, cases[n].name, id.name);
	snprintf(what, sizeof(what), "%s: uuid", cases[n].what);
	check_text(what, cases[n].uuid, id.uuid);
	snprintf(what, sizeof(what), "%s: vmm", cases[n].what);
	check_text(what, cases[n].vmm, id.vmm);
	identity_clear(&id);
	free(cmdline);
}

/* Whatever the bytes are, it ends, and the sanitizers have nothing to say. */
static void test_noise(void)
{
	static const char alphabet[] = "\0\0\0-=,,ngu\xe2\x82\xff/";
	static const char *const starts[] = {"qemu", "cloud-hypervisor", "firecracker", "x"};
	unsigned int seed = 1;
	bool bounded = true;

	for (int round = 0; round < 20000; round++) {
		const char *start = starts[round % 4];
		size_t len = strlen(start) + (size_t)(round % 60);
		char *cmdline = malloc(len);
		struct identity id = {0};

		if (!cmdline)
			return;
		for (size_t i = 0; i < len; i++) {
			if (i < strlen(start)) {
				cmdline[i] = start[i];
				continue;
			}
			seed = seed * 1103515245 + 12345;
			cmdline[i] = alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
		}
		if (identity_parse(cmdline, len, &id) ||
		    (id.name && strlen(id.name) > IDENTITY_NAME_MAX))
			bounded = false;
		identity_clear(&id);
		free(cmdline);
	}
	check("noise", bounded);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		test_case(i);
	test_noise();
	return 0;
}
