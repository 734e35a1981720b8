/*
 * The disk under a mailbox fails: at each write, each fsync, each truncation of some work, once or from there on; it is
 * full after so many bytes; the power goes.  The failure is told in words, what was acknowledged stays, the mailbox goes
 * on once the disk does, and is sound.
 *
 *   POSTERN_TORTURE=1        try every place
 *   POSTERN_TORTURE_STRIDE   try only each so-manyth place (3; 23 with sanitizers)
 */
#include "busy.h"
#include "faulty_vfs.h"
#include "torture.h"

#include "store/check.h"

#include <sys/stat.h>

#define TRANSACTIONS 8
#define OPS 3
#define STRIDE (SANITIZED ? 23 : 3)

/* A fault, at some place of the work. */
struct trouble {
	const char *what;
	enum fault fault; /* FAULT_NONE: the n-th statement fails, whatever the engine */
	bool lasts;
	uint64_t first, step; /* the places */
	bool full;            /* it is told as a full disk */
};

struct work {
	enum sql_engine engine;
	const struct trouble *trouble;
	bool fill; /* SQLite: without a log (sql_fill) */
	uint64_t place, random;
	bool struck;
	struct busy known, maybe; /* acknowledged; with the transaction that failed */
	bool pending;
};

/* PostgreSQL is asked less often: its own way to fail is that of the statement, not of a disk. */
static uint64_t stride(enum sql_engine e)
{
	const char *text = getenv("POSTERN_TORTURE_STRIDE");
	uint64_t n = text ? strtoull(text, NULL, 10) : torture_all() ? 1 : STRIDE;

	return (n ? n : 1) * (e == SQL_POSTGRES ? 6 : 1);
}

/* The trouble ------------------------------------------------------------------------------------------------------ */

static void arm(struct work *w)
{
	if (w->trouble->fault == FAULT_NONE)
		sql_fail_after((unsigned)w->place);
	else
		faulty_vfs_arm(w->trouble->fault, w->place, w->trouble->lasts);
}

static void heal(struct work *w)
{
	w->struck = w->struck || faulty_vfs_struck();
	sql_fail_after(0);
	faulty_vfs_heal();
}

/* A failure is the disk's, and says so. */
static void expect_told(struct work *w, status s, const char *words)
{
	const struct trouble *t = w->trouble;

	w->struck = w->struck || t->fault == FAULT_NONE || faulty_vfs_struck();
	if (!w->struck || s != ecDiskError || !strstr(words, t->fault == FAULT_NONE ? "no space" : t->full ? "full" : "I/O error"))
		fail_msg("%s, at %llu: 0x%08x \"%s\" is no clear answer", t->what, (unsigned long long)w->place, s, words);
}

static void wrong(const struct work *w, const char *when, const char *words)
{
	fail_msg("%s, %s at %llu, %s: %s", engine_name(w->engine), w->trouble->what, (unsigned long long)w->place, when, words);
}

/* The work --------------------------------------------------------------------------------------------------------- */

static status transaction(struct mailbox *m, struct work *w)
{
	status s = mailbox_begin(m);

	w->maybe = w->known;
	w->pending = true;
	for (unsigned i = 0; !s && i < OPS; i++) {
		struct busy_op op = busy_choose(&w->maybe, &w->random, 14);

		s = busy_do(m, &op);
		if (!s)
			busy_apply(&w->maybe, &op);
	}
	if (!s)
		s = mailbox_commit(m);
	if (!s) {
		w->known = w->maybe;
		w->pending = false;
	}
	return s;
}

static void expect_known(struct work *w, struct mailbox *m, const char *when)
{
	struct reason why = { "" };

	if (!busy_same(m, &w->known, &why))
		wrong(w, when, why.text);
}

/* All of it, as if nothing had been, on the same handle. */
static void go_on(struct work *w, struct mailbox *m, unsigned from)
{
	expect_known(w, m, "after the failure");
	for (unsigned i = from; i < TRANSACTIONS; i++)
		if (transaction(m, w))
			wrong(w, "once it is healed", mailbox_failure(m));
	expect_known(w, m, "at the end");
}

static bool power_goes(const struct work *w)
{
	return w->trouble->fault == FAULT_POWER;
}

/* Every second time whoever has it open gives up at the failure. */
static void work_until_it_fails(struct work *w, struct mailbox *m)
{
	for (unsigned i = 0; i < TRANSACTIONS; i++) {
		uint64_t random = w->random;
		status s = transaction(m, w);

		if (!s)
			continue;
		expect_told(w, s, mailbox_failure(m));
		mailbox_rollback(m);
		if (power_goes(w) || w->fill || w->place % 2)
			return;
		heal(w);
		w->random = random;
		go_on(w, m, i);
		return;
	}
}

static void tell_finding(void *context, const struct mailbox_finding *f)
{
	print_message("# %s: %s\n", (const char *)context, f->text);
}

static void expect_sound(struct work *w, struct mailbox *m)
{
	struct mailbox_check_options o = { .found = tell_finding, .context = (void *)(uintptr_t)w->trouble->what };
	struct mailbox_check_summary sum;
	struct reason why = { "" };

	if (mailbox_check(m, &o, &sum, &why))
		wrong(w, "check", why.text);
	if (!mailbox_sound(&sum))
		wrong(w, "check", "it finds something");
}

/* Opened again: what was acknowledged is there, and what was not is there whole or not at all. */
static void expect_kept(struct work *w)
{
	struct reason why = { "" }, otherwise = { "" };
	struct mailbox *m = NULL;

	if (try_mailbox(w->engine, "disk", &m, &why))
		wrong(w, "opened again", why.text);
	expect_sound(w, m);
	if (!busy_same(m, &w->known, &why) && !(w->pending && busy_same(m, &w->maybe, &otherwise)))
		wrong(w, "opened again", why.text);
	mailbox_close(m);
}

/* Templates ----------------------------------------------------------------------------------------------------------- */

/* A mailbox that somebody used, and what is in it. */
struct template {
	struct busy known;
	struct buf file; /* of SQLite */
};

static void read_file(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p;

	assert_non_null(f);
	while ((p = buf_extend(out, 65536)) != NULL) {
		size_t n = fread(p, 1, 65536, f);

		buf_truncate(out, out->n - 65536 + n);
		if (n < 65536)
			break;
	}
	assert_false(out->failed);
	(void)fclose(f);
}

static void write_file(const char *path, struct bytes data)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fchmod(fileno(f), 0600), 0);
	assert_int_equal(fwrite(data.p, 1, data.n, f), data.n);
	assert_int_equal(fclose(f), 0);
}

static void make_template(struct template *t, enum sql_engine e)
{
	const struct trouble none = { .what = "nothing" };
	struct work *w = test_malloc(sizeof *w);
	struct mailbox *m = fresh_mailbox(e, "disk");

	*w = (struct work){ .engine = e, .trouble = &none, .random = 11 };
	busy_begin(&w->known, m);
	for (unsigned i = 0; i < 6; i++)
		mailbox_ok(m, transaction(m, w));
	mailbox_close(m);
	t->known = w->known;
	test_free(w);
	buf_init(&t->file, (size_t)64 << 20);
	if (e == SQL_SQLITE)
		read_file(scratch_path("disk"), &t->file);
}

/* PostgreSQL goes on with what is there: no file stands for it. */
static void restore(const struct template *t, struct work *w)
{
	if (w->engine != SQL_SQLITE)
		return;
	engine_drop(w->engine, "disk");
	write_file(scratch_path("disk"), buf_bytes(&t->file));
	w->known = t->known;
}

/* Pages go from the log into the file all the time, not only when it is closed; without a log, in the middle of a transaction too. */
static status write_often(struct work *w, struct mailbox *m)
{
	if (w->fill) {
		sql_fill(mailbox_sql(m), true);
		sql_fill_flush(mailbox_sql(m));
		return sql_execute(mailbox_sql(m), "PRAGMA cache_size = 12");
	}
	return w->engine == SQL_SQLITE ? sql_execute(mailbox_sql(m), "PRAGMA wal_autocheckpoint = 24") : ecNone;
}

/* Everything, with the trouble at one place. */
static void once(const struct template *t, struct work *w)
{
	struct reason why = { "" };
	struct mailbox *m = NULL;
	status s;

	w->struck = w->pending = false;
	w->random = 5;
	restore(t, w);
	if (power_goes(w))
		faulty_vfs_power_begin();
	arm(w);
	s = try_mailbox(w->engine, "disk", &m, &why);
	if (!s)
		s = write_often(w, m);
	if (s)
		expect_told(w, s, m ? sql_failure(mailbox_sql(m)) : why.text);
	else
		work_until_it_fails(w, m);
	mailbox_close(m);
	heal(w);
	if (power_goes(w))
		faulty_vfs_power_cut(w->place);
	expect_kept(w);
}

static void everywhere(enum sql_engine e, const struct trouble *trouble, bool fill)
{
	struct template *t = test_malloc(sizeof *t);
	struct work *w = test_malloc(sizeof *w);
	unsigned places = 0;

	make_template(t, e);
	*w = (struct work){ .engine = e, .trouble = trouble, .fill = fill, .place = trouble->first, .known = t->known };
	do {
		once(t, w);
		places++;
		w->place += trouble->step * stride(e);
	} while (w->struck);
	print_message("# %s%s, %s: at %u places\n", engine_name(e), fill ? ", being filled" : "", trouble->what, places - 1);
	assert_true(places > 1);
	buf_free(&t->file);
	engine_drop(e, "disk");
	test_free(t);
	test_free(w);
}

/* A mailbox is made while the disk fails: it is not there, or there whole, and can be made afterwards. */
static void made_once(struct work *w)
{
	struct reason why = { "" };
	struct mailbox *m = NULL;
	status s;

	w->struck = false;
	engine_drop(w->engine, "disk");
	if (power_goes(w))
		faulty_vfs_power_begin();
	arm(w);
	s = try_mailbox(w->engine, "disk", &m, &why);
	if (s)
		expect_told(w, s, why.text);
	mailbox_close(m);
	heal(w);
	if (power_goes(w))
		faulty_vfs_power_cut(w->place);
	if (try_mailbox(w->engine, "disk", &m, &why))
		wrong(w, "made again", why.text);
	expect_sound(w, m);
	busy_begin(&w->known, m);
	expect_known(w, m, "made again");
	mailbox_close(m);
}

static void made_everywhere(enum sql_engine e, const struct trouble *trouble)
{
	struct work *w = test_malloc(sizeof *w);

	*w = (struct work){ .engine = e, .trouble = trouble, .place = trouble->first };
	do {
		made_once(w);
		w->place += trouble->step * stride(e);
	} while (w->struck);
	assert_true(w->place > trouble->first + trouble->step * stride(e));
	engine_drop(e, "disk");
	test_free(w);
}

/* The tests ----------------------------------------------------------------------------------------------------------- */

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void on_sqlite(const struct trouble *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		everywhere(SQL_SQLITE, &t[i], false);
		everywhere(SQL_SQLITE, &t[i], true);
	}
}

static void writes_fail(void **state)
{
	static const struct trouble troubles[] = {
		{ "a write fails", FAULT_WRITE, false, 1, 3, false },
		{ "writes fail", FAULT_WRITE, true, 2, 3, false },
		{ "a short write", FAULT_SHORT_WRITE, false, 3, 3, false },
		{ "short writes", FAULT_SHORT_WRITE, true, 1, 3, false },
	};

	(void)state;
	on_sqlite(troubles, COUNT(troubles));
}

static void syncs_fail(void **state)
{
	static const struct trouble troubles[] = {
		{ "an fsync fails", FAULT_SYNC, false, 1, 1, false },
		{ "fsyncs fail", FAULT_SYNC, true, 1, 1, false },
	};

	(void)state;
	on_sqlite(troubles, COUNT(troubles));
}

static void full_disk(void **state)
{
	static const struct trouble full = { "the disk is full", FAULT_FULL, true, 0, 12289, true };

	(void)state;
	on_sqlite(&full, 1);
}

static void power_lost(void **state)
{
	static const struct trouble power = { "the power goes", FAULT_POWER, true, 1, 1, false };

	(void)state;
	on_sqlite(&power, 1);
}

static void statements_fail(enum sql_engine e)
{
	static const struct trouble statement = { "a statement fails", FAULT_NONE, false, 1, 1, true };

	everywhere(e, &statement, false);
	made_everywhere(e, &statement);
}

static void failing_statements(void **state)
{
	(void)state;
	on_each_engine(statements_fail);
}

static void made_on_bad_disks(void **state)
{
	static const struct trouble troubles[] = {
		{ "a write fails", FAULT_WRITE, false, 1, 1, false },	  { "writes fail", FAULT_WRITE, true, 1, 1, false },
		{ "short writes", FAULT_SHORT_WRITE, true, 1, 1, false }, { "an fsync fails", FAULT_SYNC, false, 1, 1, false },
		{ "the disk is full", FAULT_FULL, true, 0, 8191, true },  { "the power goes", FAULT_POWER, true, 1, 1, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(troubles); i++)
		made_everywhere(SQL_SQLITE, &troubles[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_on_bad_disks), cmocka_unit_test(writes_fail), cmocka_unit_test(syncs_fail),
		cmocka_unit_test(full_disk),	     cmocka_unit_test(power_lost),  cmocka_unit_test(failing_statements),
	};

	faulty_vfs_install();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
