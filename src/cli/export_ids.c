#include "cli/export_ids.h"

#include <stdlib.h>

#include "mapi/entryid.h"
#include "mapi/forward.h"
#include "mapi/own_ids.h"
#include "pst/format.h"
#include "store/folder.h"
#include "store/message.h"

/* What is rewritten of one object. */
#define OBJECT_MEMORY ((size_t)8 << 20)
/* A NID has 27 bits of number; the lowest are the format's own. */
#define NUMBER_LEAST 0x1000u
#define NUMBER_MOST  0x7FFFFFFu

struct export_ids {
	struct forward forward;
	struct mailbox *m;
	struct guid key;
	struct arena arena; /* of the event at hand */
	unsigned depth;	    /* folders that are open */
};

static struct export_ids *of(struct item_sink *s)
{
	return (struct export_ids *)s;
}

/* 0: there is none, and the writer finds one. */
static uint32_t nid_of(uint64_t id, unsigned type)
{
	return id && id <= NUMBER_MOST - NUMBER_LEAST ? (uint32_t)(id + NUMBER_LEAST) << 5 | type : 0;
}

/* Ids within properties ------------------------------------------------------------------------------------------- */

static uint32_t nid_of_folder(struct export_ids *x, uint64_t id)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(OBJECT_MEMORY);
	struct folder f;

	if (folder_get(x->m, id, &a, &f))
		return 0;
	return f.role == MAILBOX_ROOT ? NID_ROOT_FOLDER : nid_of(id, f.is_search ? NID_TYPE_SEARCH_FOLDER : NID_TYPE_FOLDER);
}

static uint32_t nid_of_message(struct export_ids *x, uint64_t id)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(OBJECT_MEMORY);
	struct message_info i;

	if (message_info(x->m, id, &a, &i))
		return 0;
	return nid_of(id, i.associated ? NID_TYPE_ASSOC_MESSAGE : NID_TYPE_MESSAGE);
}

static bool write_id(void *context, struct bytes id, struct buf *out)
{
	struct export_ids *x = context;
	struct entryid e, pst = { .kind = ENTRYID_PST };

	if (entryid_decode(id, &e, NULL))
		return false;
	pst.pst.provider = x->key;
	if (e.kind == ENTRYID_FOLDER)
		pst.pst.nid = nid_of_folder(x, global_counter_get(e.folder.folder.id.counter));
	else if (e.kind == ENTRYID_MESSAGE)
		pst.pst.nid = nid_of_message(x, global_counter_get(e.message.message.id.counter));
	return pst.pst.nid && !entryid_encode(&pst, out, NULL);
}

/* The same properties, with ids as a .pst has them. */
static status rewrite(struct export_ids *x, const struct bag *props, struct bag *room, const struct bag **out)
{
	bool any = false;
	status st = ecNone;

	for (size_t i = 0; !any && i < props->n; i++)
		any = own_ids_maybe(&props->v[i], &x->key);
	*out = props;
	if (!any)
		return ecNone;
	bag_init(room, &x->arena);
	for (size_t i = 0; !st && i < props->n; i++) {
		struct prop p;
		unsigned n;

		st = own_ids_rewrite(&props->v[i], &x->key, write_id, x, &x->arena, &p, &n);
		if (!st && !bag_append(room, &p))
			st = ecMemory;
	}
	*out = room;
	return st ? reason_set(&x->forward.sink.why, st, "not enough memory") : ecNone;
}

/* Events ------------------------------------------------------------------------------------------------------------ */

/* The store's key is the mailbox's GUID: ids within it name that. */
static status on_store_begin(struct item_sink *s, const struct store_event *e)
{
	struct export_ids *x = of(s);
	struct store_event new = *e;
	struct bag keyed;
	status st = ecNone;

	x->key = mailbox_identity(x->m)->mailbox;
	bag_init(&keyed, &x->arena);
	for (size_t i = 0; !st && i < e->props->n; i++)
		if (!bag_append(&keyed, &e->props->v[i]))
			st = ecMemory;
	if (!st)
		st = bag_set_bytes(&keyed, PidTagRecordKey, bytes_of(x->key.b, sizeof x->key.b));
	if (st)
		return reason_set(&s->why, st, "not enough memory");
	new.props = &keyed;
	st = forward_store_begin(s, &new);
	arena_reset(&x->arena);
	return st;
}

/* Outlook's own search for junk, which every .pst has under a number of its own. */
static bool is_spam_search(struct export_ids *x, const struct folder_event *e)
{
	const char *name = NULL;

	if (e->role == FOLDER_SEARCH && x->depth == 1)
		name = bag_text(e->props, tag_id(PidTagDisplayName), 1252, &x->arena);
	return name && strcmp(name, "SPAM Search Folder 2") == 0;
}

static status on_folder_begin(struct item_sink *s, const struct folder_event *e)
{
	struct export_ids *x = of(s);
	struct folder_event new = *e;
	struct bag props, search;
	status st = rewrite(x, e->props, &props, &new.props);

	if (!st && e->search)
		st = rewrite(x, e->search, &search, &new.search);
	new.id = is_spam_search(x, e) ? NID_SPAM_SEARCH_FOLDER :
		 e->role == FOLDER_ROOT ? NID_ROOT_FOLDER :
				    nid_of(e->id, e->role == FOLDER_SEARCH ? NID_TYPE_SEARCH_FOLDER : NID_TYPE_FOLDER);
	x->depth++;
	if (!st)
		st = forward_folder_begin(s, &new);
	arena_reset(&x->arena);
	return st;
}

static status on_folder_end(struct item_sink *s)
{
	of(s)->depth--;
	return forward_folder_end(s);
}

static status on_message_begin(struct item_sink *s, const struct message_event *e)
{
	struct export_ids *x = of(s);
	struct message_event new = *e;
	struct bag props;
	status st = rewrite(x, e->props, &props, &new.props);

	if (!e->embedded)
		new.id = nid_of(e->id, e->associated ? NID_TYPE_ASSOC_MESSAGE : NID_TYPE_MESSAGE);
	if (!st)
		st = forward_message_begin(s, &new);
	arena_reset(&x->arena);
	return st;
}

static const struct item_sink_ops operations = {
	.store_begin = on_store_begin,
	.store_end = forward_store_end,
	.folder_begin = on_folder_begin,
	.folder_end = on_folder_end,
	.message_begin = on_message_begin,
	.message_end = forward_message_end,
	.recipient = forward_recipient,
	.attachment_begin = forward_attachment_begin,
	.attachment_end = forward_attachment_end,
	.value_begin = forward_value_begin,
	.value_chunk = forward_value_chunk,
	.value_end = forward_value_end,
	.problem = forward_problem,
};

struct export_ids *export_ids_new(struct mailbox *m, struct item_sink *next)
{
	struct export_ids *x = calloc(1, sizeof *x);

	if (!x)
		return NULL;
	x->forward.sink.ops = &operations;
	x->m = m;
	x->forward.next = next;
	arena_init(&x->arena, (size_t)64 << 20);
	return x;
}

struct item_sink *export_ids_sink(struct export_ids *x)
{
	return &x->forward.sink;
}

void export_ids_free(struct export_ids *x)
{
	if (!x)
		return;
	arena_free(&x->arena);
	free(x);
}
