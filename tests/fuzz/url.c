// SPDX-License-Identifier: GPL-2.0-or-later
/* Paths of requests, and the names of VMs in them, which are those of debugfs' directories. */
#include "http_reply.h"

#include "lib/fuzz.h"

#include <stdio.h>
#include <string.h>

/* What is taken as a VM's name is written in one way only. */
static void check_id(const char *text)
{
	struct vm_id id;
	char again[64];

	if (vm_id_parse(text, strlen(text), &id))
		return;
	MUST(id.pid && id.pid <= INT32_MAX && id.fd <= INT32_MAX);
	if (id.has_fd)
		snprintf(again, sizeof(again), "%u-%u", id.pid, id.fd);
	else
		snprintf(again, sizeof(again), "%u", id.pid);
	MUST(strcmp(again, text) == 0);
}

static void check_number(const char *text)
{
	uint32_t number;
	char again[32];

	if (number_parse(text, strlen(text), &number))
		return;
	snprintf(again, sizeof(again), "%u", number);
	MUST(number <= INT32_MAX && strcmp(again, text) == 0);
}

/* In absolute form a target means what its path does (RFC 9112, 3.2.2). False: it is not in that.
 */
static bool check_absolute(const struct config *config, const char *url, const struct route *route)
{
	const char *host = strstr(url, "://"), *path;
	struct route other = {.page = PAGE_NOT_FOUND};

	if (!host || (strncasecmp(url, "http:", 5) != 0 && strncasecmp(url, "https:", 6) != 0) ||
	    host != strchr(url, ':'))
		return false;
	host += 3;
	path = strchr(host, '/');
	if (*host && path != host)
		other = http_route(config, "GET", path ? path : "/");
	MUST(route->page == other.page && route->file == other.file && route->json == other.json);
	MUST(route->id.pid == other.id.pid && route->id.fd == other.id.fd);
	return true;
}

static void check_origin(const char *url, const struct route *route)
{
	struct vm_id id;
	const bool is_vm =
		strncmp(url, "/vm/", 4) == 0 && !vm_id_parse(url + 4, strlen(url + 4), &id);

	if (is_vm)
		check_id(url + 4);
	MUST((route->page == PAGE_VM) == is_vm);
	MUST(!is_vm || (route->id.pid == id.pid && route->id.fd == id.fd && route->json));
	MUST((route->page == PAGE_METRICS) == (strcmp(url, "/metrics") == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct config config = {.telemetry_path = "/metrics"};
	char *url = fuzz_string(data, size);
	const struct route route = http_route(&config, "GET", url);

	check_id(url);
	check_number(url);
	if (!check_absolute(&config, url, &route))
		check_origin(url, &route);
	MUST(http_route(&config, "HEAD", url).page == route.page);
	MUST(http_route(&config, url, "/metrics").page == PAGE_BAD_METHOD ||
	     strcmp(url, "GET") == 0 || strcmp(url, "HEAD") == 0);
	free(url);
	return 0;
}
