/* store/changes: a replica that applies what changed is what the mailbox is, whatever happened between. */
#include "many.h"
#include "replica.h"

#include "store/changes_import.h"
#include "store/mailbox_private.h"

#define NAME "changes_test"

static const struct changes_options everything = { .normal = true, .associated = true, .read_state = true };

/* Random life of a folder ----------------------------------------------------------------------------------------------- */

struct life {
	struct mailbox *m;
	uint64_t folder, other;
	uint64_t ids[REPLICA_MOST]; /* of messages in either, some of them gone */
	size_t n;
};

static uint64_t put_one(struct mailbox *m, uint64_t folder, bool associated)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct message_options o = { .associated = associated };
	struct bag b = plain_mail(&arena, below(2) ? "in" : "out");
	uint64_t id = 0;

	assert_int_equal(bag_set_u64(&b, PidTagMessageDeliveryTime, TEST_NOW - below(1000)), 0);
	mailbox_ok(m, try_put(m, folder, &b, &o, &id));
	return id;
}

static status change_one(struct mailbox *m, uint64_t id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct bag b;

	bag_init(&b, &arena);
	assert_int_equal(bag_set_text(&b, PidTagSubject, below(2) ? "in" : "out"), 0);
	return message_set(m, id, &b, NULL, 0);
}

static void keep_id(struct life *l, uint64_t id)
{
	assert_true(l->n < REPLICA_MOST);
	l->ids[l->n++] = id;
}

/* One step; what is not possible (the message is gone, or deleted) is refused and changes nothing. */
static void live(struct life *l)
{
	struct mailbox *m = l->m;
	uint64_t id = l->n ? l->ids[below((uint32_t)l->n)] : 0, made = 0;
	uint64_t where = below(4) ? l->folder : l->other;
	status s = ecNone;

	switch (id ? below(14) : 0) {
	case 0:
	case 1:
	case 2:
		keep_id(l, put_one(m, where, below(4) == 0));
		break;
	case 3:
	case 4:
		s = change_one(m, id);
		break;
	case 5:
	case 6:
	case 7:
		s = message_set_read(m, id, below(2));
		break;
	case 8:
		s = message_move(m, id, where, &made);
		break;
	case 9:
		s = message_copy(m, id, where, &made);
		break;
	case 10:
		s = message_delete(m, id, DELETE_HARD);
		break;
	case 11:
	case 12:
		s = message_delete(m, id, DELETE_SOFT);
		break;
	case 13:
		s = message_restore(m, id, below(3) ? 0 : where);
		break;
	}
	if (made)
		keep_id(l, made);
	assert_true(s == ecNone || s == ecNotFound);
}

static void live_on(struct life *l, unsigned steps)
{
	mailbox_ok(l->m, mailbox_begin(l->m));
	for (unsigned i = 0; i < steps; i++)
		live(l);
	mailbox_ok(l->m, mailbox_commit(l->m));
}

/* Synchronising ---------------------------------------------------------------------------------------------------------- */

/* A client that may be interrupted keeps what it has message by message: its state has holes then. */
static void keep_alone(struct mailbox *m, struct replica *r, const struct change *page, size_t n)
{
	const struct guid *replica = &mailbox_identity(m)->replica;

	for (size_t i = 0; i < n; i++) {
		const struct replica_item *item = replica_find(r, page[i].id);

		if (!item)
			continue;
		struct idset *seen = item->associated ? &r->state.seen_associated : &r->state.seen;
		assert_int_equal(idset_add(&r->state.given, replica, item->id, item->id), 0);
		assert_int_equal(idset_add(seen, replica, item->cn, item->cn), 0);
	}
}

/* As far as it goes: at each page the client may be told no more (`give_up`), or the mailbox lives on (`l` not NULL). */
static bool synchronise(struct mailbox *m, uint64_t folder, struct replica *r, const struct changes_options *o, struct life *l,
			bool give_up)
{
	struct change page[16];
	struct changes *c = NULL;
	size_t n = 1, all = 0;
	uint64_t bytes = 0;
	bool whole = true;

	mailbox_ok(m, changes_open(m, folder, &r->state, o, &c));
	while (n && whole) {
		mailbox_ok(m, changes_next(c, page, 1 + below(16), &n));
		for (size_t i = 0; i < n; i++) {
			const struct replica_item *item = replica_find(r, page[i].id);

			assert_int_equal(page[i].is_new, !idset_contains(&r->state.given, &mailbox_identity(m)->replica, page[i].id));
			assert_true(!item || o->compare || item->cn != page[i].cn);
			bytes += page[i].size;
		}
		all += n;
		replica_take_page(m, r, page, n);
		if (give_up) {
			keep_alone(m, r, page, n);
			whole = below(3) != 0;
		}
		if (l && n)
			live_on(l, 1 + below(3));
	}
	if (whole) {
		const struct changes_total *t = changes_total(c);

		if (!l && !o->in_scope) {
			assert_int_equal(all, t->normal + t->associated);
			assert_int_equal(bytes, t->normal_bytes + t->associated_bytes);
		}
		replica_end(m, r, c);
	}
	changes_free(c);
	return whole;
}

static void lives(enum sql_engine e, enum changes_order order, unsigned rounds)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	struct life l = { .m = m, .folder = role_folder(m, MAILBOX_INBOX) };
	struct replica *r = replica_new();
	struct changes_options o = everything;

	o.order = order;
	l.other = new_folder(m, l.folder, "Other");
	random_state = 20260000 + order;
	for (unsigned round = 0; round < rounds; round++) {
		unsigned kind = below(10);

		live_on(&l, below(12));
		if (kind == 0) {
			/* The client lost all it had. */
			sync_state_free(&r->state);
			r->n = 0;
		}
		if (kind == 1)
			(void)synchronise(m, l.folder, r, &o, NULL, true);
		if (kind == 2)
			(void)synchronise(m, l.folder, r, &o, &l, false);
		if (kind == 3)
			(void)synchronise(m, l.folder, r, &o, &l, true);
		assert_true(synchronise(m, l.folder, r, &o, NULL, false));
		replica_assert(m, r, l.folder, NULL);
	}
	/* Nothing happened: nothing is told, and the state is what it was. */
	CLEANUP_SYNC_STATE struct sync_state before = SYNC_STATE_MAX(REPLICA_RANGES);
	assert_int_equal(sync_state_copy(&r->state, &before), 0);
	assert_true(synchronise(m, l.folder, r, &o, NULL, false));
	assert_true(sync_state_equal(&before, &r->state));
	replica_free(r);
	mailbox_close(m);
}

static void oldest_first(enum sql_engine e)
{
	lives(e, CHANGES_OLDEST_FIRST, 150);
}

static void newest_first(enum sql_engine e)
{
	lives(e, CHANGES_NEWEST_FIRST, 150);
}

/* In public folders a client is told what its own user has read, whatever others read. */
static void one_reader(enum sql_engine e)
{
	const struct guid ada = { { 1 } }, bob = { { 2 } };
	struct mailbox *m = fresh_mailbox(e, NAME);
	struct life l = { .m = m, .folder = role_folder(m, MAILBOX_INBOX) };
	struct replica *r = replica_new();

	l.other = new_folder(m, l.folder, "Other");
	random_state = 20261127;
	for (unsigned round = 0; round < 100; round++) {
		unsigned kind = below(8);

		mailbox_read_as(m, below(3) ? &ada : &bob);
		live_on(&l, below(12));
		mailbox_read_as(m, &ada);
		if (kind == 0) {
			sync_state_free(&r->state);
			r->n = 0;
		}
		if (kind < 4)
			(void)synchronise(m, l.folder, r, &everything, kind & 1 ? &l : NULL, kind & 2);
		assert_true(synchronise(m, l.folder, r, &everything, NULL, false));
		replica_assert(m, r, l.folder, NULL);
	}
	replica_free(r);
	mailbox_close(m);
}

static void bring_read(struct mailbox *m, uint64_t folder, struct replica *r, uint64_t id)
{
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, import_reads(m, folder, &(struct import_read){ .id = id, .read = true }, 1, &r->state));
	mailbox_ok(m, mailbox_commit(m));
	replica_find(r, id)->read = true;
}

/* What one client of hers brings the other is told, and the one is told what it did not know when it brought it. */
static void two_clients_of_one_reader(enum sql_engine e)
{
	CLEANUP_IDSET struct idset read = { .max = 10 }, unread = { .max = 10 };
	const struct guid ada = { { 1 } };
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), ids[3];
	struct replica *one = replica_new(), *other = replica_new();
	struct change page[4];
	struct changes *c;
	size_t n;

	mailbox_ok(m, mailbox_begin(m));
	for (size_t i = 0; i < 3; i++)
		ids[i] = put_mail(m, inbox, "a");
	mailbox_ok(m, mailbox_commit(m));
	mailbox_read_as(m, &ada);
	assert_true(synchronise(m, inbox, one, &everything, NULL, false));
	assert_true(synchronise(m, inbox, other, &everything, NULL, false));
	bring_read(m, inbox, one, ids[0]);
	mailbox_ok(m, changes_open(m, inbox, &one->state, &everything, &c));
	mailbox_ok(m, changes_next(c, page, 4, &n));
	assert_int_equal(n, 0);
	mailbox_ok(m, changes_read(c, &read, &unread));
	assert_true(idset_is_empty(&read) && idset_is_empty(&unread));
	changes_free(c);
	assert_true(synchronise(m, inbox, other, &everything, NULL, false));
	replica_assert(m, other, inbox, NULL);
	bring_read(m, inbox, other, ids[1]);
	bring_read(m, inbox, one, ids[2]);
	assert_true(synchronise(m, inbox, one, &everything, NULL, false));
	replica_assert(m, one, inbox, NULL);
	replica_free(one);
	replica_free(other);
	mailbox_close(m);
}

/* Parts ------------------------------------------------------------------------------------------------------------------ */

static bool is_normal(const struct message_info *i)
{
	return !i->associated;
}

static bool is_associated(const struct message_info *i)
{
	return i->associated;
}

/* A client that wants one kind, and later both. */
static void one_kind(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	struct life l = { .m = m, .folder = role_folder(m, MAILBOX_INBOX) };
	struct replica *normal = replica_new(), *associated = replica_new();
	struct changes_options of_normal = { .normal = true, .read_state = true }, of_associated = { .associated = true };

	l.other = new_folder(m, l.folder, "Other");
	random_state = 77;
	for (unsigned round = 0; round < 40; round++) {
		live_on(&l, below(12));
		assert_true(synchronise(m, l.folder, normal, &of_normal, NULL, false));
		assert_true(synchronise(m, l.folder, associated, &of_associated, NULL, false));
		replica_assert(m, normal, l.folder, is_normal);
		replica_assert(m, associated, l.folder, is_associated);
		assert_true(idset_is_empty(&normal->state.seen_associated) && idset_is_empty(&associated->state.seen));
	}
	assert_true(synchronise(m, l.folder, normal, &everything, NULL, false));
	replica_assert(m, normal, l.folder, NULL);
	replica_free(normal);
	replica_free(associated);
	mailbox_close(m);
}

static bool is_in(const struct message_info *i)
{
	return strcmp(i->subject, "in") == 0;
}

static status in_scope(void *context, struct mailbox *m, uint64_t id, bool *in)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);
	struct message_info i;
	status s = message_info(m, id, &arena, &i);

	(void)context;
	*in = !s && is_in(&i);
	return s == ecNotFound ? ecNone : s;
}

static void scopes(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	struct life l = { .m = m, .folder = role_folder(m, MAILBOX_INBOX) };
	struct replica *r = replica_new();
	struct changes_options o = everything;

	o.in_scope = in_scope;
	l.other = new_folder(m, l.folder, "Other");
	random_state = 99;
	for (unsigned round = 0; round < 60; round++) {
		live_on(&l, below(16));
		assert_true(synchronise(m, l.folder, r, &o, NULL, false));
		replica_assert(m, r, l.folder, is_in);
	}
	replica_free(r);
	mailbox_close(m);
}

/* What was not told because the client did not want to know is told when it does. */
static void no_deletions(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), a, b;
	struct replica *r = replica_new();
	struct changes_options o = everything;

	mailbox_ok(m, mailbox_begin(m));
	a = put_mail(m, inbox, "a");
	b = put_mail(m, inbox, "b");
	mailbox_ok(m, mailbox_commit(m));
	assert_true(synchronise(m, inbox, r, &o, NULL, false));
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_delete(m, a, DELETE_SOFT));
	(void)put_mail(m, inbox, "c");
	mailbox_ok(m, mailbox_commit(m));
	o.no_deletions = true;
	assert_true(synchronise(m, inbox, r, &o, NULL, false));
	assert_int_equal(r->n, 3);
	assert_non_null(replica_find(r, a));
	o.no_deletions = false;
	assert_true(synchronise(m, inbox, r, &o, NULL, false));
	assert_null(replica_find(r, a));
	assert_non_null(replica_find(r, b));
	replica_assert(m, r, inbox, NULL);
	replica_free(r);
	mailbox_close(m);
}

/* What was read is told also to who does not want to know what is gone, once. */
static void no_deletions_but_reads(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	const struct guid *replica = &mailbox_identity(m)->replica;
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), a;
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct replica *r = replica_new();
	struct changes_options o = everything;

	o.no_deletions = true;
	mailbox_ok(m, mailbox_begin(m));
	a = put_mail(m, inbox, "a");
	mailbox_ok(m, mailbox_commit(m));
	assert_true(synchronise(m, inbox, r, &o, NULL, false));
	/* All read states up to now are those that the client has. */
	assert_true(idset_contains(&r->state.read, replica, mailbox_last_cn(m)));
	assert_false(idset_contains(&r->state.seen, replica, 1));
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_set_read(m, a, !look_at(m, a, &arena).read));
	mailbox_ok(m, mailbox_commit(m));
	assert_true(synchronise(m, inbox, r, &o, NULL, false));
	replica_assert(m, r, inbox, NULL);
	assert_true(idset_contains(&r->state.read, replica, mailbox_last_cn(m)));
	replica_free(r);
	mailbox_close(m);
}

/* A state of a later time than the mailbox's: of one that was restored from a backup. */
static void from_the_future(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	struct life l = { .m = m, .folder = role_folder(m, MAILBOX_INBOX) };
	struct replica *r = replica_new();
	const struct guid *replica = &mailbox_identity(m)->replica;
	uint64_t last;

	l.other = new_folder(m, l.folder, "Other");
	random_state = 5;
	live_on(&l, 60);
	assert_true(synchronise(m, l.folder, r, &everything, NULL, false));
	last = mailbox_last_cn(m);
	assert_int_equal(idset_add(&r->state.seen, replica, 1, last + 500), 0);
	replica_put(r, &(struct replica_item){ .id = 900000, .cn = last + 400 });
	assert_int_equal(idset_add(&r->state.given, replica, 900000, 900000), 0);
	r->v[0].cn = 1;
	struct changes_options o = everything;
	o.compare = true;
	struct replica *copy = replica_new();
	*copy = *r;
	sync_state_init(&copy->state, REPLICA_RANGES);
	assert_int_equal(sync_state_copy(&r->state, &copy->state), 0);
	assert_true(synchronise(m, l.folder, r, &o, NULL, false));
	replica_assert(m, r, l.folder, NULL);
	assert_int_equal(idset_count(&r->state.seen), last);
	/* The same without being asked for. */
	struct change page[REPLICA_MOST / 8];
	struct changes *c = NULL;
	size_t n = 0, none = 1;
	mailbox_ok(m, changes_open(m, l.folder, &copy->state, &everything, &c));
	mailbox_ok(m, changes_next(c, page, REPLICA_MOST / 8, &n));
	mailbox_ok(m, changes_next(c, page, 1, &none));
	assert_int_equal(n, r->n);
	assert_int_equal(none, 0);
	replica_take_page(m, copy, page, n);
	replica_end(m, copy, c);
	replica_assert(m, copy, l.folder, NULL);
	changes_free(c);
	replica_free(copy);
	replica_free(r);
	mailbox_close(m);
}

/* More holes than there are windows. */
static void many_holes(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX);
	struct replica *r = replica_new();
	const struct guid *replica = &mailbox_identity(m)->replica;

	mailbox_ok(m, mailbox_begin(m));
	for (unsigned i = 0; i < 3000; i++)
		(void)put_mail(m, inbox, "mail");
	mailbox_ok(m, mailbox_commit(m));
	/* Every other one was seen. */
	for (uint64_t id = 0;;) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);

		mailbox_ok(m, message_next(m, inbox, false, false, id, &id));
		if (!id)
			break;
		struct message_info i = look_at(m, id, &arena);
		if (i.cn % 2)
			continue;
		replica_put(r, &(struct replica_item){ i.id, i.cn, i.read, false });
		assert_int_equal(idset_add(&r->state.given, replica, id, id), 0);
		assert_int_equal(idset_add(&r->state.seen, replica, i.cn, i.cn), 0);
	}
	size_t before = r->n;
	assert_true(before > 1400);
	struct changes *c = NULL;
	struct change page[3000];
	size_t n = 0;
	mailbox_ok(m, changes_open(m, inbox, &r->state, &everything, &c));
	assert_int_equal(changes_total(c)->normal, 3000 - before);
	mailbox_ok(m, changes_next(c, page, 3000, &n));
	assert_int_equal(n, 3000 - before);
	for (size_t i = 0; i < n; i++)
		assert_true(page[i].cn % 2 == 1 && (i == 0 || page[i].cn > page[i - 1].cn));
	replica_take_page(m, r, page, n);
	mailbox_ok(m, changes_next(c, page, 3000, &n));
	assert_int_equal(n, 0);
	replica_end(m, r, c);
	changes_free(c);
	replica_assert(m, r, inbox, NULL);
	assert_int_equal(r->state.seen.ranges, 1);
	replica_free(r);
	mailbox_close(m);
}

/* A message that is sent whole brings its read state; one that was put elsewhere and back is not gone. */
static void together(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), other = new_folder(m, inbox, "Other"), a, b, c_id;
	CLEANUP_IDSET struct idset read = { .max = 100 }, unread = { .max = 100 }, deleted = { .max = 100 }, gone = { .max = 100 };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct bag mail = plain_mail(&arena, "again");
	struct replica *r = replica_new();
	struct changes *c = NULL;
	struct change page[8];
	size_t n = 0, end = 1;

	mailbox_ok(m, mailbox_begin(m));
	a = put_mail(m, inbox, "a");
	b = put_mail(m, inbox, "b");
	c_id = put_mail(m, inbox, "c");
	mailbox_ok(m, mailbox_commit(m));
	assert_true(synchronise(m, inbox, r, &everything, NULL, false));
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_set_read(m, a, true));
	mailbox_ok(m, change_one(m, a));
	mailbox_ok(m, message_set_read(m, b, true));
	mailbox_ok(m, try_put(m, other, &mail, &(struct message_options){ .replaces = c_id }, &c_id));
	mailbox_ok(m, try_put(m, inbox, &mail, &(struct message_options){ .replaces = c_id }, &c_id));
	mailbox_ok(m, mailbox_commit(m));
	mailbox_ok(m, changes_open(m, inbox, &r->state, &everything, &c));
	mailbox_ok(m, changes_next(c, page, 8, &n));
	assert_int_equal(n, 2);
	assert_int_equal(page[0].id, a);
	assert_int_equal(page[1].id, c_id);
	assert_false(page[1].is_new);
	mailbox_ok(m, changes_next(c, page, 8, &end));
	assert_int_equal(end, 0);
	mailbox_ok(m, changes_read(c, &read, &unread));
	assert_int_equal(idset_count(&read), 1);
	assert_true(idset_contains(&read, &mailbox_identity(m)->replica, b));
	assert_true(idset_is_empty(&unread));
	mailbox_ok(m, changes_deleted(c, &deleted, &gone));
	assert_true(idset_is_empty(&deleted) && idset_is_empty(&gone));
	changes_free(c);
	replica_free(r);
	mailbox_close(m);
}

static void put_associated_at(struct mailbox *m, uint64_t folder, uint64_t when)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct message_options o = { .associated = true };
	struct bag b = plain_mail(&arena, "view");
	uint64_t id = 0;

	assert_int_equal(bag_set_u64(&b, PidTagMessageDeliveryTime, when), 0);
	mailbox_ok(m, try_put(m, folder, &b, &o, &id));
}

/* Newest first, few and many, of both kinds together. */
static void in_order_of_time(enum sql_engine e)
{
	struct mailbox *m = many_mailbox(e, NAME, 14);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), last = 0;
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(REPLICA_RANGES), half = SYNC_STATE_MAX(REPLICA_RANGES);
	struct changes_options o = everything;
	struct change page[300];
	struct changes *c = NULL;
	size_t n = 1, all = 0, associated = 0;

	o.order = CHANGES_NEWEST_FIRST;
	/* The newer half was seen before; another message comes when the first page is out. */
	mailbox_ok(m, mailbox_begin(m));
	assert_int_equal(idset_add(&half.seen, &mailbox_identity(m)->replica, 1, 5000), 0);
	for (uint64_t i = 0; i < 350; i++)
		put_associated_at(m, inbox, i < 20 ? 0 : TEST_NOW + i * 3000);
	mailbox_ok(m, changes_open(m, inbox, &half, &o, &c));
	(void)put_mail(m, inbox, "late");
	mailbox_ok(m, mailbox_commit(m));
	uint64_t total = changes_total(c)->normal + changes_total(c)->associated;
	assert_true(total > 10000);
	while (n) {
		mailbox_ok(m, changes_next(c, page, 300, &n));
		for (size_t i = 0; i < n; i++) {
			assert_true(page[i].cn > 5000);
			assert_true(!last || page[i].received <= last);
			last = page[i].received;
			associated += page[i].associated;
		}
		all += n;
	}
	assert_int_equal(all, total);
	assert_int_equal(associated, 350);
	mailbox_ok(m, changes_state(c, &state));
	assert_int_equal(idset_count(&state.given), total);
	changes_free(c);
	mailbox_close(m);
}

static void sorted_by_time(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX);
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(REPLICA_RANGES);
	struct changes_options o = everything;
	struct change page[2500];
	struct changes *c = NULL;
	size_t n = 0, associated = 0;

	o.order = CHANGES_NEWEST_FIRST;
	random_state = 3;
	mailbox_ok(m, mailbox_begin(m));
	for (unsigned i = 0; i < 2400; i++)
		(void)put_one(m, inbox, i % 24 == 0);
	mailbox_ok(m, mailbox_commit(m));
	mailbox_ok(m, changes_open(m, inbox, &state, &o, &c));
	mailbox_ok(m, changes_next(c, page, 2500, &n));
	assert_int_equal(n, 2400);
	/* Of both kinds together. */
	for (size_t i = 0; i < n; i++) {
		/* MS-OXCFXICS_R2198 */
		assert_true(!i || page[i - 1].received >= page[i].received);
		associated += page[i].associated;
	}
	assert_int_equal(associated, 100);
	changes_free(c);
	mailbox_close(m);
}

/* Misuse and failure -------------------------------------------------------------------------------------------------------- */

static void misuse(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX);
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(100), out = SYNC_STATE_MAX(100);
	CLEANUP_IDSET struct idset one = { .max = 100 }, two = { .max = 100 };
	struct changes *c = NULL;
	struct change page[4];
	size_t n = 9;

	mailbox_refused(m, changes_open(m, 999999, &state, &everything, &c), ecNotFound);
	assert_null(c);
	mailbox_ok(m, mailbox_begin(m));
	for (unsigned i = 0; i < 5; i++)
		(void)put_mail(m, inbox, "mail");
	mailbox_ok(m, mailbox_commit(m));
	mailbox_ok(m, changes_open(m, inbox, &state, &everything, &c));
	mailbox_ok(m, changes_next(c, page, 4, &n));
	assert_int_equal(n, 4);
	mailbox_refused(m, changes_deleted(c, &one, &two), ecInvalidParam);
	mailbox_refused(m, changes_read(c, &one, &two), ecInvalidParam);
	mailbox_refused(m, changes_state(c, &out), ecInvalidParam);
	assert_true(idset_is_empty(&out.given));
	changes_free(c);
	changes_free(NULL);
	mailbox_close(m);
}

static status one_sync(struct mailbox *m, uint64_t folder, const struct sync_state *client, struct sync_state *out)
{
	CLEANUP_IDSET struct idset deleted = { .max = 100 }, gone = { .max = 100 }, read = { .max = 100 }, unread = { .max = 100 };
	struct changes *c = NULL;
	struct change page[4];
	size_t n = 1;
	status s = changes_open(m, folder, client, &everything, &c);

	while (!s && n)
		s = changes_next(c, page, 4, &n);
	if (!s)
		s = changes_deleted(c, &deleted, &gone);
	if (!s)
		s = changes_read(c, &read, &unread);
	if (!s)
		s = changes_state(c, out);
	if (!s) {
		assert_int_equal(idset_count(&deleted), 1);
		assert_int_equal(idset_count(&read), 1);
	}
	changes_free(c);
	return s;
}

/* Each step of the database fails once, then each allocation of a set: an error each time, and all is as it was. */
static void failing_steps(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), first, second;
	struct replica *r = replica_new();

	mailbox_ok(m, mailbox_begin(m));
	first = put_mail(m, inbox, "first");
	second = put_mail(m, inbox, "second");
	mailbox_ok(m, mailbox_commit(m));
	assert_true(synchronise(m, inbox, r, &everything, NULL, false));
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, message_delete(m, first, DELETE_HARD));
	mailbox_ok(m, message_set_read(m, second, true));
	(void)put_mail(m, inbox, "third");
	mailbox_ok(m, mailbox_commit(m));
	for (int memory = 0; memory < 2; memory++) {
		bool done = false;
		unsigned n;

		for (n = 1; !done; n++) {
			CLEANUP_SYNC_STATE struct sync_state out = SYNC_STATE_MAX(100);

			memory ? globset_fail_after(n) : sql_fail_after(n);
			status s = one_sync(m, inbox, &r->state, &out);
			memory ? globset_fail_after(0) : sql_fail_after(0);
			done = !s;
			assert_true(done || s == (memory ? ecMemory : ecDiskError));
			assert_true(done || idset_is_empty(&out.seen));
			assert_true(!done || idset_count(&out.given) == 2);
			assert_true(n < 300);
		}
		assert_true(n > 8);
	}
	replica_free(r);
	mailbox_close(m);
}

ON_EACH(oldest_first)
ON_EACH(newest_first)
ON_EACH(one_reader)
ON_EACH(two_clients_of_one_reader)
ON_EACH(one_kind)
ON_EACH(scopes)
ON_EACH(no_deletions)
ON_EACH(no_deletions_but_reads)
ON_EACH(from_the_future)
ON_EACH(many_holes)
ON_EACH(in_order_of_time)
ON_EACH(sorted_by_time)
ON_EACH(together)
ON_EACH(misuse)
ON_EACH(failing_steps)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_oldest_first), cmocka_unit_test(test_newest_first),     cmocka_unit_test(test_one_kind),
		cmocka_unit_test(test_scopes),	     cmocka_unit_test(test_no_deletions), cmocka_unit_test(test_no_deletions_but_reads),     cmocka_unit_test(test_from_the_future),
		cmocka_unit_test(test_many_holes),   cmocka_unit_test(test_in_order_of_time), cmocka_unit_test(test_misuse),
		cmocka_unit_test(test_failing_steps), cmocka_unit_test(test_sorted_by_time),  cmocka_unit_test(test_together),
		cmocka_unit_test(test_one_reader),   cmocka_unit_test(test_two_clients_of_one_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
