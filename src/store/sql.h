/*
 * One small door to SQL: open, prepare, bind, step, transaction.  Two engines stand behind it, SQLite (a file) and
 * PostgreSQL (a schema of a database); the rooms above write one text for both:
 *
 *   parameters are $1, $2 ... in ascending order of first use; types are INTEGER (64 bits), TEXT (UTF-8) and BLOB;
 *   tables end in STRICT; upserts are ON CONFLICT ... DO; RETURNING works; a query that may give many rows is cut
 *   into pages by key and LIMIT, because PostgreSQL hands over a whole result at once.
 *
 * A connection belongs to one thread at a time.  The first failure within a statement or a transaction sticks: it is
 * what sql_step and sql_commit return, and its words are in sql_failure.
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include "base/bytes.h"
#include "base/status.h"

struct sql;
struct sql_statement;

/* How a database is opened: bits, so `true` and `false` say whether it may be made. */
enum sql_how {
	SQL_CREATE = 1, /* makes the file (mode 0600) or the schema when there is none */
	SQL_SHARED = 2, /* several processes may have it open; else the second one gets ecBusy */
	SQL_TURNS = 8, /* PostgreSQL, a mailbox: beside others who open it so, each in its turn (store/turns.h); whoever opens it without has it alone */
	SQL_FRUGAL = 16, /* SQLite: little of the file is mapped, so that what reads all of it does not look as large as the file */
	SQL_READ = 4,	/* only to read: goes beside whoever has it open, who goes on writing; what one transaction reads is as of one moment */
};

/* A file of somebody else, or open to others, is refused. */
status sql_open_sqlite(const char *path, unsigned how, struct sql **out, struct reason *why) MUST;
/* `connection` as libpq takes it ("host=... dbname=..."); everything stands in `schema`. */
status sql_open_postgres(const char *connection, const char *schema, unsigned how, struct sql **out, struct reason *why) MUST;
void sql_close(struct sql *db); /* rolls back what is not committed; NULL is fine */

enum sql_engine { SQL_SQLITE, SQL_POSTGRES };
enum sql_engine sql_engine(const struct sql *db);
/* It was opened with SQL_TURNS, and that means something. */
bool sql_takes_turns(const struct sql *db);
/* Why the last failure was, in the engine's words. */
const char *sql_failure(const struct sql *db);

/* Statements without parameters and results, as of a schema; several are separated by ";". */
status sql_execute(struct sql *db, const char *text) MUST;
/* Nobody holds a statement. A table that somebody might be reading cannot be dropped. */
bool sql_is_idle(const struct sql *db);

/*
 * A statement, prepared once per connection and text and ready for binding; it is handed out to one user at a time,
 * who gives it back with sql_done.  `text` must live as long as the connection.  NULL: see sql_failure.
 */
struct sql_statement *sql_prepare(struct sql *db, const char *text);
/*
 * For a text that is put together for this one use: it must stand until the statement is done, and nothing of it is kept
 * afterwards.
 */
struct sql_statement *sql_prepare_once(struct sql *db, const char *text);
/* `i` counts from 1. Text and bytes are not copied: they must stand until the statement is done. */
void sql_bind_i64(struct sql_statement *s, int i, int64_t v);
void sql_bind_text(struct sql_statement *s, int i, const char *utf8); /* NULL: SQL's NULL */
void sql_bind_blob(struct sql_statement *s, int i, struct bytes v);   /* p == NULL: an empty value, not NULL */
void sql_bind_null(struct sql_statement *s, int i);
/* The next row; *row is false at the end. A statement that may be NULL gives ecError. */
status sql_step(struct sql_statement *s, bool *row) MUST;
/* To the end, without looking at rows; then sql_done. */
status sql_run(struct sql_statement *s) MUST;
/* Of the row at hand, columns from 0; valid until the next step. NULL is 0, "" and nothing. */
int64_t sql_i64(const struct sql_statement *s, int column);
struct bytes sql_blob(const struct sql_statement *s, int column); /* of TEXT columns too */
const char *sql_text(const struct sql_statement *s, int column);
bool sql_is_null(const struct sql_statement *s, int column);
/* Rows that the last run inserted, changed or deleted. */
uint64_t sql_changes(const struct sql_statement *s);
/* Gives it back for the next use; NULL is fine. */
void sql_done(struct sql_statement *s);
void sql_statement_cleanup(struct sql_statement **s);
#define CLEANUP_STATEMENT __attribute__((cleanup(sql_statement_cleanup)))

/* Transactions do not nest. What runs outside of one is one of its own. */
status sql_begin(struct sql *db) MUST;
status sql_commit(struct sql *db) MUST; /* rolls back when it fails */
void sql_rollback(struct sql *db);
/*
 * Until sql_rollback many things are read and nothing is written: on SQLite each statement else takes and gives back its locks with half a
 * dozen system calls.  On PostgreSQL nothing is begun, because that would cost more.
 */
status sql_begin_reading(struct sql *db) MUST;

/*
 * Many rows are about to come, or have come: as much memory for them as is worth it, and statements that give no rows
 * (sql_run) may be sent ahead; that one failed is then told by a later one of the transaction, at the latest by its
 * commit.  Outside of a transaction; on a connection that is not bulk nothing is delayed.
 */
void sql_bulk(struct sql *db, bool bulk);

/*
 * A file that nobody else has open is filled: what comes is written once, straight into it, with what was there before in a journal beside it, where it else goes into a log
 * first and from there into the file.  A transaction is as safe as any; whoever opens the file after one that was cut off puts back what was there.  Nobody can
 * read it meanwhile.  After a commit that failed nothing but sql_close can be done with it.  Outside of a transaction; on PostgreSQL, or when it cannot be done now, nothing changes.
 */
void sql_fill(struct sql *db, bool fill);
/* While it is filled: what stands in the file so far may go to the disk now, so that the commit need not wait for all of it. */
void sql_fill_flush(struct sql *db);

/* Fails the n-th step or commit from now on with a full disk (0 = never), for tests. */
void sql_fail_after(unsigned n);

#endif
