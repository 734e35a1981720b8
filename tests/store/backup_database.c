/*
 * Databases into parts, and parts into databases of the other engine: after each kind of change the chain of parts gives
 * every row of every table again.
 */
#include "mailboxes.h"

#include "store/backup_dump.h"
#include "store/backup_load.h"
#include "store/schema.h"

#include <inttypes.h>

#define CHAIN_MAX 24

struct chain {
	char path[CHAIN_MAX][600];
	unsigned n;
	uint64_t upto;
	struct backup_counts last;
};

static struct sql *open_engine(enum sql_engine e, const char *name)
{
	struct reason why = { "" };
	struct sql *db = NULL;

	if (engine_open(e, name, true, &db, &why))
		fail_msg("%s: %s", engine_name(e), why.text);
	return db;
}

#define ok(call)                                                                         \
	do {                                                                             \
		struct reason why = { "" };                                              \
		status ok_status_ = (call);                                              \
		if (ok_status_)                                                          \
			fail_msg("line %d: 0x%08x %s", __LINE__, ok_status_, why.text);  \
	} while (0)

/* What was changed since the last part. */
static void add_part(struct chain *c, enum sql_engine e, const char *name)
{
	CLEANUP_BACKUP_DB struct backup_db b = { 0 };
	CLEANUP_BACKUP_WRITER struct backup_writer *w = NULL;
	const struct backup_dump_options o = { .since = c->upto };
	struct backup_facts facts;
	struct backup_seal seal;
	struct backup_head head = { .kind = BACKUP_PART };

	assert_true(c->n < CHAIN_MAX);
	(void)snprintf(c->path[c->n], sizeof c->path[0], "%s-%u.part", scratch_path(name), c->n);
	ok(backup_db_open(open_engine(e, name), &b, &why));
	ok(backup_snapshot_begin(&b, &why));
	ok(backup_mailbox_facts(&b, &facts, &why));
	head.since = c->upto;
	head.upto = facts.upto;
	ok(backup_writer_new(c->path[c->n], &head, &w, &why));
	c->last = (struct backup_counts){ 0 };
	ok(backup_dump_mailbox(&b, &o, w, &c->last, &why));
	ok(backup_writer_finish(w, &seal, &why));
	backup_snapshot_end(&b);
	c->upto = facts.upto;
	c->n++;
}

static status try_restore(const struct chain *c, struct sql *db, struct reason *why)
{
	CLEANUP_BACKUP_DB struct backup_db b = { 0 };
	struct backup_seal seal;
	status s = schema_prepare(db, why);

	if (s) {
		sql_close(db);
		return s;
	}
	s = backup_db_open(db, &b, why);
	if (!s)
		s = sql_begin(db);
	if (!s)
		s = backup_load_begin(&b, why);
	for (unsigned i = 0; !s && i < c->n; i++) {
		CLEANUP_BACKUP_READER struct backup_reader *r = NULL;

		s = backup_reader_open(c->path[i], &r, why);
		if (!s)
			s = backup_load_part(&b, r, NULL, &seal, why);
	}
	if (!s)
		s = backup_load_finish(&b, why);
	if (!s)
		s = backup_load_end(&b, why);
	return s ? s : sql_commit(db);
}

static void same_value(const struct backup_table *t, size_t i, const struct sql_statement *x, const struct sql_statement *y)
{
	int at = (int)i;

	if (sql_is_null(x, at) != sql_is_null(y, at) ||
	    (t->columns[i].type == BACKUP_INTEGER ? sql_i64(x, at) != sql_i64(y, at) : !bytes_equal(sql_blob(x, at), sql_blob(y, at))))
		fail_msg("table %s, column %s: %" PRId64 " and %" PRId64 " (first column %" PRId64 ")", t->name, t->columns[i].name, sql_i64(x, at),
			 sql_i64(y, at), sql_i64(x, 0));
}

static void same_table(struct backup_db *a, struct backup_db *b, const struct backup_table *t)
{
	CLEANUP_BUF struct buf order = BUF_MAX(512);
	bool more_x = true, more_y = true;

	for (size_t i = 0; i < t->n; i++)
		buf_printf(&order, "%s%zu", i ? ", " : "", i + 1);
	/* It must live as long as both connections. */
	const char *text = arena_printf(&a->arena, "SELECT %s FROM \"%s\" ORDER BY %s", backup_columns_text(a, t), t->name, buf_cstr(&order));
	struct sql_statement *x = sql_prepare(a->db, text), *y = sql_prepare(b->db, text);
	for (unsigned rows = 0;; rows++) {
		assert_int_equal(sql_step(x, &more_x), 0);
		assert_int_equal(sql_step(y, &more_y), 0);
		if (more_x != more_y)
			fail_msg("table %s: %s has more than %u rows", t->name, more_x ? "the original" : "the copy", rows);
		if (!more_x)
			break;
		for (size_t i = 0; i < t->n; i++)
			same_value(t, i, x, y);
	}
	sql_done(x);
	sql_done(y);
}

static void same_tables(enum sql_engine e, const char *one, enum sql_engine f, const char *two)
{
	struct backup_db a, b;

	ok(backup_db_open(open_engine(e, one), &a, &why));
	ok(backup_db_open(open_engine(f, two), &b, &why));
	assert_int_equal(a.n, b.n);
	for (size_t i = 0; i < a.n; i++) {
		assert_string_equal(a.tables[i].name, b.tables[i].name);
		assert_int_equal(a.tables[i].n, b.tables[i].n);
		for (size_t k = 0; k < a.tables[i].n; k++) {
			assert_int_equal(a.tables[i].columns[k].mandatory, b.tables[i].columns[k].mandatory);
			assert_int_equal(a.tables[i].columns[k].key, b.tables[i].columns[k].key);
		}
		same_table(&a, &b, &a.tables[i]);
	}
	backup_db_close(&b);
	backup_db_close(&a);
}

/* The chain so far, carried out on the other engine when it is here. */
static void restores(const struct chain *c, enum sql_engine e, const char *name)
{
	enum sql_engine other = e == SQL_SQLITE ? SQL_POSTGRES : SQL_SQLITE;
	struct reason why = { "" };

	if (!engine_here(other))
		other = e;
	engine_drop(other, "backup_copy");
	if (try_restore(c, open_engine(other, "backup_copy"), &why))
		fail_msg("%s", why.text);
	same_tables(e, name, other, "backup_copy");
	engine_drop(other, "backup_copy");
}

static void forget(struct chain *c)
{
	for (unsigned i = 0; i < c->n; i++)
		(void)unlink(c->path[i]);
}

/* A mail with a text that stands in pieces. */
static uint64_t put_long(struct mailbox *m, uint64_t folder, size_t size)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)64 << 20);
	struct bag b = plain_mail(&arena, "A long one");
	uint8_t *body = arena_zalloc(&arena, size);
	uint64_t id = 0;

	assert_non_null(body);
	for (size_t i = 0; i < size; i++)
		body[i] = (uint8_t)(i * 2654435761u >> 13);
	assert_int_equal(bag_set_bytes(&b, PidTagHtml, bytes_of(body, size)), 0);
	mailbox_ok(m, try_put(m, folder, &b, NULL, &id));
	return id;
}

struct stage {
	struct mailbox *m;
	uint64_t inbox, drafts, ids[12], folder;
};

static void stage_first(struct stage *s)
{
	for (unsigned i = 0; i < 10; i++) {
		char subject[32];

		(void)snprintf(subject, sizeof subject, "Mail %u \xc3\xa4", i);
		s->ids[i] = put_mail(s->m, s->inbox, subject);
	}
	s->ids[10] = put_long(s->m, s->inbox, 5000000);
	mailbox_ok(s->m, folder_create(s->m, s->inbox, "Projects", NULL, &s->folder));
	s->ids[11] = put_long(s->m, s->folder, 70000);
}

static void stage_read(struct stage *s)
{
	mailbox_ok(s->m, message_set_read(s->m, s->ids[0], true));
	mailbox_ok(s->m, message_set_read(s->m, s->ids[10], true));
}

static void stage_move(struct stage *s)
{
	uint64_t moved;

	mailbox_ok(s->m, message_move(s->m, s->ids[1], s->drafts, &moved));
	mailbox_ok(s->m, message_move(s->m, moved, s->inbox, &s->ids[1]));
	mailbox_ok(s->m, message_copy(s->m, s->ids[10], s->drafts, &moved));
}

static void stage_change(struct stage *s)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	const uint16_t body = tag_id(PidTagHtml);
	struct prop_name name = { .lid = 0x8501 };
	uint16_t id;
	struct bag b;

	name.set.b[3] = 7;
	mailbox_ok(s->m, mailbox_name_id(s->m, &name, &id));
	bag_init(&b, &arena);
	assert_int_equal(bag_set_text(&b, PidTagSubject, "Another subject"), 0);
	assert_int_equal(bag_set_u32(&b, tag_make(id, PT_LONG), 42), 0);
	mailbox_ok(s->m, message_set(s->m, s->ids[2], &b, NULL, 0));
	mailbox_ok(s->m, message_set(s->m, s->ids[11], &b, &body, 1));
}

static void stage_delete_softly(struct stage *s)
{
	for (unsigned i = 2; i < 6; i++)
		mailbox_ok(s->m, message_delete(s->m, s->ids[i], DELETE_SOFT));
}

static void stage_purge(struct stage *s)
{
	/* One for good that was deleted softly, one that was not, one back, one back elsewhere. */
	mailbox_ok(s->m, message_delete(s->m, s->ids[2], DELETE_HARD));
	mailbox_ok(s->m, message_delete(s->m, s->ids[10], DELETE_HARD));
	mailbox_ok(s->m, message_restore(s->m, s->ids[3], 0));
	mailbox_ok(s->m, message_restore(s->m, s->ids[4], s->drafts));
}

static void stage_folder(struct stage *s)
{
	mailbox_ok(s->m, folder_delete(s->m, s->folder));
	mailbox_ok(s->m, folder_create(s->m, s->inbox, "Other", NULL, &s->folder));
	put_mail(s->m, s->folder, "In the other folder");
}

/* Changed, then deleted softly, within one part. */
static void stage_both(struct stage *s)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct bag b;

	bag_init(&b, &arena);
	assert_int_equal(bag_set_text(&b, PidTagSubject, "Changed at last"), 0);
	mailbox_ok(s->m, message_set(s->m, s->ids[6], &b, NULL, 0));
	mailbox_ok(s->m, message_delete(s->m, s->ids[6], DELETE_SOFT));
	mailbox_ok(s->m, message_delete(s->m, put_mail(s->m, s->inbox, "Short-lived"), DELETE_SOFT));
	mailbox_ok(s->m, message_delete(s->m, put_mail(s->m, s->inbox, "Shorter"), DELETE_HARD));
}

/* A table that is made when it is first needed, as imports do. */
static void stage_table(struct stage *s)
{
	struct sql *db = mailbox_sql(s->m);

	assert_int_equal(sql_execute(db, "CREATE TABLE later (b INTEGER NOT NULL, a TEXT NOT NULL, c BLOB, PRIMARY KEY (a, b)) STRICT;"
					 "INSERT INTO later (b, a, c) VALUES (1, 'one', NULL); INSERT INTO later (b, a, c) VALUES (2, '', NULL)"),
			 0);
}

static void stage_nothing(struct stage *s)
{
	(void)s;
}

static void every_change(enum sql_engine e)
{
	static void (*const stages[])(struct stage *) = { stage_nothing, stage_first,	     stage_read,  stage_move,	stage_change,
							  stage_delete_softly, stage_purge, stage_folder, stage_both,  stage_table, stage_nothing };
	struct chain c = { .n = 0 };
	struct stage s = { .m = NULL };

	engine_drop(e, "backup_from");
	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
		s.m = open_mailbox(e, "backup_from");
		s.inbox = role_folder(s.m, MAILBOX_INBOX);
		s.drafts = role_folder(s.m, MAILBOX_DRAFTS);
		mailbox_ok(s.m, mailbox_begin(s.m));
		stages[i](&s);
		mailbox_ok(s.m, mailbox_commit(s.m));
		mailbox_close(s.m);
		add_part(&c, e, "backup_from");
		restores(&c, e, "backup_from");
	}
	/* Nothing changed: only what is written whole each time, and what was deleted softly, is in it. */
	assert_int_equal(c.last.erased, 0);
	assert_true(c.last.bytes < 10000);
	/* A first part of all of it gives the same. */
	struct chain whole = { .n = 0 };
	add_part(&whole, e, "backup_from");
	restores(&whole, e, "backup_from");
	forget(&whole);
	forget(&c);
	engine_drop(e, "backup_from");
}

/* Many messages, so that every page has a next one. */
static void many_messages(enum sql_engine e)
{
	struct chain c = { .n = 0 };
	uint64_t ids[1100], moved;
	struct mailbox *m = fresh_mailbox(e, "backup_many");
	uint64_t inbox = role_folder(m, MAILBOX_INBOX), drafts = role_folder(m, MAILBOX_DRAFTS);

	mailbox_ok(m, mailbox_begin(m));
	for (unsigned i = 0; i < 1100; i++)
		ids[i] = put_mail(m, inbox, "One of many");
	mailbox_ok(m, mailbox_commit(m));
	mailbox_close(m);
	add_part(&c, e, "backup_many");
	assert_int_equal(c.last.messages, 1100);
	m = open_mailbox(e, "backup_many");
	mailbox_ok(m, mailbox_begin(m));
	for (unsigned i = 0; i < 1100; i++) {
		if (i % 3 == 0)
			mailbox_ok(m, message_move(m, ids[i], drafts, &moved));
		else if (i % 3 == 1)
			mailbox_ok(m, message_delete(m, ids[i], DELETE_SOFT));
		else
			mailbox_ok(m, message_set_read(m, ids[i], true));
	}
	mailbox_ok(m, mailbox_commit(m));
	mailbox_close(m);
	add_part(&c, e, "backup_many");
	restores(&c, e, "backup_many");
	forget(&c);
	engine_drop(e, "backup_many");
}

/* While others write: what they commit after the snapshot is not in it, and the snapshot is whole. */
static void snapshot(enum sql_engine e)
{
	CLEANUP_BACKUP_DB struct backup_db b = { 0 };
	struct mailbox *m = fresh_mailbox(e, "backup_busy");
	uint64_t inbox = role_folder(m, MAILBOX_INBOX);
	struct backup_facts before, during, after;
	struct sql *db = NULL;
	struct reason words = { "" };

	mailbox_ok(m, mailbox_begin(m));
	put_mail(m, inbox, "Before");
	mailbox_ok(m, mailbox_commit(m));
	assert_int_equal(engine_open(e, "backup_busy", SQL_READ, &db, &words), 0);
	/* It reads, and nothing else. */
	if (e == SQL_SQLITE)
		assert_int_not_equal(sql_execute(db, "DELETE FROM message"), 0);
	ok(backup_db_open(db, &b, &why));
	ok(backup_snapshot_begin(&b, &why));
	ok(backup_mailbox_facts(&b, &before, &why));
	mailbox_ok(m, mailbox_begin(m));
	put_mail(m, inbox, "Meanwhile");
	mailbox_ok(m, mailbox_commit(m));
	ok(backup_mailbox_facts(&b, &during, &why));
	backup_snapshot_end(&b);
	ok(backup_mailbox_facts(&b, &after, &why));
	assert_int_equal(before.messages, 1);
	assert_int_equal(during.messages, 1);
	assert_int_equal(during.upto, before.upto);
	assert_int_equal(after.messages, 2);
	backup_db_close(&b);
	mailbox_close(m);
	engine_drop(e, "backup_busy");
}

/* What is damaged, or of another version, changes nothing. */
static void refused(enum sql_engine e)
{
	struct chain c = { .n = 0 };
	struct mailbox *m = fresh_mailbox(e, "backup_bad");
	struct reason why = { "" };
	FILE *f;

	mailbox_ok(m, mailbox_begin(m));
	put_long(m, role_folder(m, MAILBOX_INBOX), 3000000);
	mailbox_ok(m, mailbox_commit(m));
	mailbox_close(m);
	add_part(&c, e, "backup_bad");
	f = fopen(c.path[0], "r+b");
	assert_non_null(f);
	assert_int_equal(fseek(f, -2000, SEEK_END), 0);
	assert_int_equal(fputc(0x5A, f), 0x5A);
	assert_int_equal(fputc(0xA5, f), 0xA5);
	assert_int_equal(fclose(f), 0);
	engine_drop(e, "backup_copy");
	assert_int_equal(try_restore(&c, open_engine(e, "backup_copy"), &why), ecCorruptData);
	assert_non_null(strstr(why.text, c.path[0]));
	assert_non_null(strstr(why.text, "at byte"));
	/* Still no mailbox in it: the next who opens it gets a new one. */
	m = open_mailbox(e, "backup_copy");
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	assert_int_equal(look_at_folder(m, role_folder(m, MAILBOX_INBOX), &arena).items, 0);
	mailbox_close(m);
	engine_drop(e, "backup_copy");
	forget(&c);
	engine_drop(e, "backup_bad");
}

static void test_every_change(void **state)
{
	(void)state;
	on_each_engine(every_change);
}

static void test_many(void **state)
{
	(void)state;
	on_each_engine(many_messages);
}

static void test_snapshot(void **state)
{
	(void)state;
	on_each_engine(snapshot);
}

static void test_refused(void **state)
{
	(void)state;
	on_each_engine(refused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_change),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_snapshot),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
