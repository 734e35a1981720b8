/* store/check: each kind of damage is found, said, and mended; what is sound is left alone. */
#include "mailboxes.h"

#include <sqlite3.h>

#include "store/check.h"

#define NAME "checked"

struct findings {
	unsigned n;
	char last[600];
	bool repaired;
};

static void note(void *context, const struct mailbox_finding *f)
{
	struct findings *all = context;

	all->n++;
	all->repaired = f->repaired;
	(void)snprintf(all->last, sizeof all->last, "%s", f->text);
}

static struct mailbox_check_summary look(struct mailbox *m, bool repair, struct findings *found)
{
	struct mailbox_check_options options = { .repair = repair, .found = note, .context = found };
	struct mailbox_check_summary s = { .folders = 0 };
	struct reason why = { "" };

	memset(found, 0, sizeof *found);
	if (mailbox_check(m, &options, &s, &why))
		fail_msg("%s", why.text);
	return s;
}

static void assert_sound(struct mailbox *m)
{
	struct findings found;
	struct mailbox_check_summary s = look(m, false, &found);

	if (!mailbox_sound(&s))
		fail_msg("not sound: %s", found.last);
}

static void put_attachment(struct mailbox *m, struct item_sink *s, struct arena *arena)
{
	static const uint8_t chunk[50000] = { 1, 2, 3 };
	struct prop p = { .tag = PidTagAttachDataBinary, .flags = PROP_LARGE, .count = 1, .size = 3 * sizeof chunk };
	struct bag a;

	bag_init(&a, arena);
	assert_non_null(bag_append(&a, &p));
	mailbox_ok(m, item_attachment_begin(s, &(struct attachment_event){ .props = &a }));
	mailbox_ok(m, item_value_begin(s, &p));
	for (unsigned i = 0; i < 3; i++)
		mailbox_ok(m, item_value_chunk(s, bytes_of(chunk, sizeof chunk)));
	mailbox_ok(m, item_value_end(s, true));
	mailbox_ok(m, item_attachment_end(s));
}

/* A mailbox with what there is to be damaged; the message with an attachment. */
static struct mailbox *build(enum sql_engine e, uint64_t *message)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct mailbox *m = fresh_mailbox(e, NAME);
	struct prop_name name = { .set = { { 3 } }, .lid = 5 };
	struct bag b = plain_mail(&arena, "with attachment");
	struct message_writer *w = NULL;
	struct item_result result;
	uint64_t folder = 0, moved = 0;
	uint16_t id = 0;

	mailbox_ok(m, mailbox_begin(m));
	mailbox_ok(m, mailbox_name_id(m, &name, &id));
	assert_int_equal(bag_set_u32(&b, tag_make(id, PT_LONG), 1), 0);
	mailbox_ok(m, folder_create(m, role_folder(m, MAILBOX_INBOX), "projects", NULL, &folder));
	mailbox_ok(m, message_writer_new(m, folder, NULL, &w));
	mailbox_ok(m, item_message_begin(message_writer_sink(w), &(struct message_event){ .props = &b }));
	put_attachment(m, message_writer_sink(w), &arena);
	mailbox_ok(m, item_message_end(message_writer_sink(w), &result));
	mailbox_ok(m, message_writer_finish(w, message));
	message_writer_free(w);
	for (unsigned i = 0; i < 5; i++)
		moved = put_mail(m, role_folder(m, MAILBOX_INBOX), "plain");
	mailbox_ok(m, message_set_read(m, moved, true));
	mailbox_ok(m, message_move(m, moved, folder, &moved));
	mailbox_ok(m, message_delete(m, moved, DELETE_SOFT));
	mailbox_ok(m, mailbox_commit(m));
	return m;
}

struct damage {
	const char *sql; /* $1: the message with the attachment */
	enum mailbox_check_kind kind;
	bool lossless;
	const char *words;
};

static const struct damage damages[] = {
	{ "UPDATE folder SET items = items + 1 WHERE role = 5 AND id <> $1", MAILBOX_CHECK_COUNTERS, true, "says 5 items, there are 4" },
	{ "UPDATE folder SET deleted_size = 0 WHERE id <> $1", MAILBOX_CHECK_COUNTERS, true, "deleted bytes" },
	{ "UPDATE folder SET parent = 999999 WHERE name = 'projects' AND id <> $1", MAILBOX_CHECK_ORPHAN, true, "nowhere below the root" },
	{ "UPDATE folder SET parent = id WHERE name = 'projects' AND id <> $1", MAILBOX_CHECK_ORPHAN, true, "nowhere below the root" },
	{ "UPDATE message SET folder = 999999 WHERE id = $1", MAILBOX_CHECK_ORPHAN, true, "is gone; the message goes to" },
	{ "INSERT INTO content (id, checksum, body) SELECT id + 500000, checksum, body FROM content WHERE id = $1", MAILBOX_CHECK_ORPHAN, true,
	  "belongs to nothing" },
	{ "INSERT INTO piece (content, seq, part, data) SELECT content + 500000, seq, part, data FROM piece WHERE content = $1",
	  MAILBOX_CHECK_ORPHAN, true, "belongs to nothing" },
	{ "UPDATE message SET subject = 'other' WHERE id = $1", MAILBOX_CHECK_COLUMNS, true, "otherwise than it is" },
	{ "UPDATE message SET size = 7 WHERE id = $1", MAILBOX_CHECK_COLUMNS, true, "otherwise than it is" },
	{ "UPDATE content SET checksum = checksum + 1 WHERE id = $1", MAILBOX_CHECK_CONTENT, false, "is not what was written" },
	{ "DELETE FROM content WHERE id = $1", MAILBOX_CHECK_CONTENT, false, "is gone; what lists show of it is kept" },
	{ "DELETE FROM large WHERE content = $1", MAILBOX_CHECK_CONTENT, false, "cannot be read to its end" },
	{ "DELETE FROM piece WHERE content = $1 AND part = 1", MAILBOX_CHECK_CONTENT, false, "what is missing becomes zeros" },
	{ "UPDATE large SET checksum = 5 WHERE content = $1", MAILBOX_CHECK_CONTENT, false, "the checksum of a large value is another" },
	{ "UPDATE large SET place = 3 WHERE content = $1", MAILBOX_CHECK_CONTENT, false, "cannot be read to its end" },
	{ "UPDATE message SET cn = 99999999 WHERE id = $1", MAILBOX_CHECK_IDS, true, "below an id that is in use" },
	{ "DELETE FROM fts_doc WHERE message = $1", MAILBOX_CHECK_WORDS, true, "does not know 1 messages" },
};

static void damage(struct mailbox *m, const char *text, uint64_t id)
{
	struct sql_statement *s = sql_prepare(mailbox_sql(m), text);

	sql_bind_i64(s, 1, (int64_t)id);
	if (sql_run(s))
		fail_msg("%s: %s", text, sql_failure(mailbox_sql(m)));
}

static void each_damage(enum sql_engine e)
{
	for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
		const struct damage *d = &damages[i];
		struct findings found;
		uint64_t id = 0;
		struct mailbox *m = build(e, &id);

		assert_sound(m);
		damage(m, d->sql, id);
		struct mailbox_check_summary s = look(m, false, &found);
		if (!s.findings[d->kind])
			fail_msg("%s: not found (%s)", d->sql, found.last);
		assert_int_equal(s.repaired, 0);
		assert_int_equal(s.incomplete > 0, !d->lossless);
		s = look(m, true, &found);
		assert_true(s.repaired > 0);
		assert_true(found.repaired);
		assert_sound(m);
		/* It holds when it is opened again. */
		mailbox_close(m);
		m = open_mailbox(e, NAME);
		assert_sound(m);
		s = look(m, false, &found);
		assert_int_equal(s.messages, 6);
		mailbox_close(m);
	}
	engine_drop(e, NAME);
}

static void damage_is_found_and_mended(void **state)
{
	(void)state;
	on_each_engine(each_damage);
}

/* The words say what it is. */
static void words_on(enum sql_engine e)
{
	for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
		struct mailbox_check_options options = { .found = note };
		struct mailbox_check_summary s;
		struct findings found = { .n = 0 };
		uint64_t id = 0;
		struct mailbox *m = build(e, &id);

		damage(m, damages[i].sql, id);
		options.context = &found;
		assert_int_equal(mailbox_check(m, &options, &s, NULL), 0);
		/* The first of its kind may be followed by what comes of it. */
		if (found.n == 1 && !strstr(found.last, damages[i].words))
			fail_msg("\"%s\" does not say \"%s\"", found.last, damages[i].words);
		mailbox_close(m);
	}
	engine_drop(e, NAME);
}

static void findings_are_words(void **state)
{
	(void)state;
	on_each_engine(words_on);
}

/* SQLite's index of words has a check of its own; damage to it is mended before it makes a commit fail. */
static void index_is_made_anew(void **state)
{
	struct findings found;
	uint64_t id = 0;
	struct mailbox *m = build(SQL_SQLITE, &id);
	sqlite3 *db;

	(void)state;
	mailbox_close(m);
	/* Our own connections may not touch these tables. */
	assert_int_equal(sqlite3_open(scratch_path(NAME), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "UPDATE fts_word_data SET block = x'00000001' WHERE id > 10", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	m = open_mailbox(SQL_SQLITE, NAME);
	struct mailbox_check_summary s = look(m, false, &found);
	assert_int_equal(s.findings[MAILBOX_CHECK_WORDS], 1);
	assert_non_null(strstr(found.last, "the index of words is damaged"));
	s = look(m, true, &found);
	assert_int_equal(s.repaired, 1);
	assert_sound(m);
	mailbox_close(m);
	engine_drop(SQL_SQLITE, NAME);
}

/* A list of names that was lost is learned again from the messages. */
static void names_on(enum sql_engine e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct prop_name name = { .set = { { 3 } }, .lid = 5 };
	struct findings found;
	struct bag got;
	uint64_t id = 0;
	uint16_t named = 0;
	struct mailbox *m = build(e, &id);

	damage(m, "DELETE FROM name WHERE id <> $1", 1);
	mailbox_close(m);
	m = open_mailbox(e, NAME);
	struct mailbox_check_summary s = look(m, false, &found);
	assert_int_equal(s.findings[MAILBOX_CHECK_NAMES], 1);
	bag_init(&got, &arena);
	assert_int_equal(message_props(m, id, &got), ecCorruptData);
	s = look(m, true, &found);
	assert_int_equal(s.incomplete, 0);
	assert_sound(m);
	mailbox_close(m);
	m = open_mailbox(e, NAME);
	named = name_map_id(mailbox_names(m), &name);
	bag_init(&got, &arena);
	mailbox_ok(m, message_props(m, id, &got));
	assert_int_equal(bag_u32(&got, named, 0), 1);
	mailbox_close(m);
	engine_drop(e, NAME);
}

static void names_are_learned(void **state)
{
	(void)state;
	on_each_engine(names_on);
}

/* Every byte of a content in turn: reading says so, check finds it, repair leaves a mailbox that is sound. */
static void every_byte(void **state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(1 << 20);
	struct findings found;
	uint64_t id = 0;
	struct mailbox *m = build(SQL_SQLITE, &id);
	struct sql *db = mailbox_sql(m);
	bool row = false;

	(void)state;
	struct sql_statement *s = sql_prepare(db, "SELECT body FROM content WHERE id = $1");
	sql_bind_i64(s, 1, (int64_t)id);
	assert_int_equal(sql_step(s, &row), 0);
	struct bytes body = sql_blob(s, 0);
	uint8_t *copy = arena_memdup(&arena, body.p, body.n);
	sql_done(s);
	for (size_t i = 0; i < body.n; i++) {
		struct bag got;

		copy[i] ^= 0x41;
		s = sql_prepare(db, "UPDATE content SET body = $1 WHERE id = $2");
		sql_bind_blob(s, 1, bytes_of(copy, body.n));
		sql_bind_i64(s, 2, (int64_t)id);
		assert_int_equal(sql_run(s), 0);
		copy[i] ^= 0x41;
		bag_init(&got, &arena);
		struct arena_mark mark = arena_mark(&arena);
		assert_int_equal(message_props(m, id, &got), ecCorruptData);
		arena_rewind(&arena, mark);
		/* Its checksum is made right: now only the stream itself can tell. Nothing but a clear answer may come. */
		(void)look(m, true, &found);
		assert_sound(m);
		mailbox_close(m);
		m = build(SQL_SQLITE, &id);
		db = mailbox_sql(m);
		i += 6;
	}
	mailbox_close(m);
	engine_drop(SQL_SQLITE, NAME);
}

/* Pages of the file itself are overwritten: opening or checking says so, and nothing falls over. */
static void damaged_file(void **state)
{
	char path[512];
	unsigned noticed = 0;

	(void)state;
	(void)snprintf(path, sizeof path, "%s", scratch_path(NAME));
	for (long page = 0; page < 40; page++) {
		struct reason why = { "" };
		struct findings found = { .n = 0 };
		struct mailbox_check_options options = { .found = note, .context = &found };
		struct mailbox_check_summary s;
		uint64_t id = 0;
		uint8_t junk[8192];

		mailbox_close(build(SQL_SQLITE, &id));
		FILE *f = fopen(path, "r+b");
		assert_non_null(f);
		(void)fseek(f, 0, SEEK_END);
		long pages = ftell(f) / 8192;
		memset(junk, 0x5A, sizeof junk);
		if (page < pages) {
			(void)fseek(f, page * 8192, SEEK_SET);
			assert_int_equal(fwrite(junk, 1, sizeof junk, f), sizeof junk);
		}
		(void)fclose(f);
		if (page >= pages)
			break;
		struct mailbox *m = NULL;
		if (try_mailbox(SQL_SQLITE, NAME, &m, &why)) {
			assert_true(why.text[0]);
			noticed++;
			continue;
		}
		status st = mailbox_check(m, &options, &s, &why);
		noticed += st || found.n;
		mailbox_close(m);
	}
	engine_drop(SQL_SQLITE, NAME);
	assert_true(noticed > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damage_is_found_and_mended), cmocka_unit_test(findings_are_words), cmocka_unit_test(names_are_learned),
		cmocka_unit_test(index_is_made_anew),
		cmocka_unit_test(every_byte),		      cmocka_unit_test(damaged_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
