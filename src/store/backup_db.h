/*
 * A database as a backup sees it: its tables and their columns, as the engine says they are, so that a table that is
 * added to the program is in the next backup without anybody thinking of it.  Left out are tables that follow from
 * others (backup_is_derived), and those of the engine itself.
 */
#ifndef STORE_BACKUP_DB_H
#define STORE_BACKUP_DB_H

#include "base/buf.h"
#include "store/backup_record.h"

struct backup_db {
	struct sql *db;
	struct arena arena; /* of the tables, and of the texts of statements: lives as long as the connection */
	struct backup_table *tables; /* in the order of their names */
	size_t n;
};

/* Takes over the connection, also when it fails. */
status backup_db_open(struct sql *db, struct backup_db *out, struct reason *why) MUST;
void backup_db_close(struct backup_db *b);
#define CLEANUP_BACKUP_DB __attribute__((cleanup(backup_db_close)))

/* NULL when there is none; *number is its place among the tables (NULL is fine). */
const struct backup_table *backup_db_table(const struct backup_db *b, const char *name, unsigned *number);
/* The place of a column; -1 when there is none. */
int backup_column(const struct backup_table *t, const char *name);
/* "a", "b", "c": the columns of a table, for a statement; NULL without memory. */
const char *backup_columns_text(struct backup_db *b, const struct backup_table *t);
/* Tables that are made anew from others: full text, results of searches. */
bool backup_is_derived(const char *table);

/* What is read until it ends is as of one moment, and others may write meanwhile (where the engine lets them in at all). */
status backup_snapshot_begin(struct backup_db *b, struct reason *why) MUST;
void backup_snapshot_end(struct backup_db *b);

#endif
