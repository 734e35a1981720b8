/* Ids with which objects of the source point at each other, written anew once everything has its place. */
#include "store/import_private.h"

#include "mapi/entryid.h"
#include "mapi/own_ids.h"

/* Of one object at a time. */
#define OBJECT_MEMORY ((size_t)80 << 20)
/* Messages in one transaction. */
#define BATCH 500

struct writing {
	struct import *i;
	status failed;
};

/* What an id of the source points to, by the source's own numbers. */
static bool pointed_to(struct bytes id, bool *message, uint64_t *number)
{
	struct entryid e;

	if (entryid_decode(id, &e, NULL))
		return false;
	switch (e.kind) {
	case ENTRYID_PST:
		/* [MS-PST] 2.2.2.1 */
		*message = (e.pst.nid & 0x1F) == 0x04 || (e.pst.nid & 0x1F) == 0x08;
		*number = e.pst.nid;
		return true;
	case ENTRYID_FOLDER:
		*message = false;
		*number = global_counter_get(e.folder.folder.id.counter);
		return true;
	case ENTRYID_MESSAGE:
		*message = true;
		*number = global_counter_get(e.message.message.id.counter);
		return true;
	default:
		return false;
	}
}

static struct long_term_id long_term(const struct import *i, uint64_t id)
{
	struct long_term_id l = { .id.replica = mailbox_identity(i->m)->replica };

	global_counter_set(l.id.counter, id);
	return l;
}

static bool write_folder(struct writing *w, uint64_t folder, struct buf *out)
{
	struct entryid e = { .kind = ENTRYID_FOLDER };

	e.folder.provider = mailbox_identity(w->i->m)->mailbox;
	e.folder.object = EITLT_PRIVATE_FOLDER;
	e.folder.folder = long_term(w->i, folder);
	return !entryid_encode(&e, out, NULL);
}

static bool write_message(struct writing *w, uint64_t message, struct buf *out)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET((size_t)4 << 20);
	struct entryid e = { .kind = ENTRYID_MESSAGE };
	struct message_info info;

	if (message_info(w->i->m, message, &a, &info))
		return false;
	e.message.provider = mailbox_identity(w->i->m)->mailbox;
	e.message.object = EITLT_PRIVATE_MESSAGE;
	e.message.folder = long_term(w->i, info.folder);
	e.message.message = long_term(w->i, message);
	return !entryid_encode(&e, out, NULL);
}

static bool write_id(void *context, struct bytes id, struct buf *out)
{
	struct writing *w = context;
	uint64_t number = 0, message = 0;
	const uint64_t *folder;
	bool is_message = false, written = false;

	if (!pointed_to(id, &is_message, &number)) {
		w->i->counts.dangling++;
		return false;
	}
	if (is_message) {
		status st = import_journal_find(&w->i->journal, number, &message);

		w->failed = w->failed ? w->failed : st;
		written = message && write_message(w, message, out);
	} else {
		folder = map_get_u64(&w->i->folders, number);
		written = folder && write_folder(w, *folder, out);
	}
	++*(written ? &w->i->counts.ids : &w->i->counts.dangling);
	return written;
}

/* Those of the properties that hold ids, with the ids written anew. */
static status rewrite(struct import *i, const struct bag *props, struct bag *out)
{
	struct writing w = { .i = i };
	status st = ecNone;

	for (size_t n = 0; !st && n < props->n; n++) {
		struct prop new;
		unsigned changed = 0;

		if (!own_ids_maybe(&props->v[n], &i->key))
			continue;
		st = own_ids_rewrite(&props->v[n], &i->key, write_id, &w, out->arena, &new, &changed);
		if (!st && changed && !bag_append(out, &new))
			st = ecMemory;
	}
	return st ? st : w.failed;
}

/* Objects ------------------------------------------------------------------------------------------------------- */

static status write_store(struct import *i)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(OBJECT_MEMORY);
	struct bag props, new;
	status st;

	bag_init(&props, &a);
	bag_init(&new, &a);
	st = mailbox_props(i->m, &props);
	if (!st)
		st = rewrite(i, &props, &new);
	return st || !new.n ? st : mailbox_set(i->m, &new, NULL, 0);
}

static status write_criteria(struct import *i, uint64_t folder, struct arena *a)
{
	struct bag criteria, new;
	status st;

	bag_init(&criteria, a);
	bag_init(&new, a);
	st = folder_criteria(i->m, folder, &criteria);
	if (!st)
		st = rewrite(i, &criteria, &new);
	for (size_t n = 0; !st && n < new.n; n++)
		st = bag_set(&criteria, &new.v[n]);
	return st || !new.n ? st : folder_set_criteria(i->m, folder, &criteria);
}

static status write_one_folder(struct import *i, uint64_t id)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(OBJECT_MEMORY);
	struct folder f;
	struct bag props, new;
	status st = folder_get(i->m, id, &a, &f);

	bag_init(&props, &a);
	bag_init(&new, &a);
	if (!st)
		st = folder_props(i->m, id, &props);
	if (!st)
		st = rewrite(i, &props, &new);
	if (!st && new.n)
		st = folder_set(i->m, id, &new, NULL, 0);
	return st || !f.is_search ? st : write_criteria(i, id, &a);
}

static status write_folders(struct import *i)
{
	struct bytes key;
	uint64_t folder;
	size_t at = 0;
	status st = mailbox_begin(i->m);

	if (!st)
		st = write_store(i);
	while (!st && map_next(&i->folders, &at, &key, &folder))
		st = write_one_folder(i, folder);
	return st ? st : mailbox_commit(i->m);
}

static status write_one_message(struct import *i, uint64_t id)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(OBJECT_MEMORY);
	struct bag props, new;
	const struct prop *modified;
	status st;

	bag_init(&props, &a);
	bag_init(&new, &a);
	st = message_props(i->m, id, &props);
	/* Somebody may have deleted it since. */
	if (st)
		return st == ecNotFound ? ecNone : st;
	st = rewrite(i, &props, &new);
	if (st || !new.n)
		return st;
	/* To people it has not changed. */
	modified = bag_find(&props, tag_id(PidTagLastModificationTime));
	if (modified)
		st = bag_set(&new, modified);
	return st ? st : message_set(i->m, id, &new, NULL, 0);
}

static status write_batch(struct import *i, uint64_t *at)
{
	status st = mailbox_begin(i->m);

	for (unsigned n = 0; !st && n < BATCH && *at; n++) {
		st = write_one_message(i, *at);
		if (!st)
			st = import_journal_reference(&i->journal, *at, at);
	}
	return st ? st : mailbox_commit(i->m);
}

status import_write_ids(struct import *i)
{
	uint64_t at = 0;
	status st;

	if (!i->has_key)
		return ecNone;
	st = write_folders(i);
	if (!st)
		st = import_journal_reference(&i->journal, 0, &at);
	while (!st && at)
		st = write_batch(i, &at);
	return st;
}
