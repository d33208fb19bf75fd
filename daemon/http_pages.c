// SPDX-License-Identifier: GPL-2.0-or-later
#include "http_pages.h"

#include <stdlib.h>

struct held_page {
	struct http_pages *home;
	struct held_page *next, **link; /* older */
	uint64_t number;
	size_t size;
	char *text;
};

void http_pages_init(struct http_pages *pages, struct http_clients *clients)
{
	*pages = (struct http_pages){.clients = clients};
	pthread_mutex_init(&pages->lock, NULL);
}

void http_pages_destroy(struct http_pages *pages)
{
	pthread_mutex_destroy(&pages->lock);
}

/* With the lock. */
static size_t room(const struct http_pages *pages)
{
	const size_t few = HTTP_PAGES_MIN * pages->largest;

	return few > HTTP_PAGES_BYTES ? few : HTTP_PAGES_BYTES;
}

/*
 * With the lock: the number of the oldest page that may stay. A quarter of the room is for what
 * comes before those who are sent away have gone.
 */
static uint64_t oldest_to_stay(const struct http_pages *pages)
{
	size_t left = room(pages) / 4 * 3;
	uint64_t number = 0;

	if (pages->bytes <= left)
		return 0;
	for (const struct held_page *p = pages->first; p && p->size <= left; p = p->next) {
		left -= p->size;
		number = p->number;
	}
	return number;
}

/* From libmicrohttpd: nobody reads it any more, and it is in no cache. */
static void on_free(void *arg)
{
	struct held_page *page = arg;
	struct http_pages *pages = page->home;

	pthread_mutex_lock(&pages->lock);
	*page->link = page->next;
	if (page->next)
		page->next->link = page->link;
	pages->bytes -= page->size;
	pthread_mutex_unlock(&pages->lock);
	free(page->text);
	free(page);
}

struct MHD_Response *http_pages_response(struct http_pages *pages, struct strbuf *body,
					 uint64_t *ret_number)
{
	struct held_page *page = body->failed || !body->len ? NULL : malloc(sizeof(*page));
	struct MHD_Response *response;
	uint64_t stay;

	if (!page)
		return NULL;
	response = MHD_create_response_from_buffer_with_free_callback_cls(body->len, body->text,
									  on_free, page);
	if (!response) {
		free(page);
		return NULL;
	}
	pthread_mutex_lock(&pages->lock);
	*page = (struct held_page){pages,	  pages->first, &pages->first,
				   ++pages->last, body->len,	body->text};
	if (page->next)
		page->next->link = &page->next;
	pages->first = page;
	pages->bytes += page->size;
	if (page->size > pages->largest)
		pages->largest = page->size;
	stay = oldest_to_stay(pages);
	*ret_number = page->number;
	pthread_mutex_unlock(&pages->lock);
	if (stay)
		http_clients_shut_readers(pages->clients, stay);
	return response;
}

bool http_pages_full(struct http_pages *pages)
{
	bool full;

	pthread_mutex_lock(&pages->lock);
	full = pages->bytes > room(pages);
	pthread_mutex_unlock(&pages->lock);
	return full;
}
