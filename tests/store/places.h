/* A site to test with, in a folder and in a PostgreSQL. */
#ifndef TESTS_STORE_PLACES_H
#define TESTS_STORE_PLACES_H

#include "engines.h"

#include "store/mailbox.h"
#include "store/site.h"

#include <ftw.h>
#include <sys/stat.h>

/* Where the site is; the same buffer is used again. */
static inline const char *place(enum sql_engine e)
{
	static char url[600];
	char host[300], port[16], user[64], database[64];
	const char *postgres = getenv("POSTERN_TEST_POSTGRES");

	if (e == SQL_SQLITE)
		return scratch_path("site");
	assert_int_equal(sscanf(postgres, "host=%299s port=%15s user=%63s dbname=%63s", host, port, user, database), 4);
	(void)snprintf(url, sizeof url, "postgresql://%s@/%s?host=%s&port=%s", user, database, host, port);
	return url;
}

static inline int drop_one(const char *path, const struct stat *info, int type, struct FTW *where)
{
	(void)info;
	(void)type;
	(void)where;
	return remove(path);
}

static inline void drop_schemas(void)
{
	struct reason why = { "" };
	char names[100][64], text[200];
	size_t n = 0;
	bool row = true;
	struct sql *db;

	if (sql_open_postgres(getenv("POSTERN_TEST_POSTGRES"), "directory", SQL_CREATE | SQL_SHARED, &db, &why))
		fail_msg("%s", why.text);
	struct sql_statement *q = sql_prepare(db, "SELECT CAST(nspname AS TEXT) FROM pg_catalog.pg_namespace WHERE nspname LIKE 'm!_%' ESCAPE '!'"
						  " OR nspname LIKE 'p!_%' ESCAPE '!' OR nspname = 'directory' LIMIT 100");
	while (row) {
		assert_int_equal(sql_step(q, &row), 0);
		if (row)
			(void)snprintf(names[n++], sizeof names[0], "%s", sql_text(q, 0));
	}
	sql_done(q);
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(text, sizeof text, "DROP SCHEMA \"%s\" CASCADE", names[i]);
		assert_int_equal(sql_execute(db, text), 0);
	}
	sql_close(db);
}

static inline void drop_place(enum sql_engine e)
{
	if (e == SQL_SQLITE)
		(void)nftw(place(e), drop_one, 8, FTW_DEPTH | FTW_PHYS);
	else
		drop_schemas();
}

#endif
