#include "store/read_marks.h"
#include "store/table_private.h"

#include <stdlib.h>

#define RESTRICTION_MEMORY_MAX ((size_t)16 << 20)
#define OBJECTS_MEMORY_MAX ((size_t)64 << 20)

status table_say(struct table *t, status s)
{
	return s ? reason_set(&t->why, s, "%s", mailbox_failure(t->m)) : ecNone;
}

const char *table_failure(const struct table *t)
{
	return t->why.text;
}

/* Places ------------------------------------------------------------------------------------------------------------------ */

void place_free(struct table_place *p)
{
	free((void *)(uintptr_t)p->key.p);
	*p = (struct table_place){ .where = PLACE_BEGINNING };
}

status place_copy(const struct table_place *from, struct table_place *to)
{
	uint8_t *key = NULL;

	if (from->key.n) {
		key = malloc(from->key.n);
		if (!key)
			return ecMemory;
		memcpy(key, from->key.p, from->key.n);
	}
	*to = *from;
	to->key.p = key;
	return ecNone;
}

/* Changes ----------------------------------------------------------------------------------------------------------------- */

static void note(struct table *t, uint64_t id)
{
	if (!id)
		return;
	for (size_t i = 0; i < t->n_pending; i++)
		if (t->pending[i] == id)
			return;
	if (t->n_pending == PENDING_MAX)
		t->stale = true;
	else
		t->pending[t->n_pending++] = id;
}

static void on_changes(void *context, const struct mailbox_change *changes, size_t n)
{
	struct table *t = context;

	for (size_t i = 0; i < n && !t->stale; i++) {
		const struct mailbox_change *c = &changes[i];

		if (!mailbox_change_is_for(c, &t->reader))
			continue;
		if (c->kind == CHANGE_UNKNOWN) {
			t->stale = true;
		} else if (c->kind <= CHANGE_FOLDER_DELETED) {
			t->stale = t->stale || t->kind == TABLE_HIERARCHY || t->is_search || c->folder == t->object;
		} else if (t->of_messages && (t->is_search || c->folder == t->object || c->old_folder == t->object)) {
			note(t, c->object);
			note(t, c->old_object);
		}
	}
	t->index = -1;
}

/* Opening ------------------------------------------------------------------------------------------------------------------ */

static status open_folder(struct table *t)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 20);
	struct folder f;
	status s = folder_get(t->m, t->object, &arena, &f);

	if (s)
		return s;
	t->of_messages = t->kind != TABLE_HIERARCHY;
	t->is_search = f.is_search && t->of_messages;
	t->message_kind = t->kind == TABLE_ASSOCIATED ? 1 : t->kind == TABLE_DELETED ? 2 : t->kind == TABLE_DELETED_ASSOCIATED ? 3 : 0;
	return ecNone;
}

/* Does an index give what is asked for, in its order? */
static void choose(struct table *t)
{
	bool by_arrival = !t->n_sorts || (t->n_sorts == 1 && t->sorts[0].tag == PidTagMessageDeliveryTime);

	t->windowed = t->of_messages && !(t->flags & TABLE_MATERIALIZED) && by_arrival && !t->n_categories && t->sql.complete;
	t->ascending = t->n_sorts && !(t->sorts[0].direction & SORT_DESCEND);
}

static status new_table(struct mailbox *m, enum table_kind kind, uint64_t object, unsigned flags, struct table **out)
{
	struct table *t = calloc(1, sizeof *t);

	if (!t)
		return ecMemory;
	*t = (struct table){ .m = m, .kind = kind, .object = object, .flags = flags };
	if (read_marks_on(m))
		t->reader = *read_marks_person(m);
	arena_init(&t->restriction_arena, RESTRICTION_MEMORY_MAX);
	arena_init(&t->objects_arena, OBJECTS_MEMORY_MAX);
	restrict_sql(NULL, message_restrict_columns(t->m), 0, &t->sql);
	*out = t;
	return ecNone;
}

/* What it is made of is there, or not (`s`). */
static status opened(struct table *t, status s, struct table **out)
{
	if (!s)
		s = mailbox_listen(t->m, on_changes, t);
	if (s) {
		table_free(t);
		return s;
	}
	choose(t);
	*out = t;
	return ecNone;
}

status table_open(struct mailbox *m, enum table_kind kind, uint64_t object, unsigned flags, struct table **out)
{
	struct table *t;
	status s = new_table(m, kind, object, flags, &t);

	if (s)
		return s;
	s = kind >= TABLE_RECIPIENTS ? table_objects(m, object, &t->objects_arena, &t->objects) : open_folder(t);
	return opened(t, s, out);
}

static status copy_rows(struct table *t, const struct bag *rows, size_t n)
{
	struct bag *v = arena_array(&t->objects_arena, n + 1, sizeof *v);

	if (!v)
		return ecMemory;
	for (size_t i = 0; i < n; i++) {
		bag_init(&v[i], &t->objects_arena);
		for (size_t k = 0; k < rows[i].n; k++)
			if (rows[i].v[k].flags & PROP_LARGE ? !bag_append(&v[i], &rows[i].v[k]) : bag_copy(&v[i], &rows[i].v[k]))
				return ecMemory;
	}
	t->objects.attachments = v;
	t->objects.n_attachments = n;
	return ecNone;
}

status table_open_rows(struct mailbox *m, const struct bag *rows, size_t n, unsigned flags, struct table **out)
{
	struct table *t;
	status s = new_table(m, TABLE_ATTACHMENTS, 0, flags, &t);

	return s ? s : opened(t, copy_rows(t, rows, n), out);
}

static void free_marks(struct table *t)
{
	for (size_t i = 0; i < t->n_marks; i++)
		place_free(&t->marks[i].place);
	free(t->marks);
}

void table_free(struct table *t)
{
	if (!t)
		return;
	mailbox_unlisten(t->m, on_changes, t);
	free_marks(t);
	place_free(&t->cursor);
	list_free(&t->list);
	restrict_sql_free(&t->sql);
	arena_free(&t->restriction_arena);
	arena_free(&t->objects_arena);
	free(t->columns);
	free(t);
}

/* Columns, restriction, order ------------------------------------------------------------------------------------------------ */

static bool type_exists(uint32_t tag)
{
	uint16_t type = tag_type(tag) & (uint16_t)~MV_INSTANCE;

	return type == PT_UNSPECIFIED || prop_type_known(type);
}

status table_set_columns(struct table *t, const uint32_t *tags, size_t n)
{
	uint32_t *copy;

	if (!n || n > TABLE_COLUMNS_MAX)
		return reason_set(&t->why, ecInvalidParam, n ? "more than %u columns" : "no columns", TABLE_COLUMNS_MAX);
	for (size_t i = 0; i < n; i++)
		if (!type_exists(tags[i]))
			return reason_set(&t->why, ecInvalidParam, "column 0x%08x has a type that does not exist", tags[i]);
	copy = malloc(n * sizeof *copy);
	if (!copy)
		return reason_set(&t->why, ecMemory, "out of memory");
	memcpy(copy, tags, n * sizeof *copy);
	free(t->columns);
	t->columns = copy;
	t->n_columns = n;
	return ecNone;
}

/* What was read by another order or restriction is of no use any more. */
static void begin_anew(struct table *t)
{
	list_free(&t->list);
	place_free(&t->cursor);
	t->index = 0;
	/* Bookmarks go with the rows that they were of ([MS-OXCTABL] 3.2.5.12): their numbers are not given again before a reset. */
	for (size_t i = 0; i < t->n_marks; i++)
		place_free(&t->marks[i].place);
	t->n_marks = 0;
	choose(t);
}

static bool has_count(const struct restrict_node *n)
{
	bool found = n->kind == RES_COUNT;

	for (size_t i = 0; !found && i < n->n; i++)
		found = has_count(&n->child[i]);
	return found;
}

/* A copy through its own bytes, so that nothing of the caller's is kept. */
static status copy_restriction(struct table *t, const struct restriction *r, struct arena *arena, struct restrict_node **out)
{
	CLEANUP_BUF struct buf b = BUF_MAX(RESTRICTION_MEMORY_MAX);
	struct restriction *copy = arena_zalloc(arena, sizeof *copy);
	status s = restriction_encode(r, WIRE_COUNTS_32, &b, &t->why);
	const void *bytes = s ? NULL : arena_memdup(arena, b.p, b.n);

	if (!s && (!bytes || !copy))
		s = reason_set(&t->why, ecMemory, "out of memory");
	if (!s)
		s = restriction_decode(bytes_of(bytes, b.n), WIRE_COUNTS_32, arena, copy, &t->why);
	return s ? s : restrict_compile(copy, 1252, arena, out, &t->why);
}

status table_restrict(struct table *t, const struct restriction *r)
{
	struct arena arena = ARENA_BUDGET(RESTRICTION_MEMORY_MAX);
	struct restrict_node *n = NULL;
	status s = r ? copy_restriction(t, r, &arena, &n) : ecNone;

	if (s) {
		arena_free(&arena);
		return s;
	}
	arena_free(&t->restriction_arena);
	restrict_sql_free(&t->sql);
	t->restriction_arena = arena;
	t->restriction = n;
	t->counts = n && has_count(n);
	/* The folder and the kind are the first two parameters. */
	restrict_sql(n, message_restrict_columns(t->m), 3, &t->sql);
	begin_anew(t);
	return ecNone;
}

static status check_order(struct table *t, const struct sort_order_set *o)
{
	unsigned instances = 0;

	if (o->orders.n > TABLE_SORTS_MAX)
		return reason_set(&t->why, ecTooComplex, "more than %u keys to sort by", TABLE_SORTS_MAX);
	if (o->categories > o->orders.n || o->expanded > o->categories)
		return reason_set(&t->why, ecInvalidParam, "more categories than keys to sort by, or more open ones than categories");
	if (o->categories && !t->of_messages)
		return reason_set(&t->why, ecNotSupported, "only messages can be grouped by categories");
	for (uint32_t i = 0; i < o->orders.n; i++) {
		uint16_t type = tag_type(o->orders.v[i].tag);

		if (!type_exists(o->orders.v[i].tag) || (type & MV_INSTANCE && !(type & MV_FLAG)))
			return reason_set(&t->why, ecInvalidParam, "a key to sort by has a type that does not exist");
		if (o->orders.v[i].direction & SORT_MAXIMUM_CATEGORY && (!i || i != o->categories))
			return reason_set(&t->why, ecInvalidParam, "only the key behind those of the categories says their greatest value");
		instances += (type & MV_INSTANCE) != 0;
	}
	return instances > 1 ? reason_set(&t->why, ecTooComplex, "more than one key makes rows of single values") : ecNone;
}

status table_sort(struct table *t, const struct sort_order_set *order)
{
	status s = order ? check_order(t, order) : ecNone;

	if (s)
		return s;
	t->n_sorts = order ? order->orders.n : 0;
	t->n_categories = order ? order->categories : 0;
	t->n_expanded = order ? order->expanded : 0;
	for (unsigned i = 0; i < t->n_sorts; i++)
		t->sorts[i] = order->orders.v[i];
	begin_anew(t);
	return ecNone;
}

void table_reset(struct table *t)
{
	free(t->columns);
	t->columns = NULL;
	t->n_columns = 0;
	t->n_sorts = t->n_categories = t->n_expanded = 0;
	arena_free(&t->restriction_arena);
	restrict_sql_free(&t->sql);
	t->restriction = NULL;
	t->counts = false;
	restrict_sql(NULL, message_restrict_columns(t->m), 0, &t->sql);
	begin_anew(t);
	t->next_mark = 0;
}
