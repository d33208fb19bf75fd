// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * /proc/<pid>/status, stat and cmdline, and /proc/stat: a folder in which each of them is the same
 * file, whose bytes are the fuzzer's.
 */
#include "proc.h"

#include "lib/fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PID = 7 };

static char folder[64];
static int file = -1;

static void link_file(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	MUST(!symlink(strchr(name, '/') ? "../file" : "file", path));
}

static void clean_up(void)
{
	static const char *const names[] = {"7/status", "7/stat", "7/cmdline", "stat", "file"};
	char path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/7", folder);
	rmdir(path);
	rmdir(folder);
}

static void make_folder(void)
{
	const char *tmp = getenv("TMPDIR");
	char path[128];

	snprintf(folder, sizeof(folder), "%s/fuzz-proc.XXXXXX", tmp ? tmp : "/tmp");
	MUST(mkdtemp(folder));
	atexit(clean_up);
	snprintf(path, sizeof(path), "%s/%d", folder, PID);
	MUST(!mkdir(path, 0700));
	snprintf(path, sizeof(path), "%s/file", folder);
	file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	MUST(file >= 0);
	link_file("7/status");
	link_file("7/stat");
	link_file("7/cmdline");
	link_file("stat");
}

static void check_cmdline(const uint8_t *data, size_t size)
{
	char *text;
	size_t len;

	MUST(!proc_cmdline(folder, PID, &text, &len));
	MUST(len == (size < PROC_CMDLINE_MAX ? size : PROC_CMDLINE_MAX));
	MUST(!len || memcmp(text, data, len) == 0);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct proc_stat st;
	uint64_t boot_time;
	uint32_t tgid;

	if (file < 0)
		make_folder();
	MUST(!ftruncate(file, 0) && pwrite(file, data, size, 0) == (ssize_t)size);
	if (!proc_tgid(folder, PID, &tgid))
		MUST(tgid && tgid <= INT32_MAX && memmem(data, size, "\nTgid:", 6));
	if (!proc_stat(folder, PID, &st)) {
		MUST(strnlen(st.comm, sizeof(st.comm)) < sizeof(st.comm));
		MUST(!st.comm[0] || memmem(data, size, st.comm, strlen(st.comm)));
	}
	if (!proc_boot_time(folder, &boot_time))
		MUST(memmem(data, size, "btime", 5));
	check_cmdline(data, size);
	return 0;
}
