/* Objects read from the database, and what is asked of them. */
#include "store/directory_private.h"

#include <strings.h>

static status no_memory(struct reason *why)
{
	return reason_set(why, ecMemory, "out of memory: an object of the directory is too large");
}

struct directory_entry *directory_blank(const struct directory *d, enum directory_kind kind, struct arena *arena)
{
	size_t n = directory_rows(kind)->n;
	struct directory_entry *e = arena_memdup(arena, d->defaults[kind], n * sizeof *e);

	/* Copies of the defaults: the object may be used after the directory is closed. */
	for (size_t i = 0; e && i < n; i++)
		if (e[i].n) {
			struct directory_value *v = arena_memdup(arena, e[i].values, sizeof *v);

			if (v && v->text)
				v->text = arena_strdup(arena, v->text);
			if (!v || (e[i].values->text && !v->text))
				return NULL;
			e[i].values = v;
		}
	return e;
}

/* Reading ------------------------------------------------------------------------------------------------------------ */

static const char object_query[] =
	"SELECT o.id, o.kind, o.guid, o.name, o.parent, o.created, o.changed, o.change_number, p.name, v.attribute, v.number, v.body,"
	" v.target, t.name FROM objects o LEFT JOIN objects p ON p.id = o.parent LEFT JOIN attribute_values v ON v.object = o.id"
	" LEFT JOIN objects t ON t.id = v.target WHERE o.id = $1 ORDER BY v.attribute, v.seq";

enum object_column {
	COLUMN_ID,
	COLUMN_KIND,
	COLUMN_GUID,
	COLUMN_NAME,
	COLUMN_PARENT,
	COLUMN_CREATED,
	COLUMN_CHANGED,
	COLUMN_CHANGE_NUMBER,
	COLUMN_PARENT_NAME,
	COLUMN_ATTRIBUTE,
	COLUMN_NUMBER,
	COLUMN_BODY,
	COLUMN_TARGET,
	COLUMN_TARGET_NAME,
};

static status damaged(uint64_t id, const char *what, struct reason *why)
{
	return reason_set(why, ecCorruptData, "the directory is damaged: object %llu has %s; restore it from a backup", (unsigned long long)id, what);
}

static status read_head(struct directory *d, const struct sql_statement *q, struct arena *arena, struct directory_object *o, const char **parent,
			struct reason *why)
{
	struct bytes guid = sql_blob(q, COLUMN_GUID);

	o->id = (uint64_t)sql_i64(q, COLUMN_ID);
	if (!directory_kind_by_name(sql_text(q, COLUMN_KIND), &o->kind))
		return damaged(o->id, "a kind that nobody knows", why);
	if (guid.n != sizeof o->guid.b)
		return damaged(o->id, "no GUID", why);
	memcpy(o->guid.b, guid.p, guid.n);
	o->name = arena_strdup(arena, sql_text(q, COLUMN_NAME));
	o->parent = (uint64_t)sql_i64(q, COLUMN_PARENT);
	o->created = (uint64_t)sql_i64(q, COLUMN_CREATED);
	o->changed = (uint64_t)sql_i64(q, COLUMN_CHANGED);
	o->change_number = (uint64_t)sql_i64(q, COLUMN_CHANGE_NUMBER);
	*parent = sql_is_null(q, COLUMN_PARENT_NAME) ? NULL : arena_strdup(arena, sql_text(q, COLUMN_PARENT_NAME));
	o->n = directory_rows(o->kind)->n;
	o->entries = directory_blank(d, o->kind, arena);
	return o->name && o->entries ? ecNone : no_memory(why);
}

/* Values come one by one and in order; they grow by doubling within the arena. */
struct growing {
	struct directory_entry *entry;
	struct directory_value *values;
	size_t cap;
};

static bool grow(struct growing *g, struct arena *arena)
{
	size_t cap = g->cap ? 2 * g->cap : 1;
	struct directory_value *v = arena_array(arena, cap, sizeof *v);

	if (!v)
		return false;
	if (g->entry->n)
		memcpy(v, g->values, g->entry->n * sizeof *v);
	g->values = v;
	g->entry->values = v;
	g->cap = cap;
	return true;
}

static bool read_value(const struct sql_statement *q, const struct directory_attribute *a, struct arena *arena, struct directory_value *v)
{
	bool refers = a->type == DIRECTORY_REFERENCE, words = a->type == DIRECTORY_TEXT || a->type == DIRECTORY_WORD;

	v->number = sql_i64(q, refers ? COLUMN_TARGET : COLUMN_NUMBER);
	if (a->type == DIRECTORY_GUID)
		return guid_parse(sql_text(q, COLUMN_BODY), &v->guid);
	v->text = refers || words ? arena_strdup(arena, sql_text(q, refers ? COLUMN_TARGET_NAME : COLUMN_BODY)) : NULL;
	return v->text || !(refers || words);
}

/* An attribute that is not in the table any more, or not yet, is passed over: it does no harm. */
static status take_value(const struct sql_statement *q, struct directory_object *o, struct growing *g, struct arena *arena, struct reason *why)
{
	const char *name = sql_text(q, COLUMN_ATTRIBUTE);

	if (sql_is_null(q, COLUMN_ATTRIBUTE))
		return ecNone;
	if (!g->entry || strcmp(g->entry->attribute->name, name) != 0) {
		size_t i = directory_row_index(o->kind, name);

		if (i == o->n)
			return ecNone;
		*g = (struct growing){ &o->entries[i], NULL, 0 };
		g->entry->n = 0;
		g->entry->set = true;
	}
	if (g->entry->n == g->cap && !grow(g, arena))
		return no_memory(why);
	if (!read_value(q, g->entry->attribute, arena, &g->values[g->entry->n]))
		return damaged(o->id, "a value that cannot be read", why);
	g->entry->n++;
	return ecNone;
}

/* Where a mailbox is follows from its database. */
static status read_server(struct directory *d, const struct directory_object *o, struct arena *arena, const char **server, struct reason *why)
{
	int64_t database = directory_number(o, "Database", 0);

	*server = NULL;
	if (o->kind != KIND_USER || !database)
		return ecNone;
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(
		d->db, "SELECT o.name FROM attribute_values v JOIN objects o ON o.id = v.target WHERE v.object = $1 AND v.attribute = 'Server'");
	bool row;
	sql_bind_i64(q, 1, database);
	status s = sql_step(q, &row);
	if (s)
		return directory_sql_failed(d, s, why);
	if (row)
		*server = arena_strdup(arena, sql_text(q, 0));
	return ecNone;
}

static status read_rows(struct directory *d, uint64_t id, struct arena *arena, struct directory_object **out, const char **parent, struct reason *why)
{
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(d->db, object_query);
	struct growing g = { NULL, NULL, 0 };
	struct directory_object *o = NULL;
	bool row = true;

	sql_bind_i64(q, 1, (int64_t)id);
	while (row) {
		status s = sql_step(q, &row);

		if (s)
			return directory_sql_failed(d, s, why);
		if (row && !o) {
			o = arena_zalloc(arena, sizeof *o);
			s = o ? read_head(d, q, arena, o, parent, why) : no_memory(why);
		}
		if (row && !s)
			s = take_value(q, o, &g, arena, why);
		if (s)
			return s;
	}
	*out = o;
	return ecNone;
}

status directory_read(struct directory *d, uint64_t id, struct arena *arena, struct directory_object **out, struct reason *why)
{
	const char *parent = NULL, *server = NULL;
	struct directory_object *o = NULL;
	status s = read_rows(d, id, arena, &o, &parent, why);

	if (!s && o)
		s = read_server(d, o, arena, &server, why);
	if (!s && o && directory_compute(o, parent, server, arena))
		s = no_memory(why);
	if (!s)
		*out = o;
	return s;
}

bool directory_belongs(const struct directory_class *c, const struct directory_object *o)
{
	return c->kinds & (1u << o->kind) && (!c->requires || directory_is_set(o, c->requires)) && (!c->lacks || !directory_is_set(o, c->lacks));
}

status directory_get(struct directory *d, const struct directory_class *as, uint64_t id, struct arena *arena,
		     const struct directory_object **out, struct reason *why)
{
	struct directory_object *o = NULL;
	status s = directory_read(d, id, arena, &o, why);

	if (s)
		return s;
	if (!o || !directory_belongs(as, o))
		return reason_set(why, ecNotFound, "there is no %s with the number %llu (any more)", as->name, (unsigned long long)id);
	o->as = as;
	*out = o;
	return ecNone;
}

status directory_get_by_guid(struct directory *d, const struct directory_class *as, const struct guid *guid, struct arena *arena,
			     const struct directory_object **out, struct reason *why)
{
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(d->db, "SELECT id FROM objects WHERE guid = $1");
	char text[GUID_TEXT_SIZE];
	bool row;

	sql_bind_blob(q, 1, bytes_of(guid->b, sizeof guid->b));
	status s = sql_step(q, &row);
	if (s)
		return directory_sql_failed(d, s, why);
	if (!row) {
		guid_format(guid, text);
		return reason_set(why, ecNotFound, "there is no %s with the GUID %s", as->name, text);
	}
	return directory_get(d, as, (uint64_t)sql_i64(q, 0), arena, out, why);
}

/* Asking ------------------------------------------------------------------------------------------------------------- */

static const struct directory_entry *entry(const struct directory_object *o, const char *attribute)
{
	size_t i = directory_row_index(o->kind, attribute);

	return i < o->n && o->entries[i].n ? &o->entries[i] : NULL;
}

const struct directory_value *directory_values(const struct directory_object *o, const char *attribute, size_t *n)
{
	const struct directory_entry *e = entry(o, attribute);

	*n = e ? e->n : 0;
	return e ? e->values : NULL;
}

bool directory_is(const struct directory_object *o, const char *attribute)
{
	return directory_number(o, attribute, 0) != 0;
}

int64_t directory_number(const struct directory_object *o, const char *attribute, int64_t otherwise)
{
	const struct directory_entry *e = entry(o, attribute);

	return e ? e->values[0].number : otherwise;
}

const char *directory_text(const struct directory_object *o, const char *attribute)
{
	const struct directory_entry *e = entry(o, attribute);

	return e ? e->values[0].text : NULL;
}

bool directory_guid(const struct directory_object *o, const char *attribute, struct guid *out)
{
	const struct directory_entry *e = entry(o, attribute);

	if (!e)
		return false;
	*out = e->values[0].guid;
	return true;
}

bool directory_is_set(const struct directory_object *o, const char *attribute)
{
	const struct directory_entry *e = entry(o, attribute);

	return e && e->set;
}
