/*
 * Messages through the index (folder, kind, received, id), window by window: what is before a row and after it is said by
 * its key, so nothing is counted or kept.  A search folder's messages are those of its links; a message that a static search found
 * may be gone, and its row stays ([MS-OXCFOLD] 3.2.5.4).
 */
#include "store/table_private.h"

#include <stdio.h>

/* Rows that one query brings: PostgreSQL hands over all of them at once. */
#define WINDOW_MOST 200u
/* Of all rows, for a list. */
#define ALL_MOST 1000u
#define TEXT_MOST (RESTRICT_SQL_MAX + 2048u)

/* The folder and the kind (a search folder has no links but to the first) are parameters 1 and 2; what the restriction has comes next. */
#define RESTRICTION_FIRST 3u
#define NUMBERS_MOST 4u

struct query {
	struct table *t;
	struct buf text;
	unsigned n;
	int64_t numbers[NUMBERS_MOST];
};

#define CLEANUP_QUERY __attribute__((cleanup(query_free)))

static void query_free(struct query *q)
{
	buf_free(&q->text);
}

static const char *received(const struct table *t)
{
	return t->is_search ? "l.received" : "m.received";
}

static const char *id_column(const struct table *t)
{
	return t->is_search ? "l.message" : "m.id";
}

static struct query query_of(struct table *t, const char *what)
{
	struct query q = { .t = t, .text = BUF_MAX(TEXT_MOST) };

	buf_add_str(&q.text, what);
	buf_add_str(&q.text, t->is_search ? " FROM search_result l LEFT JOIN message m ON m.id = l.message WHERE l.folder = $1 AND CAST($2 AS BIGINT) = 0" :
					    " FROM message m WHERE m.folder = $1 AND m.kind = $2");
	if (t->sql.text.n) {
		buf_add_str(&q.text, " AND ");
		buf_add(&q.text, t->sql.text.p, t->sql.text.n);
	}
	return q;
}

/* A number as a parameter. */
static void add_number(struct query *q, int64_t v)
{
	buf_printf(&q->text, "$%u", RESTRICTION_FIRST + q->t->sql.n + q->n);
	q->numbers[q->n++] = v;
}

static struct sql_statement *prepare(struct query *q)
{
	struct sql *db = mailbox_sql(q->t->m);
	struct sql_statement *s = q->text.failed ? NULL : sql_prepare_once(db, buf_cstr(&q->text));

	if (!s)
		return NULL;
	sql_bind_i64(s, 1, (int64_t)q->t->object);
	sql_bind_i64(s, 2, q->t->message_kind);
	restrict_sql_bind(&q->t->sql, s);
	for (unsigned i = 0; i < q->n; i++)
		sql_bind_i64(s, (int)(RESTRICTION_FIRST + q->t->sql.n + i), q->numbers[i]);
	return s;
}

static status failed(struct table *t, status s)
{
	return s ? reason_set(&t->why, s, "%s", sql_failure(mailbox_sql(t->m))) : ecNone;
}

/* Before or after the place. */
static void add_side(struct query *q, const struct table_place *from, bool forward)
{
	const struct table *t = q->t;
	bool up = forward == t->ascending;
	bool with = from->after != forward; /* the row itself is on this side */

	if (from->where != PLACE_ROW)
		return;
	buf_printf(&q->text, " AND (%s, %s) %s%s (", received(t), id_column(t), up ? ">" : "<", with ? "=" : "");
	add_number(q, from->received);
	buf_add_str(&q->text, ", ");
	add_number(q, (int64_t)from->id);
	buf_add_str(&q->text, ")");
}

static void add_order(struct query *q, bool forward)
{
	const char *way = forward == q->t->ascending ? "" : " DESC";

	buf_printf(&q->text, " ORDER BY %s%s, %s%s", received(q->t), way, id_column(q->t), way);
}

/* Nothing lies beyond the ends. */
static bool beyond(const struct table_place *from, bool forward)
{
	return from->where == (forward ? PLACE_END : PLACE_BEGINNING);
}

static status visit_row(struct table *t, struct sql_statement *s, struct arena *arena, table_visit *visit, void *context,
			struct table_place *last, bool *stop)
{
	struct table_row row;

	arena_reset(arena);
	table_row_init(&row, t->m, arena);
	row.id = (uint64_t)sql_i64(s, MC_ID);
	row.message = s;
	row.gone = t->is_search && sql_i64(s, MC_LINK_GONE) != 0;
	*last = (struct table_place){ .where = PLACE_ROW, .id = row.id, .received = sql_i64(s, MC_RECEIVED) };
	return visit(context, &row, last, stop);
}

static status visit_rows(struct table *t, struct query *q, table_visit *visit, void *context, struct table_place *last, size_t *n,
			 bool *stop)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ROW_MEMORY_MAX);
	CLEANUP_STATEMENT struct sql_statement *st = prepare(q);
	bool row = false;
	status s;

	while (!(s = sql_step(st, &row)) && row && !*stop) {
		s = visit_row(t, st, &arena, visit, context, last, stop);
		if (s)
			return s;
		++*n;
	}
	return failed(t, s);
}

/* A query of rows. */
static struct query rows_of(struct table *t, uint32_t columns)
{
	CLEANUP_BUF struct buf what = BUF_MAX(TEXT_MOST);

	buf_add_str(&what, "SELECT ");
	message_columns_write(t->is_search ? LINK_COLUMNS : MESSAGE_COLUMNS, columns, &what);
	return query_of(t, buf_cstr(&what));
}

status window_read(struct table *t, const struct table_place *from, bool forward, size_t max, table_visit *visit, void *context,
		   size_t *n)
{
	struct table_place at = *from;
	bool stop = false;
	status s = ecNone;

	*n = 0;
	while (!s && !stop && *n < max && !beyond(&at, forward)) {
		size_t most = max - *n < WINDOW_MOST ? max - *n : WINDOW_MOST, got = 0;
		CLEANUP_QUERY struct query q = rows_of(t, MESSAGE_COLUMNS_ALL);

		add_side(&q, &at, forward);
		add_order(&q, forward);
		buf_add_str(&q.text, " LIMIT ");
		add_number(&q, (int64_t)most);
		s = visit_rows(t, &q, visit, context, &at, &got, &stop);
		at.after = forward;
		*n += got;
		if (got < most)
			break;
	}
	return s;
}

static status number(struct table *t, struct query *q, uint64_t *out)
{
	CLEANUP_STATEMENT struct sql_statement *s = prepare(q);
	bool row = false;
	status st = sql_step(s, &row);

	if (!st)
		*out = row ? (uint64_t)sql_i64(s, 0) : 0;
	return failed(t, st);
}

/* Rows on one side of a place. */
static status count_side(struct table *t, const struct table_place *p, bool forward, uint64_t *rows)
{
	CLEANUP_QUERY struct query q = query_of(t, "SELECT COUNT(*)");

	add_side(&q, p, forward);
	return number(t, &q, rows);
}

status window_count(struct table *t, uint64_t *rows)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct folder f;

	/* Folders count themselves. */
	if (!t->sql.text.n && (t->kind == TABLE_CONTENTS || t->kind == TABLE_ASSOCIATED)) {
		status s = folder_get(t->m, t->object, &arena, &f);

		if (!s)
			*rows = t->kind == TABLE_CONTENTS ? f.items : f.associated;
		return table_say(t, s);
	}
	return count_side(t, &(struct table_place){ .where = PLACE_END }, false, rows);
}

status window_before(struct table *t, const struct table_place *p, uint64_t *rows)
{
	if (p->where == PLACE_ROW)
		return count_side(t, p, false, rows);
	*rows = 0;
	return p->where == PLACE_END ? window_count(t, rows) : ecNone;
}

/* The row that is `skip` rows away. */
static status skip_to(struct table *t, const struct table_place *from, bool forward, uint64_t skip, struct table_place *to, bool *found)
{
	char what[64];
	status st;

	(void)snprintf(what, sizeof what, "SELECT %s, %s", id_column(t), received(t));
	CLEANUP_QUERY struct query q = query_of(t, what);
	add_side(&q, from, forward);
	add_order(&q, forward);
	buf_add_str(&q.text, " LIMIT 1 OFFSET ");
	add_number(&q, (int64_t)skip);
	CLEANUP_STATEMENT struct sql_statement *s = prepare(&q);
	st = sql_step(s, found);
	if (!st && *found)
		*to = (struct table_place){ .where = PLACE_ROW, .id = (uint64_t)sql_i64(s, 0), .received = sql_i64(s, 1) };
	return failed(t, st);
}

status window_move(struct table *t, const struct table_place *from, int64_t rows, struct table_place *to, int64_t *moved)
{
	bool forward = rows > 0, found = false;
	uint64_t way = forward ? (uint64_t)rows : (uint64_t)0 - (uint64_t)rows, rest = 0;
	status s = ecNone;

	if (!rows || beyond(from, forward)) {
		*to = *from;
		*moved = 0;
		return ecNone;
	}
	/* Forward, the cursor stops before the row that comes next; backward, before the one that it passed last. */
	s = way > INT32_MAX ? ecNone : skip_to(t, from, forward, forward ? way : way - 1, to, &found);
	if (s || found) {
		*moved = rows;
		return s;
	}
	s = count_side(t, from, forward, &rest);
	if (!s) {
		*to = (struct table_place){ .where = forward ? PLACE_END : PLACE_BEGINNING };
		*moved = forward ? (int64_t)rest : -(int64_t)rest;
	}
	return s;
}

/* For lists ------------------------------------------------------------------------------------------------------------------ */

status window_all(struct table *t, uint32_t columns, table_visit *visit, void *context)
{
	struct table_place last = { .id = 0 };
	bool stop = false, more = true;
	status s = ecNone;

	while (!s && more && !stop) {
		CLEANUP_QUERY struct query q = rows_of(t, columns | 1u << MC_ID);
		size_t n = 0;

		buf_printf(&q.text, " AND %s > ", id_column(t));
		add_number(&q, (int64_t)last.id);
		buf_printf(&q.text, " ORDER BY %s LIMIT ", id_column(t));
		add_number(&q, ALL_MOST);
		s = visit_rows(t, &q, visit, context, &last, &n, &stop);
		more = n == ALL_MOST;
	}
	return s;
}

status window_message(struct table *t, uint64_t id, struct table_row *r)
{
	static const char plain[] = "SELECT " MESSAGE_COLUMNS " FROM message m WHERE m.folder = $1 AND m.kind = $2 AND m.id = $3";
	static const char search[] = "SELECT " LINK_COLUMNS " FROM search_result l LEFT JOIN message m ON m.id = l.message"
				     " WHERE l.folder = $1 AND CAST($2 AS BIGINT) = 0 AND l.message = $3";
	struct sql_statement *s = sql_prepare(mailbox_sql(t->m), t->is_search ? search : plain);
	bool row = false;
	status st;

	sql_bind_i64(s, 1, (int64_t)t->object);
	sql_bind_i64(s, 2, t->message_kind);
	sql_bind_i64(s, 3, (int64_t)id);
	st = sql_step(s, &row);
	if (!st && row) {
		r->id = id;
		r->message = s;
		r->gone = t->is_search && sql_i64(s, MC_LINK_GONE) != 0;
		return ecNone;
	}
	sql_done(s);
	return failed(t, st);
}
