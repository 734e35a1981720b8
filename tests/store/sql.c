/* One SQL text, two engines: values, transactions, failures, who may open what. */
#include "engines.h"

#include <sys/stat.h>

#define NAME "sqltest"

static const char table[] = "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, x TEXT, b BLOB) STRICT;"
			    "CREATE UNIQUE INDEX t_n ON t (n)";

static struct sql *begin(enum sql_engine e)
{
	struct reason why = { "" };
	struct sql *db = NULL;

	engine_drop(e, NAME);
	if (engine_open(e, NAME, true, &db, &why))
		fail_msg("%s: %s", engine_name(e), why.text);
	if (sql_execute(db, table))
		fail_msg("%s: %s", engine_name(e), sql_failure(db));
	return db;
}

static void end(enum sql_engine e, struct sql *db)
{
	sql_close(db);
	engine_drop(e, NAME);
}

static status put(struct sql *db, int64_t id, int64_t n, const char *text, struct bytes b)
{
	struct sql_statement *s = sql_prepare(db, "INSERT INTO t (id, n, x, b) VALUES ($1, $2, $3, $4)");

	sql_bind_i64(s, 1, id);
	sql_bind_i64(s, 2, n);
	sql_bind_text(s, 3, text);
	sql_bind_blob(s, 4, b);
	return sql_run(s);
}

static int64_t count(struct sql *db)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(db, "SELECT count(*) FROM t");
	bool row;

	assert_int_equal(sql_step(s, &row), 0);
	assert_true(row);
	return sql_i64(s, 0);
}

static void values_on(enum sql_engine e)
{
	struct sql *db = begin(e);
	static uint8_t large[5000000];
	bool row;

	for (size_t i = 0; i < sizeof large; i++)
		large[i] = (uint8_t)(i * 7);
	assert_int_equal(put(db, INT64_MAX, INT64_MIN, "Grüße €😀", bytes_of("\0\1\2", 3)), 0);
	assert_int_equal(put(db, 1, -1, NULL, bytes_of(NULL, 0)), 0);
	assert_int_equal(put(db, 2, 0, "", bytes_of(large, sizeof large)), 0);

	struct sql_statement *s = sql_prepare(db, "SELECT id, n, x, b FROM t ORDER BY id");
	assert_int_equal(sql_step(s, &row), 0);
	assert_true(row);
	assert_int_equal(sql_i64(s, 0), 1);
	assert_int_equal(sql_i64(s, 1), -1);
	assert_true(sql_is_null(s, 2));
	assert_string_equal(sql_text(s, 2), "");
	assert_false(sql_is_null(s, 3)); /* empty, and there */
	assert_int_equal(sql_blob(s, 3).n, 0);
	assert_int_equal(sql_step(s, &row), 0);
	assert_false(sql_is_null(s, 2));
	assert_int_equal(sql_blob(s, 3).n, sizeof large);
	assert_memory_equal(sql_blob(s, 3).p, large, sizeof large);
	assert_int_equal(sql_step(s, &row), 0);
	assert_true(sql_i64(s, 0) == INT64_MAX && sql_i64(s, 1) == INT64_MIN);
	assert_string_equal(sql_text(s, 2), "Grüße €😀");
	assert_memory_equal(sql_blob(s, 3).p, "\0\1\2", 3);
	assert_int_equal(sql_step(s, &row), 0);
	assert_false(row);
	sql_done(s);
	end(e, db);
}

static void values(void **state)
{
	(void)state;
	on_each_engine(values_on);
}

/* A statement in use is not handed out twice; given back, it is the same one. */
static void statements_on(enum sql_engine e)
{
	static const char query[] = "SELECT id FROM t WHERE id >= $1 ORDER BY id LIMIT 1";
	struct sql *db = begin(e);
	bool row;

	assert_int_equal(put(db, 1, 1, "a", bytes_of("", 0)), 0);
	assert_int_equal(put(db, 2, 2, "b", bytes_of("", 0)), 0);
	struct sql_statement *a = sql_prepare(db, query), *b = sql_prepare(db, query);
	assert_ptr_not_equal(a, b);
	sql_bind_i64(a, 1, 1);
	sql_bind_i64(b, 1, 2);
	assert_int_equal(sql_step(a, &row), 0);
	assert_int_equal(sql_step(b, &row), 0);
	assert_int_equal(sql_i64(a, 0), 1);
	assert_int_equal(sql_i64(b, 0), 2);
	sql_done(a);
	assert_ptr_equal(sql_prepare(db, query), a);
	sql_done(a);
	sql_done(b);
	assert_null(sql_prepare(db, "SELECT nothing FROM nowhere"));
	assert_true(sql_failure(db)[0]);
	assert_int_equal(sql_step(NULL, &row), ecError);
	end(e, db);
}

static void statements(void **state)
{
	(void)state;
	on_each_engine(statements_on);
}

static void transactions_on(enum sql_engine e)
{
	struct sql *db = begin(e);

	assert_int_equal(sql_begin(db), 0);
	assert_int_equal(put(db, 1, 1, "a", bytes_of("", 0)), 0);
	sql_rollback(db);
	assert_int_equal(count(db), 0);
	assert_int_equal(sql_begin(db), 0);
	assert_int_equal(sql_begin(db), ecInvalidParam);
	assert_int_equal(put(db, 1, 1, "a", bytes_of("", 0)), 0);
	assert_int_equal(sql_commit(db), 0);
	assert_int_equal(count(db), 1);
	/* The first failure is what the commit says, and nothing of it stays. */
	assert_int_equal(sql_begin(db), 0);
	assert_int_equal(put(db, 2, 2, "b", bytes_of("", 0)), 0);
	assert_int_equal(put(db, 3, 2, "same n", bytes_of("", 0)), ecDuplicateName);
	assert_int_equal(put(db, 4, 4, "d", bytes_of("", 0)), ecDuplicateName);
	assert_int_equal(sql_commit(db), ecDuplicateName);
	assert_true(sql_failure(db)[0]);
	assert_int_equal(count(db), 1);
	assert_int_equal(put(db, 2, 2, "b", bytes_of("", 0)), 0);
	assert_int_equal(sql_commit(db), ecInvalidParam);
	end(e, db);
}

static void transactions(void **state)
{
	(void)state;
	on_each_engine(transactions_on);
}

static void changes_and_upserts_on(enum sql_engine e)
{
	struct sql *db = begin(e);
	struct sql_statement *s;
	bool row;

	for (int64_t i = 1; i <= 5; i++)
		assert_int_equal(put(db, i, i, "x", bytes_of("", 0)), 0);
	s = sql_prepare(db, "UPDATE t SET x = $1 WHERE id > $2");
	sql_bind_text(s, 1, "y");
	sql_bind_i64(s, 2, 3);
	assert_int_equal(sql_step(s, &row), 0);
	assert_int_equal(sql_changes(s), 2);
	sql_done(s);
	s = sql_prepare(db, "INSERT INTO t (id, n, x, b) VALUES ($1, $2, 'new', $3) ON CONFLICT (id) DO UPDATE SET x = 'old' RETURNING x");
	sql_bind_i64(s, 1, 5);
	sql_bind_i64(s, 2, 50);
	sql_bind_blob(s, 3, bytes_of(NULL, 0));
	assert_int_equal(sql_step(s, &row), 0);
	assert_true(row);
	assert_string_equal(sql_text(s, 0), "old");
	sql_done(s);
	end(e, db);
}

static void changes_and_upserts(void **state)
{
	(void)state;
	on_each_engine(changes_and_upserts_on);
}

static void every_failing_step_on(enum sql_engine e)
{
	bool whole = false;

	for (unsigned n = 1; !whole && n < 100; n++) {
		struct sql *db = begin(e);
		status s;

		sql_fail_after(n);
		s = sql_begin(db);
		for (int64_t i = 1; !s && i <= 10; i++)
			s = put(db, i, i, "x", bytes_of("", 0));
		status committed = sql_commit(db);
		sql_fail_after(0);
		whole = !s && !committed;
		assert_int_equal(count(db), whole ? 10 : 0);
		end(e, db);
	}
	assert_true(whole);
}

static void every_failing_step(void **state)
{
	(void)state;
	on_each_engine(every_failing_step_on);
}

static void opening_on(enum sql_engine e)
{
	struct reason why = { "" };
	struct sql *db = begin(e), *other = NULL;

	assert_int_equal(put(db, 1, 1, "kept", bytes_of("", 0)), 0);
	assert_int_equal(engine_open(e, NAME, false, &other, &why), ecBusy);
	assert_non_null(strstr(why.text, "another process has it open"));
	assert_null(other);
	sql_close(db);
	assert_int_equal(engine_open(e, NAME, false, &db, &why), 0);
	assert_int_equal(count(db), 1);
	end(e, db);
	assert_int_equal(engine_open(e, NAME, false, &db, &why), ecNotFound);
	sql_close(NULL);
}

static void opening(void **state)
{
	(void)state;
	on_each_engine(opening_on);
}

static void files_of_others(void **state)
{
	struct reason why = { "" };
	const char *path;
	struct sql *db;
	FILE *f;

	(void)state;
	end(SQL_SQLITE, begin(SQL_SQLITE));
	path = scratch_path(NAME);
	f = fopen(path, "w");
	assert_non_null(f);
	for (unsigned i = 0; i < 2000; i++)
		assert_true(fputs("this is no database ", f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(sql_open_sqlite(path, false, &db, &why), ecAccessDenied);
	assert_non_null(strstr(why.text, "chmod 600"));
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(sql_open_sqlite(path, false, &db, &why), ecCorruptData);
	assert_non_null(strstr(why.text, "not a database"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(sql_open_sqlite("/", false, &db, &why), ecDiskError);
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_not_equal(sql_open_sqlite(path, true, &db, &why), 0);
	assert_int_equal(unlink(path), 0);
}

static void postgres_that_is_not_there(void **state)
{
	struct reason why = { "" };
	struct sql *db;

	(void)state;
	assert_int_equal(sql_open_postgres("host=/nowhere port=1", "x", true, &db, &why), ecNotFound);
	assert_true(why.text[0]);
}

/* Filled without a log: what is committed is there, and after a commit that failed there is nothing to be done but opening it again. */
static void filled(void **state)
{
	struct sql *db = begin(SQL_SQLITE);
	struct reason why = { "" };

	(void)state;
	sql_fill(db, true);
	assert_int_equal(sql_begin(db), 0);
	assert_int_equal(put(db, 1, 1, "one", bytes_of("x", 1)), 0);
	assert_int_equal(sql_commit(db), 0);
	sql_fill_flush(db);
	assert_int_equal(count(db), 1);
	assert_int_equal(sql_begin(db), 0);
	assert_int_equal(put(db, 2, 2, "two", bytes_of("x", 1)), 0);
	sql_fail_after(1);
	assert_int_equal(sql_commit(db), ecDiskError);
	sql_fail_after(0);
	assert_int_equal(sql_begin(db), ecDiskError);
	assert_non_null(strstr(sql_failure(db), "opened again"));
	assert_int_equal(put(db, 3, 3, "three", bytes_of("x", 1)), ecDiskError);
	sql_fill(db, false);
	sql_close(db);
	assert_int_equal(engine_open(SQL_SQLITE, NAME, false, &db, &why), 0);
	assert_int_equal(count(db), 1);
	assert_int_equal(put(db, 3, 3, "three", bytes_of("x", 1)), 0);
	end(SQL_SQLITE, db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),		cmocka_unit_test(statements),	  cmocka_unit_test(transactions),
		cmocka_unit_test(changes_and_upserts),	cmocka_unit_test(every_failing_step), cmocka_unit_test(opening),
		cmocka_unit_test(files_of_others), cmocka_unit_test(filled),	cmocka_unit_test(postgres_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
