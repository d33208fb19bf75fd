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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct config config = {.telemetry_path = "/metrics"};
	char *url = fuzz_string(data, size);
	struct route route = http_route(&config, "GET", url);
	struct vm_id id;
	bool is_vm;

	check_id(url);
	check_number(url);
	is_vm = strncmp(url, "/vm/", 4) == 0 && !vm_id_parse(url + 4, strlen(url + 4), &id);
	if (is_vm)
		check_id(url + 4);
	MUST((route.page == PAGE_VM) == is_vm);
	MUST(!is_vm || (route.id.pid == id.pid && route.id.fd == id.fd && route.json));
	MUST((route.page == PAGE_METRICS) == (strcmp(url, "/metrics") == 0));
	MUST(http_route(&config, "HEAD", url).page == route.page);
	MUST(http_route(&config, url, "/metrics").page == PAGE_BAD_METHOD ||
	     strcmp(url, "GET") == 0 || strcmp(url, "HEAD") == 0);
	free(url);
	return 0;
}
