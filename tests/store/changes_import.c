/* store/changes_import: clients that change things while they are away, and come to agree. */
#include "replica.h"

#include "rop/xid.h"
#include "store/changes_import.h"
#include "store/mailbox_private.h"

#define NAME "import_test"

static const struct guid spaces[] = { { { 0x11 } }, { { 0x22 } }, { { 0x33 } } };

static uint64_t tick;

/* Versions -------------------------------------------------------------------------------------------------------------- */

struct version {
	struct buf key, list;
	uint64_t modified;
};

static struct version version_new(void)
{
	return (struct version){ .key = BUF_MAX(1000), .list = BUF_MAX(10000) };
}

static void version_free(struct version *v)
{
	buf_free(&v->key);
	buf_free(&v->list);
}

static void version_set(struct version *v, struct bytes key, struct bytes list, uint64_t modified)
{
	buf_clear(&v->key);
	buf_clear(&v->list);
	buf_add(&v->key, key.p, key.n);
	buf_add(&v->list, list.p, list.n);
	v->modified = modified;
}

/* Another version, made by that client, of this one. */
static void version_step(struct version *v, size_t client, uint64_t number)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);
	struct xid x = xid_of_globcnt(&spaces[client], number);
	struct pcl list = { .n = 0 };

	assert_int_equal(pcl_decode(buf_bytes(&v->list), &arena, &list, NULL), 0);
	assert_int_equal(pcl_add(&list, &x, &arena), 0);
	buf_clear(&v->key);
	buf_clear(&v->list);
	xid_encode(&x, &v->key);
	pcl_encode(&list, &v->list);
	v->modified = ++tick;
}

static struct import_version as_import(const struct version *v)
{
	return (struct import_version){ buf_bytes(&v->key), buf_bytes(&v->list), v->modified };
}

/* As a server tells a client: what follows from the change number is said. */
static void version_of(struct mailbox *m, const struct message_info *i, struct version *out)
{
	struct xid x = xid_of_globcnt(&mailbox_identity(m)->replica, i->cn);
	CLEANUP_BUF struct buf key = BUF_MAX(100), list = BUF_MAX(1000);

	if (i->change_key.n)
		buf_add(&key, i->change_key.p, i->change_key.n);
	else
		xid_encode(&x, &key);
	if (i->predecessors.n) {
		buf_add(&list, i->predecessors.p, i->predecessors.n);
	} else {
		buf_add_u8(&list, (uint8_t)key.n);
		buf_add(&list, key.p, key.n);
	}
	version_set(out, buf_bytes(&key), buf_bytes(&list), i->modified);
}

/* A client ---------------------------------------------------------------------------------------------------------------- */

#define ITEMS 400

struct item {
	uint64_t id;
	bool there, dirty, read, read_dirty, deleted;
	char subject[24];
	struct version version;
};

struct client {
	size_t number;
	struct sync_state state;
	struct item v[ITEMS];
	size_t n;
	uint64_t next_id, end_id, next_change;
};

static struct client *client_new(struct mailbox *m, size_t number)
{
	struct client *c = calloc(1, sizeof *c);

	assert_non_null(c);
	c->number = number;
	sync_state_init(&c->state, REPLICA_RANGES);
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, mailbox_reserve_ids(m, 100, &c->next_id));
	mailbox_ok(m, mailbox_commit(m));
	c->end_id = c->next_id + 100;
	c->next_change = 1;
	return c;
}

static void client_free(struct client *c)
{
	for (size_t i = 0; i < c->n; i++)
		version_free(&c->v[i].version);
	sync_state_free(&c->state);
	free(c);
}

static struct item *item_of(struct client *c, uint64_t id)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->v[i].id == id)
			return &c->v[i];
	assert_true(c->n < ITEMS);
	c->v[c->n] = (struct item){ .id = id, .version = version_new() };
	return &c->v[c->n++];
}

static void edit(struct client *c, struct item *i)
{
	version_step(&i->version, c->number, c->next_change++);
	(void)snprintf(i->subject, sizeof i->subject, "at %llu", (unsigned long long)tick);
	i->dirty = true;
}

static void client_lives(struct client *c)
{
	struct item *i = c->n ? &c->v[below((uint32_t)c->n)] : NULL;
	unsigned what = below(6);

	if ((what == 0 || !i) && c->next_id < c->end_id) {
		i = item_of(c, c->next_id++);
		i->there = true;
		edit(c, i);
	} else if (!i || !i->there || i->deleted) {
		return;
	} else if (what < 4) {
		edit(c, i);
	} else if (what == 4) {
		i->read = !i->read;
		i->read_dirty = true;
	} else if (below(3) == 0) {
		i->deleted = true;
	}
}

static void write_item(struct mailbox *m, uint64_t folder, const struct item *i, const struct import_plan *plan)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct bag b = plain_mail(&arena, i->subject);
	uint64_t id = 0;

	assert_int_equal(bag_set_u64(&b, PidTagLastModificationTime, i->version.modified), 0);
	assert_int_equal(bag_set_u32(&b, PidTagMessageFlags, i->read ? MSGFLAG_READ : 0), 0);
	mailbox_ok(m, try_put(m, folder, &b, &plan->options, &id));
	assert_int_equal(id, i->id);
}

static void upload_item(struct mailbox *m, uint64_t folder, struct client *c, struct item *i)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct import_message im = { .folder = folder, .id = i->id, .version = as_import(&i->version) };
	struct import_plan plan;
	status s = import_message(m, &im, &arena, &plan);

	i->dirty = false;
	if (s == SYNC_E_OBJECT_DELETED) {
		i->there = false;
		assert_int_equal(idset_remove(&c->state.given, &mailbox_identity(m)->replica, i->id, i->id), 0);
		return;
	}
	mailbox_ok(m, s);
	if (plan.verdict != IMPORT_CONFLICT_OURS)
		write_item(m, folder, i, &plan);
	mailbox_ok(m, import_message_done(m, &im, &plan, &c->state));
}

static void upload(struct mailbox *m, uint64_t folder, struct client *c)
{
	mailbox_ok(m, mailbox_begin(m));
	for (size_t i = 0; i < c->n; i++) {
		struct item *item = &c->v[i];

		if (item->there && item->dirty && !item->deleted)
			upload_item(m, folder, c, item);
		if (item->there && item->read_dirty && !item->deleted)
			mailbox_ok(m, import_reads(m, folder, &(struct import_read){ item->id, item->read }, 1, &c->state));
		if (item->there && item->deleted)
			mailbox_ok(m, import_deletions(m, folder, &item->id, 1, below(2) ? DELETE_SOFT : DELETE_HARD, &c->state));
		item->there = item->there && !item->deleted;
		item->dirty = item->read_dirty = false;
	}
	mailbox_ok(m, mailbox_commit(m));
}

static void download_item(struct mailbox *m, struct client *c, uint64_t id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);
	struct message_info info = look_at(m, id, &arena);
	struct item *i = item_of(c, id);

	i->there = true;
	i->read = info.read;
	(void)snprintf(i->subject, sizeof i->subject, "%s", info.subject);
	version_of(m, &info, &i->version);
}

/* How much was told. */
static size_t download(struct mailbox *m, uint64_t folder, struct client *c)
{
	static const struct changes_options o = { .normal = true, .associated = true, .read_state = true };
	CLEANUP_IDSET struct idset deleted = { .max = 1000 }, gone = { .max = 1000 }, read = { .max = 1000 }, unread = { .max = 1000 };
	struct changes *changes = NULL;
	struct change page[32];
	size_t n = 1, told = 0;

	mailbox_ok(m, changes_open(m, folder, &c->state, &o, &changes));
	while (n) {
		mailbox_ok(m, changes_next(changes, page, 32, &n));
		for (size_t i = 0; i < n; i++)
			download_item(m, c, page[i].id);
		told += n;
	}
	mailbox_ok(m, changes_deleted(changes, &deleted, &gone));
	mailbox_ok(m, changes_read(changes, &read, &unread));
	for_each_id(m, &deleted, id)
		item_of(c, id)->there = false;
	for_each_id(m, &read, id)
		item_of(c, id)->read = true;
	for_each_id(m, &unread, id)
		item_of(c, id)->read = false;
	mailbox_ok(m, changes_state(changes, &c->state));
	changes_free(changes);
	return told + (size_t)(idset_count(&deleted) + idset_count(&read) + idset_count(&unread));
}

static void assert_agreed(struct mailbox *m, uint64_t folder, struct client *c)
{
	size_t there = 0, have = 0;

	for (uint64_t id = 0;;) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);
		struct version v = version_new();

		mailbox_ok(m, message_next(m, folder, false, false, id, &id));
		if (!id) {
			version_free(&v);
			break;
		}
		struct message_info info = look_at(m, id, &arena);
		const struct item *i = item_of(c, id);
		there++;
		assert_true(i->there);
		assert_string_equal(i->subject, info.subject);
		assert_int_equal(i->read, info.read);
		version_of(m, &info, &v);
		assert_true(bytes_equal(buf_bytes(&v.key), buf_bytes(&i->version.key)));
		assert_true(bytes_equal(buf_bytes(&v.list), buf_bytes(&i->version.list)));
		assert_int_equal(info.modified, i->version.modified);
		/* Whatever conflicts there were, what was written last is there. */
		assert_string_equal(info.subject, arena_printf(&arena, "at %llu", (unsigned long long)info.modified));
		version_free(&v);
	}
	for (size_t i = 0; i < c->n; i++)
		have += c->v[i].there;
	assert_int_equal(have, there);
}

/* Somebody else, at the mailbox itself. */
static void server_lives(struct mailbox *m, uint64_t folder)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	uint64_t id = 0;
	struct bag b;
	char text[24];

	mailbox_ok(m, message_next(m, folder, false, false, below(3000), &id));
	if (!id)
		return;
	mailbox_ok(m, mailbox_begin(m));
	bag_init(&b, &arena);
	(void)snprintf(text, sizeof text, "at %llu", (unsigned long long)++tick);
	assert_int_equal(bag_set_text(&b, PidTagSubject, text), 0);
	assert_int_equal(bag_set_u64(&b, PidTagLastModificationTime, tick), 0);
	mailbox_ok(m, message_set(m, id, &b, NULL, 0));
	mailbox_ok(m, mailbox_commit(m));
}

static void agreement(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX);
	struct client *c[3];

	random_state = 20261126;
	tick = 1000;
	for (size_t i = 0; i < 3; i++)
		c[i] = client_new(m, i);
	for (unsigned round = 0; round < 60; round++) {
		for (size_t i = 0; i < 3; i++)
			for (unsigned k = below(6); k > 0; k--)
				client_lives(c[i]);
		if (below(2))
			server_lives(m, inbox);
		for (size_t k = 0, first = below(3); k < 3; k++) {
			struct client *one = c[(first + k) % 3];

			upload(m, inbox, one);
			(void)download(m, inbox, one);
			assert_agreed(m, inbox, one);
		}
		for (size_t i = 0; i < 3; i++) {
			(void)download(m, inbox, c[i]);
			assert_agreed(m, inbox, c[i]);
			assert_int_equal(download(m, inbox, c[i]), 0);
		}
	}
	for (size_t i = 0; i < 3; i++)
		client_free(c[i]);
	mailbox_close(m);
}

/* Cases ------------------------------------------------------------------------------------------------------------------- */

static struct import_message case_of(uint64_t folder, uint64_t id, const struct version *v)
{
	return (struct import_message){ .folder = folder, .id = id, .version = as_import(v) };
}

/* The version that stays has the mailbox's change and the client's among its predecessors. */
static void assert_knows_both(struct mailbox *m, const struct import_plan *plan, uint64_t ours, uint64_t theirs)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 16);
	struct xid a = xid_of_globcnt(&mailbox_identity(m)->replica, ours), b = xid_of_globcnt(&spaces[0], theirs);
	struct pcl list;

	assert_int_equal(pcl_decode(plan->options.predecessors, &arena, &list, NULL), 0);
	assert_int_equal(list.n, 2);
	assert_true(pcl_contains(&list, &a) && pcl_contains(&list, &b));
}

static void verdicts(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), id, first = 0;
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct version v = version_new();
	struct import_plan plan = { .verdict = IMPORT_CONFLICT_OURS };

	tick = TEST_NOW;
	mailbox_ok(m, mailbox_begin(m));
	id = put_mail(m, inbox, "mail");
	mailbox_ok(m, mailbox_reserve_ids(m, 10, &first));
	struct message_info info = look_at(m, id, &arena);
	version_of(m, &info, &v);
	struct import_message im = case_of(inbox, id, &v);
	mailbox_refused(m, import_message(m, &im, &arena, &plan), SYNC_E_IGNORE);
	version_step(&v, 0, 1);
	im = case_of(inbox, id, &v);
	mailbox_ok(m, import_message(m, &im, &arena, &plan));
	assert_int_equal(plan.verdict, IMPORT_NEWER);
	assert_int_equal(plan.options.replaces, id);
	/* The mailbox goes its own way: a conflict, of which the later one wins. */
	mailbox_ok(m, message_set(m, id, &(struct bag){ .arena = &arena }, NULL, 0));
	im.fail_on_conflict = true;
	mailbox_refused(m, import_message(m, &im, &arena, &plan), SYNC_E_CONFLICT);
	im.fail_on_conflict = false;
	mailbox_ok(m, import_message(m, &im, &arena, &plan));
	assert_int_equal(plan.verdict, IMPORT_CONFLICT_THEIRS);
	assert_knows_both(m, &plan, look_at(m, id, &arena).cn, 1);
	assert_true(bytes_equal(plan.options.change_key, buf_bytes(&v.key)));
	im.version.modified = 5;
	mailbox_ok(m, import_message(m, &im, &arena, &plan));
	assert_int_equal(plan.verdict, IMPORT_CONFLICT_OURS);
	assert_knows_both(m, &plan, look_at(m, id, &arena).cn, 1);
	assert_false(bytes_equal(plan.options.change_key, buf_bytes(&v.key)));
	/* Of two at the same time that of the larger namespace: any mailbox's or the client's. */
	info = look_at(m, id, &arena);
	im.version.modified = info.modified;
	mailbox_ok(m, import_message(m, &im, &arena, &plan));
	bool larger = memcmp(spaces[0].b, mailbox_identity(m)->replica.b, 16) > 0;
	assert_int_equal(plan.verdict, larger ? IMPORT_CONFLICT_THEIRS : IMPORT_CONFLICT_OURS);
	/* A version that is none, and other kinds. */
	im.version.change_key = bytes_of("short", 5);
	mailbox_refused(m, import_message(m, &im, &arena, &plan), ecInvalidParam);
	im = case_of(inbox, id, &v);
	im.associated = true;
	mailbox_refused(m, import_message(m, &im, &arena, &plan), ecInvalidParam);
	im = case_of(999999, id, &v);
	mailbox_refused(m, import_message(m, &im, &arena, &plan), SYNC_E_NO_PARENT);
	im = case_of(role_folder(m, MAILBOX_DRAFTS), id, &v);
	mailbox_refused(m, import_message(m, &im, &arena, &plan), SYNC_E_OBJECT_DELETED);
	mailbox_ok(m, message_delete(m, id, DELETE_SOFT));
	im = case_of(inbox, id, &v);
	mailbox_refused(m, import_message(m, &im, &arena, &plan), SYNC_E_OBJECT_DELETED);
	mailbox_ok(m, message_delete(m, id, DELETE_HARD));
	mailbox_refused(m, import_message(m, &im, &arena, &plan), SYNC_E_OBJECT_DELETED);
	/* New ones have ids that were reserved, once. */
	uint64_t made = 0;
	struct bag b = plain_mail(&arena, "new");
	assert_int_equal(try_put(m, inbox, &b, &(struct message_options){ .id = first + 1000000 }, &made), ecInvalidParam);
	mailbox_ok(m, try_put(m, inbox, &b, &(struct message_options){ .id = first }, &made));
	assert_int_equal(made, first);
	assert_int_equal(try_put(m, inbox, &b, &(struct message_options){ .id = first }, &made), ecInvalidParam);
	mailbox_refused(m, mailbox_reserve_ids(m, 0, &made), ecInvalidParam);
	mailbox_refused(m, mailbox_reserve_ids(m, MAILBOX_RESERVE_MAX + 1, &made), ecInvalidParam);
	mailbox_ok(m, mailbox_commit(m));
	mailbox_refused(m, import_message(m, &im, &arena, &plan), ecInvalidParam);
	version_free(&v);
	mailbox_close(m);
}

static void moves(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), drafts = role_folder(m, MAILBOX_DRAFTS), id, first = 0;
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct client *c = client_new(m, 0);
	struct version v = version_new();
	bool newer = true;

	mailbox_ok(m, mailbox_begin(m));
	id = put_mail(m, inbox, "mail");
	mailbox_ok(m, mailbox_reserve_ids(m, 10, &first));
	struct message_info info = look_at(m, id, &arena);
	version_of(m, &info, &v);
	struct import_move im = { .from = inbox, .id = id, .to = 999999, .as = first, .version = as_import(&v) };
	mailbox_refused(m, import_move(m, &im, &c->state, &newer), SYNC_E_NO_PARENT);
	im.to = drafts;
	mailbox_ok(m, import_move(m, &im, &c->state, &newer));
	assert_false(newer);
	assert_int_equal(look_at(m, first, &arena).folder, drafts);
	mailbox_refused(m, import_move(m, &im, &c->state, &newer), SYNC_E_OBJECT_DELETED);
	mailbox_ok(m, mailbox_commit(m));
	/* The client did it itself: nothing is told. */
	assert_int_equal(download(m, drafts, c), 0);
	assert_true(idset_contains(&c->state.given, &mailbox_identity(m)->replica, first));
	/* With a newer version at the client. */
	mailbox_ok(m, mailbox_begin(m));
	version_step(&v, 0, 1);
	im = (struct import_move){ .from = drafts, .id = first, .to = inbox, .as = first + 1, .version = as_import(&v) };
	mailbox_ok(m, import_move(m, &im, &c->state, &newer));
	assert_true(newer);
	/* With an older one: it is told. */
	mailbox_ok(m, message_set(m, first + 1, &(struct bag){ .arena = &arena }, NULL, 0));
	im = (struct import_move){ .from = inbox, .id = first + 1, .to = drafts, .as = first + 2, .version = as_import(&v) };
	mailbox_ok(m, import_move(m, &im, &c->state, &newer));
	assert_false(newer);
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(download(m, drafts, c), 2);
	version_free(&v);
	client_free(c);
	mailbox_close(m);
}

/* What is not there, elsewhere, or has no read state is left out. */
static void left_out(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), drafts = role_folder(m, MAILBOX_DRAFTS);
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(100);
	struct bag b = plain_mail(&arena, "view");
	uint64_t a, other, fai = 0;

	mailbox_ok(m, mailbox_begin(m));
	a = put_mail(m, inbox, "a");
	other = put_mail(m, drafts, "other");
	mailbox_ok(m, try_put(m, inbox, &b, &(struct message_options){ .associated = true }, &fai));
	struct import_read reads[] = { { a, true }, { other, true }, { fai, false }, { 999999, true } };
	bool was = look_at(m, fai, &arena).read;
	mailbox_ok(m, import_reads(m, inbox, reads, 4, &state));
	assert_true(look_at(m, a, &arena).read);
	assert_false(look_at(m, other, &arena).read);
	assert_int_equal(look_at(m, fai, &arena).read, was);
	assert_int_equal(idset_count(&state.read), 1);
	uint64_t ids[] = { a, other, 999999, a };
	mailbox_ok(m, import_deletions(m, inbox, ids, 4, DELETE_SOFT, &state));
	assert_true(look_at(m, a, &arena).deleted != 0);
	assert_true(idset_contains(&state.seen, &mailbox_identity(m)->replica, mailbox_last_cn(m)));
	assert_true(idset_equal(&state.seen, &state.seen_associated));
	assert_int_equal(look_at(m, other, &arena).deleted, 0);
	mailbox_ok(m, mailbox_commit(m));
	mailbox_refused(m, import_deletions(m, inbox, ids, 1, DELETE_SOFT, &state), ecInvalidParam);
	mailbox_close(m);
}

static void folders(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), subtree = role_folder(m, MAILBOX_IPM_SUBTREE), first = 0;
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(100);
	struct version v = version_new(), w = version_new();

	tick = TEST_NOW;
	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, mailbox_reserve_ids(m, 10, &first));
	version_step(&v, 0, 1);
	version_step(&w, 1, 1);
	struct import_folder a = { .id = first, .parent = inbox, .name = "A", .version = as_import(&v) };
	struct import_folder b = { .id = first + 1, .parent = first, .name = "B", .class_name = "IPF.Task", .version = as_import(&w) };
	mailbox_refused(m, import_folder(m, &b, &state), SYNC_E_NO_PARENT);
	mailbox_ok(m, import_folder(m, &a, &state));
	mailbox_ok(m, import_folder(m, &b, &state));
	assert_string_equal(look_at_folder(m, first + 1, &arena).class_name, "IPF.Task");
	assert_true(bytes_equal(look_at_folder(m, first, &arena).change_key, buf_bytes(&v.key)));
	mailbox_refused(m, import_folder(m, &a, &state), SYNC_E_IGNORE);
	/* Into itself; moved and renamed; in conflict with what the mailbox did, earlier and later. */
	version_step(&v, 0, 2);
	a.version = as_import(&v);
	a.parent = first + 1;
	mailbox_refused(m, import_folder(m, &a, &state), SYNC_E_CYCLE);
	a.parent = subtree;
	a.name = "Again";
	mailbox_ok(m, import_folder(m, &a, &state));
	struct folder f = look_at_folder(m, first, &arena);
	assert_string_equal(f.name, "Again");
	assert_int_equal(f.parent, subtree);
	assert_int_equal(f.modified, v.modified);
	assert_true(bytes_equal(f.change_key, buf_bytes(&v.key)));
	assert_int_equal(idset_count(&state.given), 2);
	assert_true(idset_contains(&state.seen, &mailbox_identity(m)->replica, f.cn));
	mailbox_ok(m, folder_rename(m, first, "Ours"));
	version_step(&v, 0, 3);
	a.version = as_import(&v);
	a.version.modified = 1;
	a.name = "Theirs";
	mailbox_ok(m, import_folder(m, &a, &state));
	f = look_at_folder(m, first, &arena);
	assert_string_equal(f.name, "Ours");
	assert_false(idset_contains(&state.seen, &mailbox_identity(m)->replica, f.cn));
	mailbox_refused(m, import_folder(m, &a, &state), SYNC_E_IGNORE);
	mailbox_ok(m, folder_rename(m, first, "Ours again"));
	version_step(&v, 0, 4);
	a.version = as_import(&v);
	a.version.modified = TEST_NOW + 1;
	mailbox_ok(m, import_folder(m, &a, &state));
	assert_string_equal(look_at_folder(m, first, &arena).name, "Theirs");
	/* Gone, with what is below; once more is no error, and it does not come back. */
	uint64_t ids[] = { first, first + 1, 999999 };
	mailbox_ok(m, import_folder_deletions(m, ids, 3, &state));
	assert_true(idset_is_empty(&state.given));
	version_step(&v, 0, 5);
	a.version = as_import(&v);
	mailbox_refused(m, import_folder(m, &a, &state), SYNC_E_OBJECT_DELETED);
	mailbox_refused(m, import_folder_deletions(m, &inbox, 1, &state), ecAccessDenied);
	mailbox_ok(m, mailbox_commit(m));
	version_free(&v);
	version_free(&w);
	mailbox_close(m);
}

static status upload_all(struct mailbox *m, uint64_t inbox, uint64_t deleted, const uint64_t *ids, struct version *v,
			 struct sync_state *state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct import_message im = case_of(inbox, ids[0], v);
	struct import_folder folder = { .id = ids[1], .parent = inbox, .name = "Folder", .version = as_import(v) };
	struct import_read read = { deleted, true };
	struct bag b = plain_mail(&arena, "mail");
	struct import_plan plan;
	uint64_t id = 0;
	status s = import_message(m, &im, &arena, &plan);

	if (!s)
		s = try_put(m, inbox, &b, &plan.options, &id);
	if (!s)
		s = import_message_done(m, &im, &plan, state);
	if (!s)
		s = import_reads(m, inbox, &read, 1, state);
	if (!s)
		s = import_deletions(m, inbox, &deleted, 1, DELETE_SOFT, state);
	if (!s)
		s = import_folder(m, &folder, state);
	return s ? s : mailbox_commit(m);
}

/* A full disk at each step of an upload: nothing of it has happened, and it works the next time. */
static void failing_steps(enum sql_engine e)
{
	struct mailbox *m = fresh_mailbox(e, NAME);
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), there, ids[2];
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct version v = version_new();
	bool done = false;
	unsigned n;

	version_step(&v, 0, 1);
	mailbox_ok(m, mailbox_begin(m));
	there = put_mail(m, inbox, "there");
	mailbox_ok(m, mailbox_reserve_ids(m, 2, &ids[0]));
	mailbox_ok(m, mailbox_commit(m));
	ids[1] = ids[0] + 1;
	for (n = 1; !done; n++) {
		CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(100);
		struct message_info info;

		mailbox_ok(m, mailbox_begin(m));
		sql_fail_after(n);
		status s = upload_all(m, inbox, there, ids, &v, &state);
		sql_fail_after(0);
		mailbox_rollback(m);
		done = !s;
		assert_true(done || s == ecDiskError);
		assert_int_equal(message_info(m, ids[0], &arena, &info), done ? ecNone : ecNotFound);
		info = look_at(m, there, &arena);
		assert_int_equal(info.deleted != 0, done);
		assert_int_equal(info.read, done);
		assert_int_equal(look_at_folder(m, inbox, &arena).children, done);
		assert_true(n < 200);
	}
	assert_true(n > 20);
	version_free(&v);
	mailbox_close(m);
}

ON_EACH(agreement)
ON_EACH(verdicts)
ON_EACH(moves)
ON_EACH(left_out)
ON_EACH(folders)
ON_EACH(failing_steps)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agreement), cmocka_unit_test(test_verdicts), cmocka_unit_test(test_moves),
		cmocka_unit_test(test_left_out),  cmocka_unit_test(test_folders), cmocka_unit_test(test_failing_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
