// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads what an unpatched kernel has: <debugfs>/kvm/<tid>-<fd>/<statistic>, a number in each file
 * (virt/kvm/kvm_main.c, stat_fops_per_vm). These files can be written, to reset them: so kernel
 * lockdown lets nobody open them, not even to read (fs/debugfs/file.c, debugfs_locked_down()).
 */
#include "debugfs_list.h"
#include "debugfs_state.h"
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int read_number(int dir, const char *name, uint64_t *ret)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	char text[32];
	ssize_t n;
	int err;

	if (fd < 0)
		return debugfs_gone_or(-errno);
	do {
		n = read(fd, text, sizeof(text));
	} while (n < 0 && errno == EINTR);
	err = n < 0 ? debugfs_gone_or(-errno) : stock_number(text, (size_t)n, ret);
	close(fd);
	return err;
}

/* Those that this kernel has. -ENOENT if there is none. */
static int read_numbers(int dir, struct stock_stats *st)
{
	bool any = false;

	for (size_t i = 0; i < STOCK_STATS; i++) {
		int err = read_number(dir, stock_names[i].file, &st->values[i]);

		if (err && err != -ENOENT)
			return err;
		st->has[i] = !err;
		any |= !err;
	}
	return any ? 0 : -ENOENT;
}

static int stock_read(void *state, const struct vm_key *key, struct exit_stats *ret)
{
	const struct debugfs *d = state;
	struct exit_stats st = {0};
	uint32_t *ids = NULL;
	size_t n = 0;
	char path[64];
	int dir, err;

	debugfs_vm_path(key, "", path, sizeof(path));
	dir = openat(d->kvm, path, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (dir < 0)
		return debugfs_gone_or(-errno);
	st.stock = calloc(1, sizeof(*st.stock));
	err = st.stock ? read_numbers(dir, st.stock) : -ENOMEM;
	close(dir);
	if (err == -ENOENT && debugfs_is_settled(d, key))
		err = -EOPNOTSUPP;
	if (!err)
		err = debugfs_gone_or(debugfs_list_vcpus(d->kvm, key, &ids, &n));
	if (err) {
		exit_stats_clear(&st);
		return err;
	}
	free(ids);
	st.vcpus = n;
	for (size_t i = 0; i < STOCK_STATS; i++)
		if (strcmp(stock_names[i].file, "exits") == 0 && st.stock->has[i])
			st.exits = st.stock->values[i];
	*ret = st;
	return 0;
}

struct source source_stock_share(const struct source *debugfs)
{
	struct source source = *debugfs;

	source.read = stock_read;
	source.read_vcpus = NULL;
	source.free = NULL;
	return source;
}

int source_stock_new(const char *debugfs, struct source *ret)
{
	struct source owner;
	struct debugfs *d;
	int err = source_debugfs_new(debugfs, &owner);

	if (err)
		return err;
	d = owner.state;
	d->name = "stock";
	d->why_eperm = WHY_LOCKDOWN;
	*ret = source_stock_share(&owner);
	ret->free = owner.free;
	return 0;
}
