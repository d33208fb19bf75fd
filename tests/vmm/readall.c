/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * readall DIRECTORY STOP_FILE
 *
 * Reads every exit_stats file below KVM's debugfs DIRECTORY, over and over, until
 * STOP_FILE exists. A file or VM that has gone is no error; whatever else is ends
 * it with exit status 1. At the end it says how many files it read.
 */
#include "statfile.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned long reads, gone;

static void read_pattern(const char *directory, const char *pattern)
{
	static struct stat_file file;
	char path[512];
	glob_t found;

	snprintf(path, sizeof(path), "%s/%s", directory, pattern);
	if (glob(path, GLOB_NOSORT, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		int error = stat_read(found.gl_pathv[i], &file);

		if (error == -ENOENT || error == -ENODEV || error == -EIO) {
			gone++;
		} else if (error) {
			printf("%s: %s\n", found.gl_pathv[i], strerrordesc_np(-error));
			exit(1);
		} else {
			reads++;
		}
	}
	globfree(&found);
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: readall DIRECTORY STOP_FILE\n", stderr);
		return 2;
	}
	while (access(argv[2], F_OK)) {
		read_pattern(argv[1], "*/exit_stats");
		read_pattern(argv[1], "*/vcpu*/exit_stats");
		usleep(1000);
	}
	printf("%lu read, %lu gone\n", reads, gone);
	return reads ? 0 : 1;
}
