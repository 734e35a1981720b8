/*
 * What of a restriction SQL can decide, as a condition for WHERE: numbers, times, bits, bytes that are equal.  Texts never
 * (store/restrict_text.h).
 */
#ifndef STORE_RESTRICT_SQL_H
#define STORE_RESTRICT_SQL_H

#include "store/restrict.h"
#include "store/sql.h"

enum restrict_column_kind {
	COLUMN_NUMBER,  /* always there; 32 bits are signed, as in a property */
	COLUMN_TIME,    /* 0: not there */
	COLUMN_OPTIONAL, /* a number; 0: not there */
	COLUMN_BYTES,   /* NULL: not there */
};

struct restrict_column {
	uint32_t tag;
	enum restrict_column_kind kind;
	const char *sql;
};

#define RESTRICT_SQL_VALUES 20u
#define RESTRICT_SQL_MAX 8192u /* SQLite nests conditions a thousand deep, and a long OR is such a nest */

struct restrict_sql {
	struct buf text;  /* the condition; empty: all rows */
	bool complete;    /* it holds for exactly the rows that match; else for those and others */
	unsigned first;   /* the number of the first parameter */
	unsigned n;
	struct {
		bool is_bytes;
		int64_t number;
		struct bytes bytes;
	} values[RESTRICT_SQL_VALUES];
};

/* `columns` ends with a tag of 0. Values point into the restriction. NULL: all rows. */
void restrict_sql(const struct restrict_node *n, const struct restrict_column *columns, unsigned first, struct restrict_sql *out);
void restrict_sql_bind(const struct restrict_sql *r, struct sql_statement *s);
void restrict_sql_free(struct restrict_sql *r);

#endif
