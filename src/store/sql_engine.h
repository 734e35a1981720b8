/* What an engine provides; sql.c is all that calls it. */
#ifndef STORE_SQL_ENGINE_H
#define STORE_SQL_ENGINE_H

#include "store/sql.h"

struct sql_engine_ops {
	enum sql_engine engine;
	status (*execute)(struct sql *db, const char *text);
	struct sql_statement *(*prepare)(struct sql *db, const char *text);
	void (*bind_i64)(struct sql_statement *s, int i, int64_t v);
	void (*bind_bytes)(struct sql_statement *s, int i, struct bytes v, bool text);
	void (*bind_null)(struct sql_statement *s, int i);
	status (*step)(struct sql_statement *s, bool *row);
	int64_t (*i64)(const struct sql_statement *s, int column);
	struct bytes (*blob)(const struct sql_statement *s, int column);
	bool (*is_null)(const struct sql_statement *s, int column);
	uint64_t (*changes)(const struct sql_statement *s);
	void (*reset)(struct sql_statement *s);
	void (*free_statement)(struct sql_statement *s);
	void (*bulk)(struct sql *db, bool bulk); /* may be NULL */
	void (*fill)(struct sql *db, bool fill); /* may be NULL; then so is the next */
	void (*fill_flush)(struct sql *db);
	/* Sends a statement without waiting for what comes of it: that is the business of the next step or execute. May be NULL. */
	status (*send)(struct sql_statement *s);
	void (*close)(struct sql *db);
};

/* The first member of each engine's own. */
struct sql {
	const struct sql_engine_ops *ops;
	struct sql_statement **statements;
	size_t n_statements, cap_statements;
	size_t n_in_use; /* statements that were handed out and did not come back */
	bool in_transaction, bulk, turns;
	bool filling; /* sql_fill */
	bool lost;    /* a commit failed meanwhile */
	status failed; /* within the transaction */
	struct reason why;
};

struct sql_statement {
	struct sql *db;
	const char *text;
	bool in_use;
	bool once; /* freed when it is done; not among those of the connection */
};

#endif
