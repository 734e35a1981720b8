/* RopSynchronizationConfigure: what shall be synchronised, and how ([MS-OXCFXICS] 3.2.5.9.2.1). */
#include "rop/rops_ics.h"
#include "server/folder_object.h"
#include "server/sync_download.h"
#include "store/restrict.h"

#include <stdlib.h>

enum sync_type { SYNC_CONTENTS = 0x01, SYNC_HIERARCHY = 0x02 };

#define ecRpcFormat 0x000004B6u

static bool is_valid(const struct rop_synchronization_configure_request *q)
{
	if (q->synchronization_type != SYNC_CONTENTS && q->synchronization_type != SYNC_HIERARCHY)
		return false;
	if (q->send_options & ~SEND_KNOWN)
		return false;
	/* Both say in which kind texts come, and must say the same (2.2.3.2.1.1.1). */
	return !!(q->synchronization_flags & SYNC_UNICODE) == !!(q->send_options & (SEND_UNICODE | SEND_FORCE_UNICODE)) ||
	       !(q->synchronization_flags & SYNC_UNICODE);
}

static status set_scope(struct sync_download *d, struct bytes data)
{
	struct restriction *r = arena_zalloc(&d->arena, sizeof *r);
	uint8_t *copy;
	status s;

	if (!data.n)
		return ecNone;
	copy = arena_memdup(&d->arena, data.p, data.n);
	if (!r || !copy)
		return ecMemory;
	s = restriction_decode(bytes_of(copy, data.n), WIRE_COUNTS_16, &d->arena, r, NULL);
	if (!s)
		s = restrict_compile(r, d->codepage, &d->arena, &d->scope, NULL);
	return s == ecCorruptData ? ecInvalidParam : s;
}

static status set_up(struct rop_call *c, struct sync_download *d)
{
	const struct rop_synchronization_configure_request *q = c->request;
	status s;

	d->flags = q->synchronization_flags;
	d->send = q->send_options;
	d->extra = q->synchronization_extra_flags;
	d->codepage = c->session->client.codepage;
	s = fast_filter_set(&d->filter, q->synchronization_flags & SYNC_ONLY_SPECIFIED_PROPERTIES, q->property_tags.v, q->property_tags.n,
			    mailbox_names(logon_mailbox(c->logon)), &d->arena);
	return s ? s : set_scope(d, q->restriction_data);
}

static status new_source(struct rop_call *c, bool contents, struct fast_source **out)
{
	uint64_t folder = folder_object_id(c->object);
	struct sync_context *context = calloc(1, sizeof *context);
	struct sync_download *d = contents ? (struct sync_download *)sync_contents_new() : (struct sync_download *)sync_hierarchy_new();
	struct fast_source *source;
	status s;

	if (!context || !d) {
		free(context);
		free(d);
		return ecMemory;
	}
	sync_download_init(d, folder);
	s = fast_source_new(c->object, contents ? sync_contents_more : sync_hierarchy_more, d,
			    contents ? sync_contents_free : sync_hierarchy_free, &source);
	if (s) {
		free(context);
		return s;
	}
	sync_context_init(context, folder, contents);
	source->sync = context;
	d->source = source;
	s = set_up(c, d);
	if (s)
		object_unref(&source->object);
	else
		*out = source;
	return s;
}

static status configure(struct rop_call *c)
{
	const struct rop_synchronization_configure_request *q = c->request;
	bool contents = q->synchronization_type == SYNC_CONTENTS;
	struct fast_source *source;
	status s;

	if (!is_valid(q))
		return ecInvalidParam;
	if (q->synchronization_flags & SYNC_RESERVED)
		return ecRpcFormat;
	/* Of folders those are told that they see; who could open the one above them needs no more. */
	s = contents ? logon_may(c->logon, folder_object_id(c->object), RIGHT_READ_ANY) : ecNone;
	if (!s)
		s = new_source(c, contents, &source);
	if (!s)
		rop_call_open(c, &source->object);
	return s;
}

const struct rop_entry rops_sync_download[] = {
	{ ROP_SYNCHRONIZATION_CONFIGURE, OBJECT_FOLDER, configure },
	{ 0, 0, NULL },
};
