/* What clients ask Autodiscover, POX and SOAP: read, or refused, within the limits; what is written of it is XML that can be read again. */
#include <stdlib.h>
#include <string.h>

#include "server/autodiscover.h"
#include "net/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

/* The settings that were asked for are peers' words, and come back in the answer. */
static void write_back(const struct autodiscover_request *q)
{
	static const struct xml_handler nothing;
	CLEANUP_BUF struct buf out = BUF_MAX((size_t)1 << 20);
	const struct autodiscover_settings s = { .person = { .name = "A & B", .smtp = "a@b.example", .legacy_dn = "/o=<x>" }, .server = "\"s\"" };

	buf_add_str(&out, "<r xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\">");
	autodiscover_write_user(q, &s, &out);
	buf_add_str(&out, "</r>");
	check(!out.failed);
	status st = xml_read(buf_bytes(&out), &nothing, NULL, NULL);
	check(st == ecNone || st == ecTooBig);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 20);
	struct autodiscover_request q;

	if (size && !autodiscover_read(bytes_of(data + 1, size - 1), data[0] & 1, &arena, &q, NULL)) {
		check(q.n_users <= AUTODISCOVER_USERS_MOST && q.n_settings <= AUTODISCOVER_SETTINGS_MOST);
		check(data[0] & 1 ? q.operation != NULL : q.address || q.legacy_dn);
		write_back(&q);
	}
	return 0;
}
