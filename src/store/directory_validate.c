/* What holds for objects of every kind. */
#include "store/directory_validate.h"

#include "base/map.h"

#define SCRATCH_MOST ((size_t)8 << 20)

const char *directory_name_of(struct directory *d, uint64_t id, struct arena *arena)
{
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(d->db, "SELECT name FROM objects WHERE id = $1");
	bool row;

	sql_bind_i64(q, 1, (int64_t)id);
	const char *name = !sql_step(q, &row) && row ? arena_strdup(arena, sql_text(q, 0)) : NULL;
	return name ? name : "";
}

status directory_owner(struct directory *d, const char *attribute, const char *text, uint64_t self, uint64_t *owner, struct reason *why)
{
	static const struct directory_attribute as_text = { .name = "", .type = DIRECTORY_TEXT };
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(SCRATCH_MOST);
	struct bytes key = directory_key(d, &as_text, &(struct directory_value){ .text = text }, &scratch);
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(
		d->db, "SELECT object FROM attribute_values WHERE attribute = $1 AND folded = $2 AND object <> $3 AND sole IS NOT NULL LIMIT 1");
	bool row;

	if (!key.p)
		return reason_set(why, ecMemory, "out of memory");
	sql_bind_text(q, 1, attribute);
	sql_bind_blob(q, 2, key);
	sql_bind_i64(q, 3, (int64_t)self);
	status s = sql_step(q, &row);
	if (s)
		return directory_sql_failed(d, s, why);
	*owner = row ? (uint64_t)sql_i64(q, 0) : 0;
	return ecNone;
}

/* Names -------------------------------------------------------------------------------------------------------------- */

static status check_name(struct directory *d, const struct directory_draft *w, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(SCRATCH_MOST);
	const struct directory_attribute *a = &directory_rows(w->object.kind)->rows[0];
	struct directory_value v = { .text = w->object.name };
	status s = directory_check_value(a, &v, why);

	if (s || !w->renamed)
		return s;
	struct bytes key = directory_key(d, a, &v, &scratch);
	const char *scope = directory_scope(w->object.kind, w->object.parent, &scratch);
	if (!key.p || !scope)
		return reason_set(why, ecMemory, "out of memory");
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(d->db, "SELECT kind FROM objects WHERE scope = $1 AND folded = $2 AND id <> $3");
	bool row;
	sql_bind_text(q, 1, scope);
	sql_bind_blob(q, 2, key);
	sql_bind_i64(q, 3, (int64_t)w->object.id);
	s = sql_step(q, &row);
	if (s)
		return directory_sql_failed(d, s, why);
	return row ? reason_set(why, ecDuplicateName, "Name: there is a %s named \"%s\" already; choose another name", sql_text(q, 0), w->object.name) :
		     ecNone;
}

/* Unique values ------------------------------------------------------------------------------------------------------- */

/* Who of the same scope has this value: all that have addresses are one. */
static status check_sole(struct directory *d, const struct directory_draft *w, const struct directory_attribute *a, const struct directory_value *v,
			 struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(SCRATCH_MOST);
	struct bytes key = directory_key(d, a, v, &scratch);
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(
		d->db, "SELECT o.kind, o.name FROM attribute_values v JOIN objects o ON o.id = v.object WHERE v.attribute = $1 AND v.folded = $2"
		       " AND v.object <> $3 AND v.sole IS NOT NULL AND o.kind IN ($4, $5, $6) ORDER BY o.id LIMIT 1");
	enum directory_kind kind = w->object.kind;
	const char *name = directory_kind_name(kind);
	CLEANUP_BUF struct buf shown = BUF_MAX(2000);
	bool row;

	if (!key.p)
		return reason_set(why, ecMemory, "out of memory");
	sql_bind_text(q, 1, a->name);
	sql_bind_blob(q, 2, key);
	sql_bind_i64(q, 3, (int64_t)w->object.id);
	sql_bind_text(q, 4, directory_is_recipient(kind) ? directory_kind_name(KIND_USER) : name);
	sql_bind_text(q, 5, directory_is_recipient(kind) ? directory_kind_name(KIND_GROUP) : name);
	sql_bind_text(q, 6, directory_is_recipient(kind) ? directory_kind_name(KIND_PUBLIC_FOLDER) : name);
	status s = sql_step(q, &row);
	if (s)
		return directory_sql_failed(d, s, why);
	directory_print(a, v, &shown);
	return row ? reason_set(why, ecDuplicateName, "%s: \"%.120s\" belongs to the %s \"%s\" already", a->name, buf_cstr(&shown), sql_text(q, 0),
				sql_text(q, 1)) :
		     ecNone;
}

/* References ----------------------------------------------------------------------------------------------------------- */

static status note_known(const struct directory_entry *e, struct map *known)
{
	status s = ecNone;

	for (size_t i = 0; e && e->set && i < e->n && !s; i++)
		s = map_put_u64(known, (uint64_t)e->values[i].number, 1);
	return s;
}

static status check_target(struct directory *d, const struct directory_attribute *a, uint64_t id, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(DIRECTORY_WORK_MOST);
	const struct directory_class *c = directory_class(a->refers);
	struct directory_object *o = NULL;
	status s = directory_read(d, id, &scratch, &o, why);

	if (s)
		return s;
	if (!o || !directory_belongs(c, o))
		return reason_set(why, ecNotFound, "%s: the %s that it names is not there (any more)", a->name, a->refers);
	return ecNone;
}

static status check_references(struct directory *d, const struct directory_draft *w, size_t i, struct reason *why)
{
	const struct directory_entry *e = &w->object.entries[i];
	CLEANUP_MAP struct map known;
	status s;

	map_init(&known, 200000);
	s = note_known(w->before ? &w->before->entries[i] : NULL, &known);
	if (s)
		return reason_set(why, s, "out of memory");
	for (size_t k = 0; k < e->n && !s; k++)
		if (!map_get_u64(&known, (uint64_t)e->values[k].number))
			s = check_target(d, e->attribute, (uint64_t)e->values[k].number, why);
	return s;
}

/* All together ----------------------------------------------------------------------------------------------------------- */

static status check_entry(struct directory *d, const struct directory_draft *w, size_t i, struct reason *why)
{
	const struct directory_entry *e = &w->object.entries[i];
	const struct directory_attribute *a = e->attribute;
	status s = ecNone;

	if (a->flags & DIRECTORY_COMPUTED)
		return ecNone;
	if (a->flags & DIRECTORY_MANDATORY && !e->n)
		return reason_set(why, ecInvalidParam, "%s: it must have a value", a->name);
	if (!w->changed[i])
		return ecNone;
	if (w->before && a->flags & DIRECTORY_CREATE_ONLY)
		return reason_set(why, ecInvalidParam, "%s: it is given when the object is made and stays", a->name);
	if (a->type == DIRECTORY_REFERENCE)
		return check_references(d, w, i, why);
	for (size_t k = 0; k < e->n && a->flags & DIRECTORY_UNIQUE && e->set && !s; k++)
		s = check_sole(d, w, a, &e->values[k], why);
	return s;
}

status directory_validate(struct directory *d, const struct directory_draft *w, struct reason *why)
{
	status s = check_name(d, w, why);

	for (size_t i = 0; i < w->object.n && !s; i++)
		s = check_entry(d, w, i, why);
	return s ? s : directory_rules(d, w, why);
}
