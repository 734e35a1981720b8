/*
 * SQLite: one file, one process (locked for as long as it is open) unless it is opened to be shared.  That lock is ours, on the
 * file as a whole (flock), and SQLite knows nothing of it: so who only reads can go past it, and sees the last commit.
 */
#include "store/sql_engine.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BUSY_MILLISECONDS 5000
#define MMAP_BYTES "268435456"
/*
 * Little is mapped, more is kept: pages that are written again and again go out once in 32 MiB of the log, not once in eight.
 */
#define FRUGAL_SETTINGS "PRAGMA mmap_size = 8388608; PRAGMA cache_size = -8192; PRAGMA wal_autocheckpoint = 4096"

struct lite {
	struct sql sql;
	sqlite3 *db;
	int lock; /* the file, with our lock; -1: none is held */
};

struct lite_statement {
	struct sql_statement common;
	sqlite3_stmt *stmt;
	int bind_error;
};

static struct lite *lite_of(struct sql *db)
{
	return (struct lite *)db;
}

static sqlite3_stmt *stmt_of(const struct sql_statement *s)
{
	return ((const struct lite_statement *)s)->stmt;
}

static status status_of(int code)
{
	switch (code & 0xFF) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return ecNone;
	case SQLITE_NOMEM:
		return ecMemory;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return ecCorruptData;
	case SQLITE_FULL:
	case SQLITE_IOERR:
		return ecDiskError;
	case SQLITE_PERM:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_AUTH:
		return ecAccessDenied;
	case SQLITE_TOOBIG:
		return ecTooBig;
	case SQLITE_CONSTRAINT:
		return ecDuplicateName;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ecBusy;
	default:
		return ecError;
	}
}

static status failure(struct sql *db, int code)
{
	return reason_set(&db->why, status_of(code) ? status_of(code) : ecError, "%s", sqlite3_errmsg(lite_of(db)->db));
}

static status lite_execute(struct sql *db, const char *text)
{
	int code = sqlite3_exec(lite_of(db)->db, text, NULL, NULL, NULL);

	return code ? failure(db, code) : ecNone;
}

static struct sql_statement *lite_prepare(struct sql *db, const char *text)
{
	struct lite_statement *s = calloc(1, sizeof *s);
	int code = s ? sqlite3_prepare_v3(lite_of(db)->db, text, -1, SQLITE_PREPARE_PERSISTENT, &s->stmt, NULL) : SQLITE_NOMEM;

	if (code) {
		(void)failure(db, code);
		free(s);
		return NULL;
	}
	return &s->common;
}

static void note_bind(struct sql_statement *s, int code)
{
	struct lite_statement *l = (struct lite_statement *)s;

	if (code && !l->bind_error)
		l->bind_error = code;
}

static void lite_bind_i64(struct sql_statement *s, int i, int64_t v)
{
	note_bind(s, sqlite3_bind_int64(stmt_of(s), i, v));
}

static void lite_bind_bytes(struct sql_statement *s, int i, struct bytes v, bool text)
{
	note_bind(s, text ? sqlite3_bind_text64(stmt_of(s), i, (const char *)v.p, v.n, SQLITE_STATIC, SQLITE_UTF8) :
			    sqlite3_bind_blob64(stmt_of(s), i, v.p, v.n, SQLITE_STATIC));
}

static void lite_bind_null(struct sql_statement *s, int i)
{
	note_bind(s, sqlite3_bind_null(stmt_of(s), i));
}

static status lite_step(struct sql_statement *s, bool *row)
{
	int code = ((struct lite_statement *)s)->bind_error;

	if (!code)
		code = sqlite3_step(stmt_of(s));
	*row = code == SQLITE_ROW;
	return *row || code == SQLITE_DONE ? ecNone : failure(s->db, code);
}

static int64_t lite_i64(const struct sql_statement *s, int column)
{
	return sqlite3_column_int64(stmt_of(s), column);
}

static struct bytes lite_blob(const struct sql_statement *s, int column)
{
	bool text = sqlite3_column_type(stmt_of(s), column) == SQLITE_TEXT;
	const void *p = text ? (const void *)sqlite3_column_text(stmt_of(s), column) : sqlite3_column_blob(stmt_of(s), column);

	return bytes_of(p, (size_t)sqlite3_column_bytes(stmt_of(s), column));
}

static bool lite_is_null(const struct sql_statement *s, int column)
{
	return sqlite3_column_type(stmt_of(s), column) == SQLITE_NULL;
}

static uint64_t lite_changes(const struct sql_statement *s)
{
	return (uint64_t)sqlite3_changes64(lite_of(s->db)->db);
}

static void lite_reset(struct sql_statement *s)
{
	(void)sqlite3_reset(stmt_of(s));
	(void)sqlite3_clear_bindings(stmt_of(s));
	((struct lite_statement *)s)->bind_error = 0;
}

static void lite_free_statement(struct sql_statement *s)
{
	(void)sqlite3_finalize(stmt_of(s));
	free(s);
}

/* What was written often within one transaction goes out once, and the file is brought up to date less often. */
static void lite_bulk(struct sql *db, bool bulk)
{
	(void)!lite_execute(db, bulk ? "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 16384" :
				       "PRAGMA wal_autocheckpoint = 1000; PRAGMA cache_size = -2000; PRAGMA shrink_memory;"
				       " PRAGMA wal_checkpoint(PASSIVE)");
}

/*
 * Pages go out when there is no room for more of them, and those are new ones, which need no journal: what has to wait for it, as the upper pages of the
 * trees, is what is used again and again, and stays.
 */
static void lite_fill(struct sql *db, bool fill)
{
	(void)!lite_execute(db, fill ? "PRAGMA journal_mode = TRUNCATE; PRAGMA cache_size = -8192" : "PRAGMA journal_mode = WAL; " FRUGAL_SETTINGS);
}

/* Begun, not waited for. */
static void lite_fill_flush(struct sql *db)
{
	if (lite_of(db)->lock >= 0)
		(void)sync_file_range(lite_of(db)->lock, 0, 0, SYNC_FILE_RANGE_WRITE);
}

static void lite_close(struct sql *db)
{
	(void)sqlite3_close_v2(lite_of(db)->db);
	/* Last: closing it ends the locks that SQLite has on the same file. */
	if (lite_of(db)->lock >= 0)
		(void)close(lite_of(db)->lock);
	free(db);
}

static const struct sql_engine_ops lite_ops = {
	.engine = SQL_SQLITE,
	.execute = lite_execute,
	.prepare = lite_prepare,
	.bind_i64 = lite_bind_i64,
	.bind_bytes = lite_bind_bytes,
	.bind_null = lite_bind_null,
	.step = lite_step,
	.i64 = lite_i64,
	.blob = lite_blob,
	.is_null = lite_is_null,
	.changes = lite_changes,
	.reset = lite_reset,
	.free_statement = lite_free_statement,
	.bulk = lite_bulk,
	.fill = lite_fill,
	.fill_flush = lite_fill_flush,
	.close = lite_close,
};

/* Opening ----------------------------------------------------------------------------------------------------- */

/* Made by us with mode 0600, or ours and closed to others: mail is read by nobody who guesses a path. */
static status look_at_file(const char *path, const struct stat *info, struct reason *why)
{
	if (!S_ISREG(info->st_mode))
		return reason_set(why, ecInvalidParam, "%s is not a file", path);
	if (info->st_uid != geteuid())
		return reason_set(why, ecAccessDenied, "%s belongs to another user (uid %u)", path, (unsigned)info->st_uid);
	if (info->st_mode & 077)
		return reason_set(why, ecAccessDenied, "%s is open to other users (mode %03o); chmod 600 it", path, (unsigned)info->st_mode & 0777);
	return ecNone;
}

static status cannot_open(const char *path, struct reason *why)
{
	return reason_set(why, errno == ENOENT ? ecNotFound : errno == EACCES || errno == EPERM ? ecAccessDenied : ecDiskError,
			  "cannot open %s: %s", path, strerror(errno));
}

/* Whoever has it open may be about to close it. */
static status take_lock(int fd, int how)
{
	const struct timespec moment = { .tv_nsec = 10000000 };

	for (unsigned waited = 0; flock(fd, how | LOCK_NB) != 0; waited += 10) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return ecDiskError;
		if (waited >= BUSY_MILLISECONDS)
			return ecBusy;
		(void)nanosleep(&moment, NULL);
	}
	return ecNone;
}

/* The file, looked at, and our lock on it. Who only reads takes none, and opens nothing: closing it would end locks of SQLite's. */
static status take_file(const char *path, unsigned how, int *lock, struct reason *why)
{
	struct stat info;
	status s;
	int fd;

	if (how & SQL_READ)
		return lstat(path, &info) == 0 ? look_at_file(path, &info, why) : cannot_open(path, why);
	fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | (how & SQL_CREATE ? O_CREAT : 0), 0600);
	if (fd < 0)
		return cannot_open(path, why);
	s = fstat(fd, &info) == 0 ? look_at_file(path, &info, why) : cannot_open(path, why);
	if (!s) {
		s = take_lock(fd, how & SQL_SHARED ? LOCK_SH : LOCK_EX);
		if (s)
			(void)reason_set(why, s, "%s: %s", path, s == ecBusy ? "another process has it open" : strerror(errno));
	}
	if (s)
		(void)close(fd);
	else
		*lock = fd;
	return s;
}

/* Page size before anything is written. */
static const char settings[] = "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;"
			       "PRAGMA synchronous = FULL; PRAGMA mmap_size = " MMAP_BYTES "; PRAGMA foreign_keys = ON;"
			       "PRAGMA trusted_schema = OFF; BEGIN IMMEDIATE; COMMIT";
static const char reader_settings[] = "PRAGMA mmap_size = " MMAP_BYTES "; PRAGMA trusted_schema = OFF; PRAGMA query_only = ON;"
				      "SELECT COUNT(*) FROM sqlite_schema";

static status open_file(struct lite *l, const char *path, unsigned how)
{
	int mode = how & SQL_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	int code = sqlite3_open_v2(path, &l->db, mode | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

	if (!code)
		code = sqlite3_busy_timeout(l->db, BUSY_MILLISECONDS);
	(void)sqlite3_db_config(l->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (code)
		return failure(&l->sql, code);
	status s = lite_execute(&l->sql, how & SQL_READ ? reader_settings : settings);
	return s || !(how & SQL_FRUGAL) ? s : lite_execute(&l->sql, FRUGAL_SETTINGS);
}

status sql_open_sqlite(const char *path, unsigned how, struct sql **out, struct reason *why)
{
	int lock = -1;
	status s = take_file(path, how, &lock, why);
	struct lite *l;

	if (s)
		return s;
	l = calloc(1, sizeof *l);
	if (!l) {
		if (lock >= 0)
			(void)close(lock);
		return reason_set(why, ecMemory, "out of memory");
	}
	l->sql.ops = &lite_ops;
	l->lock = lock;
	s = open_file(l, path, how);
	if (s) {
		(void)reason_set(why, s, "%s: %s", path, s == ecBusy ? "another process has it open" : l->sql.why.text);
		sql_close(&l->sql);
		return s;
	}
	*out = &l->sql;
	return ecNone;
}
