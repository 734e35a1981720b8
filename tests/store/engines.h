/* The same tests on both engines: a fresh database of each. */
#ifndef TESTS_STORE_ENGINES_H
#define TESTS_STORE_ENGINES_H

#include "support.h"

#include "store/sql.h"

static inline const char *engine_name(enum sql_engine e)
{
	return e == SQL_SQLITE ? "SQLite" : "PostgreSQL";
}

static inline bool engine_here(enum sql_engine e)
{
	return e == SQL_SQLITE || getenv("POSTERN_TEST_POSTGRES");
}

static inline status engine_open(enum sql_engine e, const char *name, unsigned how, struct sql **db, struct reason *why)
{
	return e == SQL_SQLITE ? sql_open_sqlite(scratch_path(name), how, db, why) :
				 sql_open_postgres(getenv("POSTERN_TEST_POSTGRES"), name, how, db, why);
}

/* Nothing stays for the next test. */
static inline void engine_drop(enum sql_engine e, const char *name)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	char path[600];
	struct sql *db;

	for (size_t i = 0; e == SQL_SQLITE && i < 3; i++) {
		(void)snprintf(path, sizeof path, "%s%s", scratch_path(name), suffixes[i]);
		(void)unlink(path);
	}
	if (e == SQL_POSTGRES && !engine_open(e, name, true, &db, NULL)) {
		(void)snprintf(path, sizeof path, "DROP SCHEMA %s CASCADE", name);
		assert_int_equal(sql_execute(db, path), 0);
		sql_close(db);
	}
}

typedef void engine_test(enum sql_engine e);

static inline void on_each_engine(engine_test *test)
{
	for (enum sql_engine e = SQL_SQLITE; e <= SQL_POSTGRES; e++) {
		if (!engine_here(e))
			continue;
		test(e);
	}
}

#endif
