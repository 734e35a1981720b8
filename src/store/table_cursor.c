/* Where a table is read: cursor, bookmarks, seeking, finding. */
#include "store/table_private.h"

#include <stdlib.h>

#define FIND_MEMORY_MAX ((size_t)16 << 20)

static status ready(struct table *t)
{
	return t->windowed ? ecNone : list_ready(t);
}

static status read_rows(struct table *t, const struct table_place *from, bool forward, size_t max, table_visit *visit, void *context,
			size_t *n)
{
	return t->windowed ? window_read(t, from, forward, max, visit, context, n) : list_read(t, from, forward, max, visit, context, n);
}

static status count_before(struct table *t, const struct table_place *p, uint64_t *rows)
{
	return t->windowed ? window_before(t, p, rows) : list_before(t, p, rows);
}

/* The cursor takes the place over. */
static void set_cursor(struct table *t, struct table_place *p, int64_t index)
{
	place_free(&t->cursor);
	t->cursor = *p;
	t->index = p->where == PLACE_BEGINNING ? 0 : index;
}

/* Counting --------------------------------------------------------------------------------------------------------------------- */

status table_count(struct table *t, uint64_t *rows)
{
	status s = ready(t);

	return s ? s : t->windowed ? window_count(t, rows) : list_count(t, rows);
}

status table_position(struct table *t, uint64_t *numerator, uint64_t *denominator)
{
	uint64_t before = 0, all = 0;
	status s = table_count(t, &all);

	if (!s && t->index < 0) {
		s = count_before(t, &t->cursor, &before);
		if (!s)
			t->index = (int64_t)before;
	}
	if (s)
		return s;
	*denominator = all;
	*numerator = (uint64_t)t->index < all ? (uint64_t)t->index : all;
	return ecNone;
}

struct glance {
	struct table_place place;
};

static status on_glance(void *context, struct table_row *row, const struct table_place *place, bool *stop)
{
	struct glance *g = context;

	(void)row;
	*stop = true;
	return place_copy(place, &g->place);
}

/* The row next to a place; *found. */
static status next_to(struct table *t, const struct table_place *from, bool forward, struct table_place *to, bool *found)
{
	struct glance g = { .place = { .where = PLACE_BEGINNING } };
	size_t n = 0;
	status s = ready(t);

	if (!s)
		s = read_rows(t, from, forward, 1, on_glance, &g, &n);
	*found = !s && n;
	*to = g.place;
	return s;
}

status table_at_beginning(struct table *t, bool *yes)
{
	struct table_place p;
	bool found = false;
	status s = next_to(t, &t->cursor, false, &p, &found);

	place_free(&p);
	if (!s)
		*yes = !found;
	return s;
}

status table_at_end(struct table *t, bool *yes)
{
	struct table_place p;
	bool found = false;
	status s = next_to(t, &t->cursor, true, &p, &found);

	place_free(&p);
	if (!s)
		*yes = !found;
	return s;
}

/* Seeking ---------------------------------------------------------------------------------------------------------------------- */

static status seek_from(struct table *t, const struct table_place *from, int64_t index, int64_t rows, int64_t *moved)
{
	struct table_place to = { .where = PLACE_BEGINNING };
	int64_t way = 0;
	status s = t->windowed ? window_move(t, from, rows, &to, &way) : list_move(t, from, rows, &to, &way);

	if (s)
		return s;
	/* The same place would lose its key to itself. */
	if (!rows || !way) {
		struct table_place same = { .where = PLACE_BEGINNING };

		s = place_copy(from, &same);
		place_free(&to);
		to = same;
	}
	if (s)
		return s;
	set_cursor(t, &to, index < 0 ? -1 : index + way);
	*moved = way;
	return ecNone;
}

status table_seek(struct table *t, enum table_origin origin, int64_t rows, int64_t *moved)
{
	static const struct table_place beginning = { .where = PLACE_BEGINNING }, end = { .where = PLACE_END };
	status s = ready(t);

	if (s)
		return s;
	if (origin == ORIGIN_BEGINNING)
		return seek_from(t, &beginning, 0, rows, moved);
	if (origin == ORIGIN_END)
		return seek_from(t, &end, -1, rows, moved);
	if (origin == ORIGIN_CURRENT)
		return seek_from(t, &t->cursor, t->index, rows, moved);
	return reason_set(&t->why, ecInvalidParam, "there is no such place to seek from");
}

status table_seek_fraction(struct table *t, uint32_t numerator, uint32_t denominator)
{
	uint64_t all = 0;
	int64_t moved;
	status s;

	if (!denominator)
		return reason_set(&t->why, ecInvalidParam, "a fraction of nothing");
	s = table_count(t, &all);
	if (s)
		return s;
	if (numerator >= denominator)
		return table_seek(t, ORIGIN_END, 0, &moved);
	return table_seek(t, ORIGIN_BEGINNING, (int64_t)(all * numerator / denominator), &moved);
}

/* Bookmarks ---------------------------------------------------------------------------------------------------------------------- */

status table_mark_place(struct table *t, struct table_place *place, uint32_t *bookmark)
{
	struct table_mark *v = t->n_marks < TABLE_BOOKMARKS_MAX ? reallocarray(t->marks, t->n_marks + 1, sizeof *v) : NULL;

	if (!v) {
		place_free(place);
		return reason_set(&t->why, ecTooBig, "more than %u bookmarks", TABLE_BOOKMARKS_MAX);
	}
	t->marks = v;
	t->marks[t->n_marks++] = (struct table_mark){ .id = ++t->next_mark, .place = *place };
	*bookmark = t->next_mark;
	return ecNone;
}

status table_bookmark(struct table *t, uint32_t *bookmark)
{
	struct table_place p;
	bool found = false;
	status s = next_to(t, &t->cursor, true, &p, &found);

	if (s)
		return s;
	if (!found)
		p = (struct table_place){ .where = PLACE_END };
	return table_mark_place(t, &p, bookmark);
}

static struct table_mark *find_mark(struct table *t, uint32_t bookmark)
{
	for (size_t i = 0; i < t->n_marks; i++)
		if (t->marks[i].id == bookmark)
			return &t->marks[i];
	return NULL;
}

status table_bookmark_free(struct table *t, uint32_t bookmark)
{
	struct table_mark *k = find_mark(t, bookmark);

	if (!k)
		return reason_set(&t->why, ecInvalidBookmark, "there is no such bookmark");
	place_free(&k->place);
	*k = t->marks[--t->n_marks];
	return ecNone;
}

/* Is the row at the place gone, or out of sight? */
static status is_gone(struct table *t, const struct table_place *place, bool *gone)
{
	struct table_place next;
	bool found = false;
	status s;

	*gone = false;
	if (place->where != PLACE_ROW)
		return ecNone;
	if (!t->windowed) {
		*gone = !list_has(t, place);
		return ecNone;
	}
	s = next_to(t, place, true, &next, &found);
	*gone = !s && (!found || next.id != place->id);
	place_free(&next);
	return s;
}

static status marked_place(struct table *t, uint32_t bookmark, const struct table_place **place, bool *gone)
{
	const struct table_mark *k = find_mark(t, bookmark);
	status s = ready(t);

	if (s)
		return s;
	if (!k)
		return reason_set(&t->why, ecInvalidBookmark, "there is no such bookmark in the table as it is sorted and restricted now");
	*place = &k->place;
	return is_gone(t, &k->place, gone);
}

status table_bookmark_seek(struct table *t, uint32_t bookmark, int64_t rows, int64_t *moved, bool *gone)
{
	const struct table_place *place = NULL;
	bool is = false;
	status s = marked_place(t, bookmark, &place, &is);

	if (!s)
		s = seek_from(t, place, -1, rows, moved);
	if (!s)
		*gone = is;
	return s;
}

/* Finding ------------------------------------------------------------------------------------------------------------------------ */

struct search {
	struct table *t;
	struct restrict_node *wanted;
	struct arena *arena; /* of `found` */
	struct bag *row;     /* NULL: not wanted */
	struct table_place place;
	bool found;
};

static status on_candidate(void *context, struct table_row *row, const struct table_place *place, bool *stop)
{
	struct search *f = context;
	status s = restrict_matches(f->wanted, &row->row, &f->found);

	if (s || !f->found)
		return s;
	*stop = true;
	s = place_copy(place, &f->place);
	return s || !f->row ? s : table_make_row(f->t, row, f->arena, f->row);
}

/*
 * What SQL can decide of the restriction is asked of it for as long as the search lasts: the row may be far away.
 */
static status search_rows(struct table *t, const struct table_place *from, bool backward, struct search *f)
{
	struct restrict_node both[2], all = { .kind = RES_AND, .child = both, .n = 0 };
	struct restrict_sql was = t->sql;
	size_t n = 0;
	status s;

	if (!t->windowed)
		return read_rows(t, from, !backward, SIZE_MAX, on_candidate, f, &n);
	/* The table's own stands first: what it needs is there, as it was without the other. */
	if (t->restriction)
		both[all.n++] = *t->restriction;
	both[all.n++] = *f->wanted;
	restrict_sql(&all, message_restrict_columns(t->m), 3, &t->sql);
	s = read_rows(t, from, !backward, SIZE_MAX, on_candidate, f, &n);
	restrict_sql_free(&t->sql);
	t->sql = was;
	return s;
}

static status origin_of(struct table *t, const struct table_find *f, const struct table_place **from, bool *gone)
{
	static const struct table_place beginning = { .where = PLACE_BEGINNING }, end = { .where = PLACE_END };

	*gone = false;
	switch (f->origin) {
	case ORIGIN_BEGINNING:
		*from = &beginning;
		return ready(t);
	case ORIGIN_END:
		*from = &end;
		return ready(t);
	case ORIGIN_CURRENT:
		*from = &t->cursor;
		return ready(t);
	case ORIGIN_BOOKMARK:
		return marked_place(t, f->bookmark, from, gone);
	default:
		return reason_set(&t->why, ecInvalidParam, "there is no such place to search from");
	}
}

status table_find(struct table *t, const struct table_find *f, struct arena *arena, struct bag *row, bool *gone)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(FIND_MEMORY_MAX);
	struct search found = { .t = t, .arena = arena, .row = row };
	const struct table_place *from = NULL;
	bool vanished = false;
	status s = row && !t->n_columns ? reason_set(&t->why, ecNullObject, "no columns were set") : ecNone;

	if (!s)
		s = restrict_compile(f->restriction, 1252, &scratch, &found.wanted, &t->why);
	if (!s)
		s = origin_of(t, f, &from, &vanished);
	if (!s)
		s = search_rows(t, from, f->backward, &found);
	if (!s && !found.found)
		s = reason_set(&t->why, ecNotFound, "no row of the table fulfils the restriction");
	if (s) {
		place_free(&found.place);
		return s;
	}
	set_cursor(t, &found.place, -1);
	*gone = vanished;
	return ecNone;
}

/* Rows --------------------------------------------------------------------------------------------------------------------------- */

struct query {
	struct table *t;
	struct arena *arena;
	struct bag *rows;
	size_t n, cap;
	struct table_place last;
};

static bool make_room(struct query *q)
{
	size_t cap = q->cap ? 2 * q->cap : 16;
	struct bag *v;

	if (q->n < q->cap)
		return true;
	v = arena_array(q->arena, cap, sizeof *v);
	if (!v)
		return false;
	if (q->n)
		memcpy(v, q->rows, q->n * sizeof *v);
	q->rows = v;
	q->cap = cap;
	return true;
}

/* The answer ends where its memory does. */
static status on_row(void *context, struct table_row *row, const struct table_place *place, bool *stop)
{
	struct query *q = context;
	struct table_place p;
	struct arena_mark mark = arena_mark(q->arena);
	status s = make_room(q) ? table_make_row(q->t, row, q->arena, &q->rows[q->n]) : ecMemory;

	if (s == ecMemory && q->n) {
		arena_rewind(q->arena, mark);
		*stop = true;
		return ecNone;
	}
	if (s)
		return s == ecMemory ? reason_set(&q->t->why, ecTooBig, "a row is larger than the answer may be") : s;
	s = place_copy(place, &p);
	if (s)
		return s;
	place_free(&q->last);
	q->last = p;
	q->n++;
	return ecNone;
}

status table_query_rows(struct table *t, bool forward, size_t max, bool advance, struct arena *arena, struct table_rows *out)
{
	struct query q = { .t = t, .arena = arena };
	size_t n = 0;
	status s = t->n_columns ? ready(t) : reason_set(&t->why, ecNullObject, "no columns were set");

	if (!s)
		s = read_rows(t, &t->cursor, forward, max, on_row, &q, &n);
	if (s || !advance || !q.n) {
		place_free(&q.last);
	} else {
		q.last.after = forward;
		set_cursor(t, &q.last, t->index < 0 ? -1 : t->index + (forward ? (int64_t)q.n : -(int64_t)q.n));
	}
	if (!s)
		*out = (struct table_rows){ .v = q.rows, .n = q.n };
	return s;
}
