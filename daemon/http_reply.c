// SPDX-License-Identifier: GPL-2.0-or-later
#include "http_reply.h"

#include "gzip.h"
#include "http_headers.h"
#include "http_web.h"
#include "page.h"
#include "render_json.h"
#include "render_live.h"
#include "render_prometheus.h"
#include "why.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TEXT_CONTENT_TYPE "text/plain; charset=utf-8"
#define ENDING_TEXT	  "the exporter is out of memory, or on its way out"

/* An answer in the making. */
struct answer {
	unsigned int status;
	const char *type;
	struct strbuf body;
	bool compressed;
	bool busy; /* it would have been another a moment later */
};

/* The path of a target, in absolute form too, which a server must take (RFC 9112, 3.2.2). */
static const char *path_of(const char *url)
{
	if (strncasecmp(url, "http://", 7) == 0)
		url += 7;
	else if (strncasecmp(url, "https://", 8) == 0)
		url += 8;
	else
		return url;
	/* It needs a host: whatever the client calls us. */
	if (!*url || *url == '/')
		return "";
	url += strcspn(url, "/");
	return *url ? url : "/";
}

struct route http_route(const struct config *config, const char *method, const char *url)
{
	struct route route = {.page = PAGE_NOT_FOUND};

	url = path_of(url);
	route.json = strncmp(url, "/vm", 3) == 0;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		route.page = PAGE_BAD_METHOD;
	else if (strcmp(url, config->telemetry_path) == 0)
		route.page = PAGE_METRICS;
	else if ((route.file = page_find(url)))
		route.page = PAGE_FILE;
	else if (strcmp(url, "/-/healthy") == 0)
		route.page = PAGE_HEALTHY;
	else if (strcmp(url, "/-/ready") == 0)
		route.page = PAGE_READY;
	else if (strcmp(url, "/vms") == 0)
		route.page = PAGE_VMS;
	else if (strcmp(url, "/vms/live") == 0 ||
		 (strncmp(url, "/vms/live/", 10) == 0 &&
		  !vm_id_parse(url + 10, strlen(url + 10), &route.id)))
		route.page = PAGE_LIVE;
	else if (strncmp(url, "/vm/", 4) == 0 && !vm_id_parse(url + 4, strlen(url + 4), &route.id))
		route.page = PAGE_VM;
	return route;
}

bool route_needs_snapshot(const struct route *route)
{
	return route->page == PAGE_METRICS || route->page == PAGE_VMS || route->page == PAGE_VM ||
	       route->page == PAGE_LIVE;
}

struct snapshot_want route_want(const struct config *config, const struct route *route)
{
	return (struct snapshot_want){
		.all_vcpus = route->page == PAGE_METRICS && config->vcpu,
		.one_vm = route->id.pid != 0,
		.id = route->id,
	};
}

static void set_error(struct answer *a, const struct route *route, unsigned int status,
		      const char *text)
{
	a->status = status;
	a->body.len = 0;
	a->type = route->json ? JSON_CONTENT_TYPE : TEXT_CONTENT_TYPE;
	if (route->json) {
		render_json_error(text, &a->body);
	} else {
		strbuf_puts(&a->body, text);
		strbuf_puts(&a->body, "\n");
	}
}

static void set_busy(struct answer *a, const struct route *route, const char *text)
{
	set_error(a, route, MHD_HTTP_SERVICE_UNAVAILABLE, text);
	a->busy = true;
}

static void answer_vm(const struct route *route, const struct snapshot *s, struct answer *a)
{
	size_t first, n;

	a->type = JSON_CONTENT_TYPE;
	switch (snapshot_find(s, &route->id, &first, &n)) {
	case FIND_NONE:
		if (s->success)
			set_error(a, route, MHD_HTTP_NOT_FOUND, "no such VM");
		else
			set_error(a, route, MHD_HTTP_SERVICE_UNAVAILABLE, why_explain(s->why));
		break;
	case FIND_SEVERAL:
		a->status = MHD_HTTP_MULTIPLE_CHOICES;
		render_json_choice(&s->vms[first], n, &a->body);
		break;
	case FIND_ONE:
		if (s->vms[first].failed)
			set_error(a, route, MHD_HTTP_INTERNAL_SERVER_ERROR,
				  "the exit statistics of this VM cannot be read");
		else
			render_json_vm(&s->vms[first], &a->body);
		break;
	}
}

static void answer_metrics(const struct config *config, const struct route *route,
			   const struct snapshot *s, const struct served *served, struct answer *a)
{
	static const char *const types[FORMATS] = {
		[FORMAT_TEXT] = PROMETHEUS_CONTENT_TYPE,
		[FORMAT_OPENMETRICS] = OPENMETRICS_CONTENT_TYPE,
		[FORMAT_OPENMETRICS_0_0_1] = OPENMETRICS_0_0_1_CONTENT_TYPE,
	};
	const struct render_want want = {
		.version = config->version,
		.vcpus = config->vcpu,
		.openmetrics = route->format != FORMAT_TEXT,
		.served = served,
	};

	a->type = types[route->format];
	render_metrics(s, &want, &a->body);
}

static void make_answer(const struct config *config, const struct route *route,
			const struct snapshot *s, const struct served *served, struct answer *a)
{
	if (route_needs_snapshot(route) && !s) {
		set_error(a, route, MHD_HTTP_SERVICE_UNAVAILABLE, ENDING_TEXT);
		return;
	}
	switch (route->page) {
	case PAGE_FILE: /* see http_page.h */
		break;
	case PAGE_HEALTHY:
		strbuf_puts(&a->body, "kvm-exit-exporter is healthy.\n");
		break;
	case PAGE_READY:
		strbuf_puts(&a->body, "kvm-exit-exporter is ready.\n");
		break;
	case PAGE_NOT_READY:
		set_busy(a, route, "kvm-exit-exporter has not tried to collect anything yet");
		break;
	case PAGE_METRICS:
		answer_metrics(config, route, s, served, a);
		break;
	case PAGE_VMS:
		a->type = JSON_CONTENT_TYPE;
		if (s->success)
			render_json_vms(s, &a->body);
		else
			set_error(a, route, MHD_HTTP_SERVICE_UNAVAILABLE, why_explain(s->why));
		break;
	case PAGE_VM:
		answer_vm(route, s, a);
		break;
	case PAGE_LIVE:
		a->type = JSON_CONTENT_TYPE;
		render_live(s, route->id.pid ? &route->id : NULL, &a->body);
		break;
	case PAGE_NOT_FOUND:
		set_error(a, route, MHD_HTTP_NOT_FOUND,
			  route->json ? "not found: a VM is /vm/<pid> or /vm/<pid>-<fd>"
				      : "not found");
		break;
	case PAGE_BAD_METHOD:
		set_error(a, route, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD are allowed");
		break;
	case PAGE_BUSY:
		set_busy(a, route, "too many requests at once: see --web.max-requests");
		break;
	case PAGE_BODY:
		set_error(a, route, MHD_HTTP_CONTENT_TOO_LARGE, "no request has a body here");
		break;
	case PAGE_UNAUTHORIZED:
		set_error(a, route, MHD_HTTP_UNAUTHORIZED, "a name and a password are needed");
		break;
	case PAGE_AUTH_BUSY:
		set_busy(a, route, "too many passwords to be checked: try again later");
		break;
	case PAGE_ENDING:
		set_busy(a, route, ENDING_TEXT);
		break;
	}
}

static void add_headers(const struct config *config, struct MHD_Response *response,
			const struct route *route, const struct answer *a)
{
	http_web_headers(config->web, response);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, a->type);
	/* What web.config.file sets comes first. */
	http_default_header(response, "X-Content-Type-Options", "nosniff");
	if (route_needs_snapshot(route))
		MHD_add_response_header(response, MHD_HTTP_HEADER_VARY,
					route->page == PAGE_METRICS ? "Accept, Accept-Encoding"
								    : "Accept-Encoding");
	if (a->compressed)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
	if (a->status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	if (route->page == PAGE_UNAUTHORIZED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE,
					"Basic realm=\"kvm-exit-exporter\", charset=\"UTF-8\"");
	if (a->busy)
		MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, "1");
}

struct reply http_reply(const struct config *config, const struct route *route,
			const struct snapshot *s, const struct served *served,
			struct http_pages *pages)
{
	struct answer a = {.status = MHD_HTTP_OK, .type = TEXT_CONTENT_TYPE};
	struct reply reply = {0};
	const bool gzip = route->gzip && route_needs_snapshot(route);
	struct gzip g;

	if (gzip)
		gzip_begin(&g, &a.body);
	if (s && s->n_vms && http_pages_full(pages))
		set_busy(&a, route, "slow clients hold too many answers");
	else
		make_answer(config, route, s, served, &a);
	if (gzip)
		a.compressed = gzip_end(&g, &a.body);
	reply.response = http_pages_response(pages, &a.body, &reply.page);
	if (reply.response)
		add_headers(config, reply.response, route, &a);
	else
		strbuf_free(&a.body);
	reply.status = a.status;
	return reply;
}
