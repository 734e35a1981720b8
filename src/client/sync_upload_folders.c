/* What was done to folders here, told there ([MS-OXCFXICS] 3.3.4.3.2). */
#include <stdio.h>

#include "base/utf16.h"
#include "client/sync_collector.h"
#include "mapi/error.h"
#include "mapi/tag.h"
#include "rop/rops_ics.h"
#include "rop/xid.h"
#include "store/folder.h"
#include "store/mailbox_copy.h"

#define PAGE       64u
#define KEY_SIZE   22u
#define ROUNDS     8u /* a folder may have come before the one that it is in */
#define ARENA_MOST ((size_t)8 << 20)
enum { DELETE_HIERARCHY = 0x01 };

static status done(struct sync *s, const struct cache_pending *p, uint64_t cn)
{
	status st = cache_apply_begin(s->cache);

	if (!st)
		st = cache_pending_done(s->cache, p->seq, cn);
	return sync_store(s, cache_apply_end(s->cache, st), "folders");
}

/* Its state says that we have what is to come again: it is kept before that, not after. */
static status give_back(struct sync_collector *c, const struct cache_pending *p, const char *name)
{
	status st = sync_collector_end(c);

	return st ? st : sync_give_back(c->sync, p, name);
}

static status refused(struct sync_collector *c, const struct cache_pending *p, const char *name, status verdict)
{
	struct sync *s = c->sync;
	const struct mapi_error *e = mapi_error_by_code(verdict);
	status st;

	if (sync_is_not_ours(s, p, verdict))
		return give_back(c, p, name);
	st = cache_apply_begin(s->cache);
	if (!st)
		st = cache_pending_failed(s->cache, p->seq, verdict);
	st = cache_apply_end(s->cache, st);
	s->counts.server_failures++;
	sync_issue(s->issues, ISSUE_SERVER_FAILURE, 0, NULL, "the folder \"%s\": %s", name, e ? e->name : "the server refused it");
	return sync_store(s, st, "folders");
}

/* The name is taken there, by a folder that is not here yet. */
static status take_another_name(struct sync *s, const struct folder *f)
{
	struct mailbox *m = cache_mailbox(s->cache);
	char name[FOLDER_NAME_MAX];
	status st = mailbox_begin(m);

	if (!st)
		st = folder_free_name(m, f->parent, f->name, name);
	if (!st)
		st = folder_rename(m, f->id, name);
	if (!st)
		st = mailbox_commit(m);
	else
		mailbox_rollback(m);
	return sync_store(s, st, "folders");
}

/* A folder ------------------------------------------------------------------------------------------------------------------------ */

static struct tagged_value value_of(uint32_t tag, struct bytes bytes)
{
	return (struct tagged_value){ .prop = { .tag = tag, .count = 1, .size = bytes.n, .value = bytes } };
}

static status head_of(struct sync *s, const struct folder *f, struct arena *a, struct tagged_value v[static 6])
{
	struct mailbox *m = cache_mailbox(s->cache);
	uint8_t *keys = arena_alloc(a, 2 * KEY_SIZE + 8);
	struct xid x = xid_of_globcnt(mailbox_change_space(m), f->cn);
	CLEANUP_BUF struct buf b = BUF_MAX((size_t)64 << 10);
	struct pcl list = { .n = 0 };
	struct bytes name, key;
	status st = keys ? cache_source_key(s->cache, f->id, keys) : ecMemory;

	if (!st)
		st = cache_source_key(s->cache, f->parent, keys + KEY_SIZE);
	if (!st && f->change_key.n)
		st = xid_decode(f->change_key, &x, NULL);
	if (!st && f->predecessors.n)
		st = pcl_decode(f->predecessors, a, &list, NULL);
	if (!st)
		st = pcl_add(&list, &x, a);
	if (st)
		return st;
	put_le64(keys + 2 * KEY_SIZE, f->modified);
	xid_encode(&x, &b);
	key = bytes_of(NULL, b.n);
	pcl_encode(&list, &b);
	const uint8_t *versions = b.failed ? NULL : arena_memdup(a, b.p, b.n);
	name = utf16_bytes(a, f->name);
	if (!versions || !name.p)
		return ecMemory;
	bool below_root = f->parent == s->top;
	v[0] = value_of(PidTagParentSourceKey, bytes_of(keys + KEY_SIZE, below_root ? 0 : KEY_SIZE));
	v[1] = value_of(PidTagSourceKey, bytes_of(keys, KEY_SIZE));
	v[2] = value_of(PidTagLastModificationTime, bytes_of(keys + 2 * KEY_SIZE, 8));
	v[3] = value_of(PidTagChangeKey, bytes_of(versions, key.n));
	v[4] = value_of(PidTagPredecessorChangeList, bytes_of(versions + key.n, b.n - key.n));
	v[5] = value_of(PidTagDisplayName, name);
	return ecNone;
}

static status others_of(struct sync *s, const struct folder *f, struct arena *a, struct tagged_value **v, uint32_t *n)
{
	struct bag props;
	struct bytes class_name = utf16_bytes(a, f->class_name);
	status st;

	bag_init(&props, a);
	st = folder_props(cache_mailbox(s->cache), f->id, &props);
	*v = arena_array(a, props.n + 1, sizeof **v);
	*n = 0;
	if (st || !*v)
		return st ? st : ecMemory;
	(*v)[(*n)++] = value_of(PidTagContainerClass, class_name);
	for (size_t i = 0; i < props.n; i++) {
		uint16_t id = prop_id(&props.v[i]);

		/* Ids of names are the cache's own; a folder has none that the server does not have. */
		if (id != tag_id(PidTagContainerClass) && id != tag_id(PidTagDisplayName) && id < NAMED_ID_FIRST && !(props.v[i].flags & PROP_LARGE))
			(*v)[(*n)++].prop = props.v[i];
	}
	return ecNone;
}

static status upload(struct sync_collector *c, const struct cache_pending *p, bool *later)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	struct sync *s = c->sync;
	struct rop_synchronization_import_hierarchy_change_request q = { .hierarchy_values = { .n = 6 } };
	struct tagged_value head[6];
	struct remote_batch *b;
	struct folder f;
	status verdict, st = folder_get(cache_mailbox(s->cache), p->object, &arena, &f);

	if (st == ecNotFound)
		return done(s, p, 0);
	if (!st)
		st = head_of(s, &f, &arena, head);
	if (!st)
		st = others_of(s, &f, &arena, &q.property_values.v, &q.property_values.n);
	if (st)
		return sync_store(s, st, "a folder");
	q.hierarchy_values.v = head;
	b = remote_batch(s->remote);
	(void)remote_add(b, ROP_SYNCHRONIZATION_IMPORT_HIERARCHY_CHANGE, c->slot, &q);
	st = remote_run(b, false, s->why);
	if (st)
		return st;
	c->used = true;
	verdict = remote_answer(b, 0, NULL);
	switch (verdict) {
	case ecNone:
		s->counts.up_folders++;
		return done(s, p, f.cn);
	case SYNC_E_IGNORE:
		return done(s, p, f.cn);
	case SYNC_E_NO_PARENT:
		*later = true;
		return ecNone;
	case ecDuplicateName:
		*later = true;
		return take_another_name(s, &f);
	default:
		return refused(c, p, f.name, verdict);
	}
}

static status round_of(struct sync *s, bool *later)
{
	struct cache_pending v[PAGE];
	struct sync_collector c;
	uint64_t after = 0;
	size_t n = 0;
	status st, verdict;

	sync_collector_init(&c, s);
	while (!(st = sync_store(s, cache_pending(s->cache, after, v, PAGE, &n), "folders")) && n)
		for (size_t i = 0; i < n; i++) {
			after = v[i].seq;
			if (v[i].kind != PENDING_FOLDER)
				continue;
			st = sync_collector_of(&c, CACHE_HIERARCHY);
			if (!st)
				st = upload(&c, &v[i], later);
			else if (!sync_verdict(s, st, &verdict))
				st = refused(&c, &v[i], "", verdict);
			if (st) {
				sync_collector_drop(&c);
				return st;
			}
		}
	return st ? st : sync_collector_end(&c);
}

status sync_upload_folders(struct sync *s)
{
	bool later = true;
	status st = ecNone;

	for (unsigned i = 0; i < ROUNDS && later && !st; i++) {
		later = false;
		st = round_of(s, &later);
	}
	return st;
}

/* Deletions ----------------------------------------------------------------------------------------------------------------------- */

static status delete_one(struct sync_collector *c, const struct cache_pending *p)
{
	struct sync *s = c->sync;
	struct remote_batch *b = remote_batch(s->remote);
	uint8_t key[KEY_SIZE];
	struct bytes list = bytes_of(key, KEY_SIZE);
	struct tagged_value all = { .prop = { .tag = tag_make(0, PT_MV_BINARY), .count = 1, .values = &list } };
	struct rop_synchronization_import_deletes_request q = { .import_delete_flags = DELETE_HIERARCHY, .property_values = { 1, &all } };
	status verdict, st = sync_store(s, cache_source_key(s->cache, p->object, key), "a folder");

	(void)remote_add(b, ROP_SYNCHRONIZATION_IMPORT_DELETES, c->slot, &q);
	if (!st)
		st = remote_run(b, false, s->why);
	if (st)
		return st;
	c->used = true;
	verdict = remote_answer(b, 0, NULL);
	if (verdict && verdict != ecNotFound && verdict != SYNC_E_OBJECT_DELETED)
		return refused(c, p, "", verdict);
	s->counts.up_folders++;
	return done(s, p, 0);
}

status sync_delete_folders(struct sync *s)
{
	struct cache_pending v[PAGE];
	struct sync_collector c;
	uint64_t after = 0;
	size_t n = 0;
	status st;

	sync_collector_init(&c, s);
	while (!(st = sync_store(s, cache_pending(s->cache, after, v, PAGE, &n), "folders")) && n)
		for (size_t i = 0; i < n; i++) {
			after = v[i].seq;
			if (v[i].kind != PENDING_FOLDER_DELETED)
				continue;
			st = sync_collector_of(&c, CACHE_HIERARCHY);
			if (!st)
				st = delete_one(&c, &v[i]);
			if (st) {
				sync_collector_drop(&c);
				return st;
			}
		}
	return st ? st : sync_collector_end(&c);
}
