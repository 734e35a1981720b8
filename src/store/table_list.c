/* A table as a list of ids with their keys: for orders and restrictions that no index serves. */
#include "store/table_private.h"

#include "base/utf16.h"
#include "store/restrict_text.h"

#include <stdlib.h>

/*
 * The bytes before a key: its length, unread or not; then the ends of the parts of the categories, and where there is one that of the
 * greatest value (table_maximum.c).
 */
#define KEY_HEAD 3u
/* Bytes of a key with it, as a guess. */
#define KEY_EXPECTED 56u

size_t list_key_head(const struct table *t)
{
	return KEY_HEAD + 2 * ((size_t)t->n_categories + list_by_maximum(t));
}

/* Keys ------------------------------------------------------------------------------------------------------------------ */

struct bytes list_key(const struct table *t, const struct list_row *r)
{
	const uint8_t *p = t->list.keys.p + r->key;

	return bytes_of(p + list_key_head(t), le16(p));
}

bool list_unread(const struct table_list *l, const struct list_row *leaf)
{
	return l->keys.p[leaf->key + 2];
}

struct bytes list_prefix(const struct table *t, const struct list_row *leaf, unsigned depth)
{
	const uint8_t *p = t->list.keys.p + leaf->key;

	return bytes_of(p + list_key_head(t), le16(p + KEY_HEAD + 2 * (size_t)depth));
}

static struct bytes key_of(const struct table *t, const struct list_row *r)
{
	return r->instance == LIST_HEADING ? t->list.headings[r->id].key : list_key(t, r);
}

int list_order(struct bytes a, struct bytes b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int o = n ? memcmp(a.p, b.p, n) : 0;

	return o ? o : (a.n > b.n) - (a.n < b.n);
}

void list_set_lengths(const struct table *t, uint8_t *head, size_t n, size_t last, size_t value)
{
	put_le16(head, (uint16_t)n);
	put_le16(head + KEY_HEAD + 2 * ((size_t)t->n_categories - 1), (uint16_t)last);
	put_le16(head + KEY_HEAD + 2 * (size_t)t->n_categories, (uint16_t)value);
}

static int order_rows(const void *a, const void *b, void *context)
{
	return list_order(list_key(context, a), list_key(context, b));
}

/* A row with the beginning of its key, which mostly decides and is at hand. */
struct sorted_row {
	uint64_t begin[2];
	struct list_row row;
};

static int order_sorted(const void *a, const void *b, void *context)
{
	const struct sorted_row *x = a, *y = b;

	for (unsigned i = 0; i < 2; i++)
		if (x->begin[i] != y->begin[i])
			return x->begin[i] < y->begin[i] ? -1 : 1;
	return list_order(list_key(context, &x->row), list_key(context, &y->row));
}

static bool sort_rows(struct table *t)
{
	struct table_list *l = &t->list;
	struct sorted_row *v = l->n ? reallocarray(NULL, l->n, sizeof *v) : NULL;

	if (l->n && !v)
		return false;
	for (size_t i = 0; i < l->n; i++) {
		struct bytes key = list_key(t, &l->rows[i]);
		uint8_t begin[16] = { 0 };

		memcpy(begin, key.p, key.n < sizeof begin ? key.n : sizeof begin);
		v[i] = (struct sorted_row){ .begin = { be64(begin), be64(begin + 8) }, .row = l->rows[i] };
	}
	if (l->n)
		qsort_r(v, l->n, sizeof *v, order_sorted, t);
	for (size_t i = 0; i < l->n; i++)
		l->rows[i] = v[i].row;
	free(v);
	return true;
}

/* Ties are in the order of ids, so that every key is another. */
static void add_id(const struct table *t, const struct table_row *row, struct buf *key)
{
	bool descending = t->n_sorts ? t->sorts[t->n_sorts - 1].direction & SORT_DESCEND : t->of_messages;
	uint8_t id[12];

	put_be64(id, row->id);
	put_be64(id + 4, (row->id & UINT32_MAX) << 32 | row->instance);
	for (size_t i = 0; descending && i < sizeof id; i++)
		id[i] = (uint8_t)~id[i];
	buf_add(key, id, sizeof id);
}

/* The order that a table has when nobody asked for one: by arrival, the newest first. */
static const struct sort_order by_arrival = { .tag = PidTagMessageDeliveryTime, .direction = SORT_DESCEND };

/* What is greatest in a category decides of the innermost one, in its direction. */
static unsigned part_at(const struct table *t, unsigned i)
{
	if (!list_by_maximum(t) || i > t->n_categories || i + 1 < t->n_categories)
		return i;
	return i == t->n_categories ? i - 1 : i + 1;
}

static status add_parts(struct table *t, struct table_row *row, size_t head, struct buf *key)
{
	bool ours = !t->n_sorts && t->of_messages;
	const struct sort_order *sorts = ours ? &by_arrival : t->sorts;
	status s = ecNone;

	for (unsigned k = 0; !s && k < (ours ? 1 : t->n_sorts); k++) {
		unsigned i = ours ? k : part_at(t, k);
		bool greatest = i == t->n_categories && list_by_maximum(t);
		uint32_t tag = sorts[i].tag & MV_INSTANCE ? sorts[i].tag & ~(uint32_t)(MV_INSTANCE | MV_FLAG) : sorts[i].tag;
		const struct prop *p = NULL;

		s = row->row.prop(&row->row, tag, true, &p);
		if (s)
			break;
		restrict_sort_key(p, row->row.codepage, sorts[greatest ? i - 1 : i].direction & SORT_DESCEND, SORT_VALUE_MAX, key);
		if ((i < t->n_categories || greatest) && !key->failed)
			put_le16(key->p + head + KEY_HEAD + 2 * (size_t)i, (uint16_t)(key->n - head - list_key_head(t)));
	}
	return s;
}

static status no_room(struct table *t)
{
	return reason_set(&t->why, ecTooBig, "the folder has too many messages to be sorted: its keys take more than %u MiB",
			  (unsigned)(TABLE_MEMORY_MAX >> 20));
}

/* Appends a leaf, at the end. `above`: the key of the folder that a folder is in. */
static status append(struct table *t, struct table_row *row, struct bytes above, struct list_row *out)
{
	struct buf *keys = &t->list.keys;
	size_t head = keys->n;
	uint64_t flags = MSGFLAG_READ;
	status s = row->message ? message_row_flags(row, &flags) : ecNone;

	if (s)
		return table_say(t, s);
	if (head > UINT32_MAX)
		return no_room(t);
	buf_add_zeros(keys, list_key_head(t));
	buf_add(keys, above.p, above.n);
	s = add_parts(t, row, head, keys);
	if (s)
		return s;
	if (row->folder && !t->n_sorts)
		text_sort_key(PT_UNICODE, utf16_bytes(row->arena, row->folder->name), 0, keys);
	add_id(t, row, keys);
	if (keys->failed || keys->n - head > UINT16_MAX)
		return no_room(t);
	put_le16(keys->p + head, (uint16_t)(keys->n - head - list_key_head(t)));
	keys->p[head + 2] = !(flags & MSGFLAG_READ);
	*out = (struct list_row){ .id = row->id, .instance = row->instance, .key = (uint32_t)head };
	return ecNone;
}

static bool make_room_for(struct table_list *l, size_t cap)
{
	struct list_row *v;

	if (cap <= l->cap)
		return true;
	v = cap * sizeof *v <= TABLE_MEMORY_MAX ? reallocarray(l->rows, cap, sizeof *v) : NULL;
	if (!v)
		return false;
	l->rows = v;
	l->cap = cap;
	return true;
}

static bool make_room(struct table_list *l)
{
	return l->n < l->cap || make_room_for(l, l->cap ? 2 * l->cap : 256);
}

/* For as many as the folder has, when all of them may come: growing step by step copies much. Without it they come all the same. */
static void expect_all(struct table *t)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 20);
	struct table_list *l = &t->list;
	struct folder f;

	if (!t->of_messages || t->sql.text.n || t->restriction || folder_get(t->m, t->object, &arena, &f))
		return;
	if (f.items < TABLE_MEMORY_MAX / KEY_EXPECTED && make_room_for(l, f.items) && !buf_reserve(&l->keys, f.items * KEY_EXPECTED))
		l->keys.failed = false;
}

/* In its place, when the list is sorted already; else at the end. */
static status add_leaf(struct table *t, struct table_row *row, struct bytes above, bool sorted)
{
	struct table_list *l = &t->list;
	struct list_row r = { .id = 0 };
	size_t at = l->n;
	status s = make_room(l) ? append(t, row, above, &r) : no_room(t);

	if (s)
		return s;
	for (size_t lo = 0, hi = sorted ? l->n : 0; lo < hi; at = lo) {
		size_t mid = (lo + hi) / 2;

		if (order_rows(&l->rows[mid], &r, t) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	memmove(l->rows + at + 1, l->rows + at, (l->n - at) * sizeof *l->rows);
	l->rows[at] = r;
	l->n++;
	return ecNone;
}

/* Messages --------------------------------------------------------------------------------------------------------------- */

static uint32_t instance_tag(const struct table *t)
{
	for (unsigned i = 0; i < t->n_sorts; i++)
		if (t->sorts[i].tag & MV_INSTANCE)
			return t->sorts[i].tag & ~(uint32_t)(MV_INSTANCE | MV_FLAG);
	return 0;
}

/* As many rows as the property has values, or one. */
static status add_message(struct table *t, struct table_row *row, bool sorted)
{
	const struct prop *many = NULL;
	uint32_t n = 1, tag = instance_tag(t);
	bool matches = true;
	status s = ecNone;

	if (sorted || !t->sql.complete) /* one that is added singly was not asked by SQL */
		s = restrict_matches(t->restriction, &row->row, &matches);
	if (s || !matches)
		return s;
	if (tag)
		s = row->row.prop(&row->row, tag, true, &many);
	if (!s && many && prop_type(many) & MV_FLAG && many->count)
		n = many->count;
	row->instance_tag = tag;
	for (uint32_t i = 0; !s && i < n && i < LIST_HEADING; i++) {
		row->instance = i;
		bag_remove(&row->made, tag_id(tag)); /* that of the row before */
		s = add_leaf(t, row, bytes_of(NULL, 0), sorted);
	}
	return s;
}

static status on_message(void *context, struct table_row *row, const struct table_place *place, bool *stop)
{
	(void)place;
	(void)stop;
	return add_message(context, row, false);
}

/* Folders, objects ----------------------------------------------------------------------------------------------------------- */

static status add_folder(struct table *t, const struct folder *f, unsigned depth, struct arena *arena, struct bytes above, bool *added)
{
	struct table_row row;
	bool matches = true;
	status s;

	table_row_init(&row, t->m, arena);
	row.id = f->id;
	row.folder = f;
	row.depth = depth;
	s = restrict_matches(t->restriction, &row.row, &matches);
	if (!s && matches)
		s = add_leaf(t, &row, above, false);
	*added = !s && matches;
	return s;
}

/* The children of a folder; in the order of names each below its parent, else all alike. */
static status add_folders(struct table *t, uint64_t parent, unsigned depth, struct bytes above)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ROW_MEMORY_MAX);
	uint64_t id = 0;
	status s;

	if (depth > FOLDER_DEPTH_MAX + 1)
		return ecTooComplex;
	while (!(s = folder_next_child(t->m, parent, id, &id)) && id) {
		CLEANUP_BUF struct buf path = BUF_MAX((size_t)4 << 20);
		struct folder f;
		bool added = false;

		arena_reset(&arena);
		s = folder_get(t->m, id, &arena, &f);
		if (!s)
			s = add_folder(t, &f, depth, &arena, above, &added);
		if (s)
			return table_say(t, s);
		if (!(t->flags & TABLE_DEEP) || !f.children)
			continue;
		/* Names longer than a key has room for are as good as equal. */
		if (!t->n_sorts && above.n < 60000) {
			buf_add(&path, above.p, above.n);
			text_sort_key(PT_UNICODE, utf16_bytes(&arena, f.name), 0, &path);
		}
		s = path.failed ? ecMemory : add_folders(t, id, depth + 1, buf_bytes(&path));
		if (s)
			return s;
	}
	return table_say(t, s);
}

static status add_objects(struct table *t)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ROW_MEMORY_MAX);
	bool recipients = t->kind == TABLE_RECIPIENTS;
	size_t n = recipients ? t->objects.n_recipients : t->objects.n_attachments;
	status s = ecNone;

	for (size_t i = 0; !s && i < n; i++) {
		struct table_row row;
		bool matches = true;

		arena_reset(&arena);
		table_row_init(&row, t->m, &arena);
		row.id = i;
		row.object = recipients ? &t->objects.recipients[i] : &t->objects.attachments[i];
		s = restrict_matches(t->restriction, &row.row, &matches);
		if (!s && matches)
			s = add_leaf(t, &row, bytes_of(NULL, 0), false);
	}
	return s;
}

/* Building and keeping up ------------------------------------------------------------------------------------------------------ */

static void clear_rows(struct table_list *l)
{
	l->n = l->n_shown = l->garbage = 0;
	buf_clear(&l->keys);
	l->built = false;
}

static uint32_t condition_columns(const struct restrict_node *n)
{
	uint32_t columns = message_columns_of(n->tag) | message_columns_of(n->tag2);

	for (size_t i = 0; i < n->n; i++)
		columns |= condition_columns(&n->child[i]);
	return columns;
}

/* What keys are made of, and what SQL did not decide. */
static uint32_t needed_columns(const struct table *t)
{
	uint32_t columns = message_columns_of(PidTagMessageFlags);

	for (unsigned i = 0; i < t->n_sorts; i++)
		columns |= message_columns_of(t->sorts[i].tag);
	if (!t->n_sorts)
		columns |= 1u << MC_RECEIVED;
	return t->restriction && !t->sql.complete ? columns | condition_columns(t->restriction) : columns;
}

static status build(struct table *t)
{
	struct table_list *l = &t->list;
	status s;

	clear_rows(l);
	if (!l->keys.max)
		buf_init(&l->keys, TABLE_MEMORY_MAX);
	restrict_restart(t->restriction);
	expect_all(t);
	if (t->of_messages)
		s = window_all(t, needed_columns(t), on_message, t);
	else if (t->kind == TABLE_HIERARCHY)
		s = add_folders(t, t->object, 1, bytes_of(NULL, 0));
	else
		s = add_objects(t);
	if (!s)
		s = list_maximum(t);
	if (!s)
		s = sort_rows(t) ? list_show(t) : ecMemory;
	if (!s)
		s = list_follow(t);
	if (s) {
		clear_rows(l);
		return t->why.text[0] ? s : reason_set(&t->why, s, "out of memory");
	}
	l->built = true;
	t->stale = false;
	t->n_pending = 0;
	return ecNone;
}

static void drop(struct table *t, uint64_t id)
{
	struct table_list *l = &t->list;
	size_t kept = 0;

	for (size_t i = 0; i < l->n; i++) {
		if (l->rows[i].id == id)
			l->garbage += list_key_head(t) + list_key(t, &l->rows[i]).n;
		else
			l->rows[kept++] = l->rows[i];
	}
	l->n = kept;
}

static status refresh(struct table *t, uint64_t id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ROW_MEMORY_MAX);
	struct table_row row;
	status s;

	drop(t, id);
	table_row_init(&row, t->m, &arena);
	s = window_message(t, id, &row);
	if (!s && row.message)
		s = add_message(t, &row, true);
	sql_done(row.message);
	return s;
}

status list_ready(struct table *t)
{
	struct table_list *l = &t->list;
	status s = ecNone;

	if (!l->built || t->stale || (t->n_pending && (!t->of_messages || t->counts || list_by_maximum(t))))
		return build(t);
	if (l->garbage > ((size_t)1 << 20) && l->garbage > l->keys.n / 2)
		return build(t);
	if (!t->n_pending)
		return ecNone;
	for (size_t i = 0; !s && i < t->n_pending; i++)
		s = refresh(t, t->pending[i]);
	if (!s)
		s = list_show(t);
	t->n_pending = 0;
	l->built = !s;
	return s;
}

void list_free(struct table_list *l)
{
	for (size_t i = 0; i < l->n_headings; i++) {
		free((void *)(uintptr_t)l->headings[i].key.p);
		free((void *)(uintptr_t)l->headings[i].identity.p);
	}
	if (l->shown != l->rows)
		free(l->shown);
	free(l->rows);
	free(l->headings);
	buf_free(&l->keys);
	map_free(&l->by_key);
	*l = (struct table_list){ .built = false };
}

/* Reading --------------------------------------------------------------------------------------------------------------------- */

size_t list_bound(const struct table *t, struct bytes key, bool after)
{
	size_t lo = 0, hi = t->list.n_shown;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int o = list_order(key_of(t, &t->list.shown[mid]), key);

		if (o < 0 || (!o && after))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static size_t index_of(const struct table *t, const struct table_place *p)
{
	return p->where == PLACE_BEGINNING ? 0 : p->where == PLACE_END ? t->list.n_shown : list_bound(t, p->key, p->after);
}

bool list_has(const struct table *t, const struct table_place *p)
{
	size_t i = list_bound(t, p->key, false);

	return i < t->list.n_shown && list_order(key_of(t, &t->list.shown[i]), p->key) == 0;
}

status list_place(const struct table *t, const struct list_row *r, struct table_place *to)
{
	struct table_place p = { .where = PLACE_ROW, .id = r->id, .instance = r->instance, .key = key_of(t, r) };

	return place_copy(&p, to);
}

/* Its values come from a message under it. */
static status load(struct table *t, const struct list_row *r, struct table_row *row, struct folder *folder)
{
	status s;

	row->id = r->id;
	row->instance = r->instance;
	row->instance_tag = instance_tag(t);
	if (r->instance == LIST_HEADING) {
		row->t = t;
		row->heading = &t->list.headings[r->id];
		row->depth = row->heading->depth;
		row->instance = row->heading->sample_instance;
		return window_message(t, row->heading->sample, row);
	}
	row->depth = t->n_categories;
	if (t->of_messages)
		return window_message(t, r->id, row);
	if (t->kind == TABLE_HIERARCHY) {
		s = folder_get(t->m, r->id, row->arena, folder);
		for (uint64_t up = folder->parent; !s && up != t->object && row->depth < FOLDER_DEPTH_MAX; row->depth++) {
			struct folder above;

			s = folder_get(t->m, up, row->arena, &above);
			up = s ? up : above.parent;
		}
		row->depth++;
		row->folder = s ? NULL : folder;
		return s == ecNotFound ? ecNone : table_say(t, s);
	}
	row->object = t->kind == TABLE_RECIPIENTS ? &t->objects.recipients[r->id] : &t->objects.attachments[r->id];
	return ecNone;
}

status list_visit(struct table *t, const struct list_row *r, table_visit *visit, void *context, bool *stop)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ROW_MEMORY_MAX);
	struct table_place place = { .where = PLACE_ROW, .id = r->id, .instance = r->instance, .key = key_of(t, r) };
	struct folder folder = { .id = 0 };
	struct table_row row;
	status s;

	table_row_init(&row, t->m, &arena);
	s = load(t, r, &row, &folder);
	/* What went away in a transaction that is still open has no row. */
	if (!s && (row.message || row.folder || row.object))
		s = visit(context, &row, &place, stop);
	sql_done(row.message);
	return s;
}

status list_read(struct table *t, const struct table_place *from, bool forward, size_t max, table_visit *visit, void *context, size_t *n)
{
	size_t at = index_of(t, from);
	bool stop = false;
	status s = ecNone;

	for (*n = 0; !s && !stop && *n < max && (forward ? at < t->list.n_shown : at > 0); ++*n) {
		s = list_visit(t, &t->list.shown[forward ? at : at - 1], visit, context, &stop);
		at += forward ? 1 : (size_t)-1;
	}
	return s;
}

status list_count(struct table *t, uint64_t *rows)
{
	*rows = t->list.n_shown;
	return ecNone;
}

status list_before(struct table *t, const struct table_place *p, uint64_t *rows)
{
	*rows = index_of(t, p);
	return ecNone;
}

status list_move(struct table *t, const struct table_place *from, int64_t rows, struct table_place *to, int64_t *moved)
{
	int64_t at = (int64_t)index_of(t, from), end = (int64_t)t->list.n_shown;
	int64_t there = rows > end - at ? end : rows < -at ? 0 : at + rows;

	*moved = there - at;
	if (!*moved)
		return place_copy(from, to);
	/* Beyond an end it is the end; at a row it stays with the row. */
	if (there == end || *moved != rows) {
		*to = (struct table_place){ .where = there == end ? PLACE_END : PLACE_BEGINNING };
		return ecNone;
	}
	return list_place(t, &t->list.shown[there], to);
}

status list_find(struct table *t, uint64_t id, uint32_t instance, struct table_place *to, bool *found)
{
	const struct table_heading *h = list_heading(t, id);

	*found = false;
	for (size_t i = 0; i < t->list.n_shown; i++) {
		const struct list_row *r = &t->list.shown[i];
		bool heading = r->instance == LIST_HEADING;

		if (h ? heading && &t->list.headings[r->id] == h : !heading && r->id == row_globcnt(id) && r->instance == instance) {
			*found = true;
			return list_place(t, r, to);
		}
	}
	return ecNone;
}
