/* PostgreSQL: one schema of a database, locked for one process by an advisory lock unless it is shared. */
#include "store/sql_engine.h"

#include "base/buf.h"
#include "store/libpq.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARAMETERS_MAX 32
#define TEXT_MAX ((size_t)1 << 20)
struct pg {
	struct sql sql;
	PGconn *conn;
	unsigned prepared; /* statements so far, for their names */
	bool pipeline;
	bool locked;       /* it has the schema, alone or in its turn */
	unsigned sent;     /* statements whose results were not looked at yet */
};

struct pg_statement {
	struct sql_statement common;
	char name[16];
	int n;
	const char *value[PARAMETERS_MAX];
	int length[PARAMETERS_MAX], format[PARAMETERS_MAX];
	uint8_t number[PARAMETERS_MAX][8];
	PGresult *result; /* NULL before the first step */
	int row;
	bool too_many, too_long;
};

static struct pg *pg_of(struct sql *db)
{
	return (struct pg *)db;
}

/* SQLSTATE, whose first two characters are the class [PostgreSQL, Appendix A]. */
static status status_of(const char *state)
{
	static const struct {
		const char *prefix;
		status code;
	} codes[] = {
		{ "23505", ecDuplicateName }, { "23", ecDuplicateName }, { "53100", ecDiskError }, { "53200", ecMemory },
		{ "55P03", ecBusy },	      { "40", ecBusy },		 { "58", ecDiskError },	   { "XX", ecCorruptData },
		{ "28", ecAccessDenied },     { "42501", ecAccessDenied }, { "54", ecTooBig },	   { "3F", ecNotFound },
	};

	for (size_t i = 0; state && i < sizeof codes / sizeof *codes; i++)
		if (strncmp(state, codes[i].prefix, strlen(codes[i].prefix)) == 0)
			return codes[i].code;
	return ecError;
}

/* One line of what the server says. */
static void take_words(struct reason *why, const char *words)
{
	reason_write(why, "%.*s", (int)strcspn(words, "\n"), *words ? words : "no words from the server");
}

static status failure(struct sql *db, const PGresult *result)
{
	status s = status_of(result ? pq.PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL);
	const char *words = result ? pq.PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;

	if (pq.PQstatus(pg_of(db)->conn) != CONNECTION_OK)
		s = ecDiskError;
	take_words(&db->why, words ? words : pq.PQerrorMessage(pg_of(db)->conn));
	return s;
}

static bool good(const PGresult *r)
{
	ExecStatusType t = pq.PQresultStatus(r);

	return t == PGRES_COMMAND_OK || t == PGRES_TUPLES_OK;
}

/* Schemas --------------------------------------------------------------------------------------------------------- */

static bool word_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* The words of a schema that have other names here. Nothing in our texts has them within quotes. */
static void translate(const char *text, struct buf *out)
{
	static const struct {
		const char *from, *to;
	} words[] = { { "INTEGER", "BIGINT" }, { "BLOB", "BYTEA" }, { "STRICT", "" } };

	while (*text) {
		size_t n = 0;
		bool known = false;

		while (word_char(text[n]))
			n++;
		for (size_t i = 0; i < sizeof words / sizeof *words && n; i++)
			if (strlen(words[i].from) == n && memcmp(text, words[i].from, n) == 0) {
				buf_add_str(out, words[i].to);
				known = true;
			}
		if (!known)
			buf_add(out, text, n ? n : 1);
		text += n ? n : 1;
	}
}

/* What was sent ahead -------------------------------------------------------------------------------------------------- */

/* Results wait in memory on both sides: so many statements are sent without looking at any. */
#define AHEAD_MAX 256u

/* Looks at all results that are outstanding; the first failure counts, those after it only follow from it. */
static status take_results(struct pg *p)
{
	status s = ecNone;
	bool synced = false;

	if (!p->sent)
		return ecNone;
	if (!pq.PQpipelineSync(p->conn))
		return failure(&p->sql, NULL);
	while (!synced && pq.PQstatus(p->conn) == CONNECTION_OK) {
		PGresult *r = pq.PQgetResult(p->conn); /* NULL between two */
		ExecStatusType t = r ? pq.PQresultStatus(r) : PGRES_COMMAND_OK;

		synced = r && t == PGRES_PIPELINE_SYNC;
		if (r && !synced && !s && !good(r))
			s = failure(&p->sql, r);
		pq.PQclear(r);
	}
	p->sent = 0;
	return synced ? s : failure(&p->sql, NULL);
}

/* Back to one statement at a time. */
static status settle(struct sql *db)
{
	struct pg *p = pg_of(db);

	if (!p->pipeline)
		return ecNone;
	status s = take_results(p);
	p->pipeline = !pq.PQexitPipelineMode(p->conn);
	return s ? s : p->pipeline ? failure(db, NULL) : ecNone;
}

static status pg_execute(struct sql *db, const char *text)
{
	CLEANUP_BUF struct buf translated = BUF_MAX(TEXT_MAX);
	status before = settle(db);

	/* A transaction is rolled back because something failed. */
	if (before && strcmp(text, "ROLLBACK") != 0)
		return before;
	translate(text, &translated);
	if (translated.failed)
		return reason_set(&db->why, ecTooBig, "a statement that is too long");
	PGresult *r = pq.PQexec(pg_of(db)->conn, buf_cstr(&translated));
	status s = good(r) ? ecNone : failure(db, r);
	pq.PQclear(r);
	return s;
}

/* Statements -------------------------------------------------------------------------------------------------------- */

static struct sql_statement *pg_prepare(struct sql *db, const char *text)
{
	status before = settle(db);
	struct pg_statement *s = before ? NULL : calloc(1, sizeof *s);

	if (before) {
		db->failed = db->failed ? db->failed : before; /* only a transaction has anything to settle */
		return NULL;
	}
	if (!s) {
		reason_write(&db->why, "out of memory");
		return NULL;
	}
	CLEANUP_BUF struct buf translated = BUF_MAX(TEXT_MAX);
	translate(text, &translated);
	(void)snprintf(s->name, sizeof s->name, "p%u", pg_of(db)->prepared++);
	PGresult *r = pq.PQprepare(pg_of(db)->conn, s->name, buf_cstr(&translated), 0, NULL);
	bool prepared = pq.PQresultStatus(r) == PGRES_COMMAND_OK;
	if (!prepared)
		(void)failure(db, r);
	pq.PQclear(r);
	if (prepared)
		return &s->common;
	free(s);
	return NULL;
}

static struct pg_statement *slot(struct sql_statement *s, int i)
{
	struct pg_statement *p = (struct pg_statement *)s;

	if (i < 1 || i > PARAMETERS_MAX) {
		p->too_many = true;
		return NULL;
	}
	p->n = i > p->n ? i : p->n;
	return p;
}

static void pg_bind_i64(struct sql_statement *s, int i, int64_t v)
{
	struct pg_statement *p = slot(s, i);

	if (!p)
		return;
	put_be64(p->number[i - 1], (uint64_t)v);
	p->value[i - 1] = (const char *)p->number[i - 1];
	p->length[i - 1] = 8;
	p->format[i - 1] = 1;
}

static void pg_bind_bytes(struct sql_statement *s, int i, struct bytes v, bool text)
{
	struct pg_statement *p = slot(s, i);

	(void)text; /* both are handed over as they are */
	if (!p)
		return;
	p->too_long = p->too_long || v.n > INT32_MAX;
	p->value[i - 1] = v.n ? (const char *)v.p : "";
	p->length[i - 1] = v.n > INT32_MAX ? 0 : (int)v.n;
	p->format[i - 1] = 1;
}

static void pg_bind_null(struct sql_statement *s, int i)
{
	struct pg_statement *p = slot(s, i);

	if (p)
		p->value[i - 1] = NULL;
}

static status check_bound(struct pg_statement *p)
{
	if (!p->too_many && !p->too_long)
		return ecNone;
	return reason_set(&p->common.db->why, ecTooBig, p->too_many ? "too many parameters" : "a value of more than 2 GB");
}

static status pg_send(struct sql_statement *s)
{
	struct pg_statement *p = (struct pg_statement *)s;
	struct pg *pg = pg_of(s->db);
	status st = check_bound(p);

	if (st)
		return st;
	pg->pipeline = pg->pipeline || pq.PQenterPipelineMode(pg->conn);
	if (!pg->pipeline || !pq.PQsendQueryPrepared(pg->conn, p->name, p->n, p->value, p->length, p->format, 1))
		return failure(s->db, NULL);
	return ++pg->sent < AHEAD_MAX ? ecNone : take_results(pg);
}

static status start(struct pg_statement *p)
{
	struct sql *db = p->common.db;
	status s = check_bound(p);

	if (!s)
		s = settle(db);
	if (s)
		return s;
	p->result = pq.PQexecPrepared(pg_of(db)->conn, p->name, p->n, p->value, p->length, p->format, 1);
	p->row = -1;
	return good(p->result) ? ecNone : failure(db, p->result);
}

static status pg_step(struct sql_statement *s, bool *row)
{
	struct pg_statement *p = (struct pg_statement *)s;
	status st = p->result ? ecNone : start(p);

	if (st)
		return st;
	*row = ++p->row < pq.PQntuples(p->result);
	return ecNone;
}

static int64_t pg_i64(const struct sql_statement *s, int column)
{
	const struct pg_statement *p = (const struct pg_statement *)s;
	const uint8_t *v = (const uint8_t *)pq.PQgetvalue(p->result, p->row, column);

	switch (pq.PQgetlength(p->result, p->row, column)) {
	case 8:
		return (int64_t)be64(v);
	case 4:
		return (int32_t)be32(v);
	default:
		return 0;
	}
}

static struct bytes pg_blob(const struct sql_statement *s, int column)
{
	const struct pg_statement *p = (const struct pg_statement *)s;

	return bytes_of(pq.PQgetvalue(p->result, p->row, column), (size_t)pq.PQgetlength(p->result, p->row, column));
}

static bool pg_is_null(const struct sql_statement *s, int column)
{
	const struct pg_statement *p = (const struct pg_statement *)s;

	return pq.PQgetisnull(p->result, p->row, column);
}

static uint64_t pg_changes(const struct sql_statement *s)
{
	const struct pg_statement *p = (const struct pg_statement *)s;

	return p->result ? strtoull(pq.PQcmdTuples(p->result), NULL, 10) : 0;
}

static void pg_reset(struct sql_statement *s)
{
	struct pg_statement *p = (struct pg_statement *)s;

	pq.PQclear(p->result);
	p->result = NULL;
	memset(p->value, 0, sizeof p->value);
	p->n = 0;
	p->too_many = p->too_long = false;
}

static void pg_free_statement(struct sql_statement *s)
{
	struct pg_statement *p = (struct pg_statement *)s;
	char text[sizeof "DEALLOCATE " + sizeof p->name];

	pq.PQclear(p->result);
	if (s->once && !settle(s->db)) { /* else it goes with the connection */
		(void)snprintf(text, sizeof text, "DEALLOCATE %s", p->name);
		pq.PQclear(pq.PQexec(pg_of(s->db)->conn, text));
	}
	free(s);
}

/*
 * After very many changes the planner knows nothing of what is there now, until the server looks by itself a minute
 * later: until then it would read whole tables.
 */
static void pg_bulk(struct sql *db, bool bulk)
{
	if (!bulk)
		(void)!pg_execute(db, "DO $$ DECLARE t text; BEGIN"
				      " FOR t IN SELECT relname FROM pg_stat_user_tables WHERE schemaname = current_schema()"
				      " AND n_mod_since_analyze > 1000 LOOP EXECUTE format('ANALYZE %I', t); END LOOP; END $$");
}

/* The server ends a connection some time after it is closed here: until then nobody else could have what it had. */
static void pg_close(struct sql *db)
{
	if (pg_of(db)->locked && !settle(db)) {
		pq.PQclear(pq.PQexec(pg_of(db)->conn, "ROLLBACK"));
		pq.PQclear(pq.PQexec(pg_of(db)->conn, "SELECT pg_advisory_unlock_all()"));
	}
	pq.PQfinish(pg_of(db)->conn);
	free(db);
}

static const struct sql_engine_ops pg_ops = {
	.engine = SQL_POSTGRES,
	.execute = pg_execute,
	.prepare = pg_prepare,
	.bind_i64 = pg_bind_i64,
	.bind_bytes = pg_bind_bytes,
	.bind_null = pg_bind_null,
	.step = pg_step,
	.i64 = pg_i64,
	.blob = pg_blob,
	.is_null = pg_is_null,
	.changes = pg_changes,
	.send = pg_send,
	.reset = pg_reset,
	.free_statement = pg_free_statement,
	.bulk = pg_bulk,
	.close = pg_close,
};

/* Opening ------------------------------------------------------------------------------------------------------------- */

static void no_notices(void *context, const PGresult *r)
{
	(void)context;
	(void)r;
}

/* One string as the only cell of a query; its first row is looked for. */
static status ask(struct pg *p, const char *query, const char *schema, bool *yes)
{
	const char *values[] = { schema };
	PGresult *r = pq.PQexecParams(p->conn, query, 1, NULL, values, NULL, NULL, 0);
	status s = good(r) ? ecNone : failure(&p->sql, r);

	*yes = !s && pq.PQntuples(r) == 1 && strcmp(pq.PQgetvalue(r, 0, 0), "t") == 0;
	pq.PQclear(r);
	return s;
}

static status enter_schema(struct pg *p, const char *schema, unsigned how)
{
	char *name = pq.PQescapeIdentifier(p->conn, schema, strlen(schema)), text[256];
	bool yes = false;
	status s = name && strlen(name) < 100 ? ecNone : reason_set(&p->sql.why, ecInvalidParam, "\"%.60s\" is no name of a schema", schema);

	if (!s)
		s = ask(p, "SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)", schema, &yes);
	if (!s && !yes && how & SQL_CREATE) {
		(void)snprintf(text, sizeof text, "CREATE SCHEMA IF NOT EXISTS %s", name);
		s = pg_execute(&p->sql, text);
		yes = true;
	}
	if (!s && !yes)
		s = reason_set(&p->sql.why, ecNotFound, "there is no schema %s", schema);
	if (!s) {
		(void)snprintf(text, sizeof text, "SET search_path = %s", name);
		s = pg_execute(&p->sql, text);
	}
	if (!s && !(how & (SQL_SHARED | SQL_READ)))
		s = ask(p, how & SQL_TURNS ? "SELECT pg_try_advisory_lock_shared(hashtextextended($1, 0))" :
					     "SELECT pg_try_advisory_lock(hashtextextended($1, 0))", schema, &yes);
	if (!s && !yes)
		s = reason_set(&p->sql.why, ecBusy, "another process has it open");
	p->sql.turns = !s && how & SQL_TURNS;
	p->locked = !s && !(how & (SQL_SHARED | SQL_READ));
	pq.PQfreemem(name);
	return s;
}

status sql_open_postgres(const char *connection, const char *schema, unsigned how, struct sql **out, struct reason *why)
{
	status s = libpq_open(why);
	struct pg *p = s ? NULL : calloc(1, sizeof *p);

	if (s)
		return s;
	if (!p)
		return reason_set(why, ecMemory, "out of memory");
	p->sql.ops = &pg_ops;
	p->conn = pq.PQconnectdb(connection);
	if (pq.PQstatus(p->conn) != CONNECTION_OK) {
		take_words(&p->sql.why, pq.PQerrorMessage(p->conn));
		s = ecNotFound;
	}
	if (!s) {
		(void)pq.PQsetNoticeReceiver(p->conn, no_notices, NULL);
		s = enter_schema(p, schema, how);
	}
	if (s) {
		(void)reason_set(why, s, "PostgreSQL, %s: %s", schema, p->sql.why.text);
		sql_close(&p->sql);
		return s;
	}
	*out = &p->sql;
	return ecNone;
}
