/*
 * What stands in a part of a backup: tables and their rows, whichever SQL engine they come from.
 *
 *     U8 kind, U8 table, U32 bytes that follow
 *     'T'  a table begins to be spoken of, by that number: U8 length + name, U8 columns, each U8 type, U8 1 when it may not be
 *          NULL, U8 its place in the primary key (0: none), U8 length + name
 *     'E'  its rows that have these values go: U32 bits of the columns, then their values; no bits: all rows
 *     'R'  a row: a value for each column
 *     value: U8 0 (NULL) | 1, I64 | 2, U32 length, UTF-8, NUL | 3, U32 length, bytes
 *
 * The same records from the first part of a chain to its last, carried out in their order, give the tables as they were.
 */
#ifndef STORE_BACKUP_RECORD_H
#define STORE_BACKUP_RECORD_H

#include "base/arena.h"
#include "store/backup_file.h"
#include "store/sql.h"

/* What a statement may have as parameters on both engines. */
#define BACKUP_COLUMNS_MAX 32u
#define BACKUP_TABLES_MAX 128u
#define BACKUP_NAME_MAX 63u

enum backup_type { BACKUP_NULL, BACKUP_INTEGER, BACKUP_TEXT, BACKUP_BLOB };

struct backup_column {
	const char *name;
	enum backup_type type; /* as declared; never BACKUP_NULL */
	bool mandatory;
	uint8_t key; /* 1, 2 ...: its place in the primary key; 0: it is not in it */
};

struct backup_table {
	const char *name;
	struct backup_column *columns;
	size_t n;
};

struct backup_value {
	enum backup_type type;
	int64_t number;
	struct bytes bytes; /* of text without its NUL, which stands there nevertheless */
};

enum backup_record_kind { RECORD_TABLE = 'T', RECORD_ERASE = 'E', RECORD_ROW = 'R' };

struct backup_record {
	enum backup_record_kind kind;
	unsigned table;
	const struct backup_table *defined; /* 'T': in the arena; 'E', 'R': the table it speaks of */
	uint32_t columns;                   /* 'E': bits */
	struct backup_value values[BACKUP_COLUMNS_MAX]; /* 'R': by column; 'E': of the columns in `columns`, at their places */
};

/* Writing; failures stick to the writer. */
status backup_put_table(struct backup_writer *w, unsigned number, const struct backup_table *t) MUST;
status backup_put_erase(struct backup_writer *w, unsigned number, const struct backup_table *t, uint32_t columns,
			const struct backup_value *values) MUST;
/* The row at hand of a statement that selects the columns of the table in their order. */
status backup_put_row(struct backup_writer *w, unsigned number, const struct backup_table *t, const struct sql_statement *row) MUST;

/* Reading: which tables were spoken of so far. */
struct backup_tables {
	const struct backup_table *of[BACKUP_TABLES_MAX];
	struct arena *arena; /* where they live */
};

/* The next record; values are valid until the next one. *end: there is none. ecCorruptData names file and offset. */
status backup_next_record(struct backup_reader *r, struct backup_tables *tables, struct backup_record *out, bool *end,
			  struct reason *why) MUST;

/* A name of a table or column as all of ours are: small letters, digits, "_". */
bool backup_name_good(const char *name, size_t n);

#endif
