/* Objects made, changed and removed: one transaction each, unless the caller holds one. */
#include "store/directory_validate.h"

#include <sys/random.h>

static status no_memory(struct reason *why)
{
	return reason_set(why, ecMemory, "out of memory");
}

static status run(struct directory *d, struct sql_statement *q, struct reason *why)
{
	status s = sql_run(q);

	return s ? directory_sql_failed(d, s, why) : ecNone;
}

/* Values ----------------------------------------------------------------------------------------------------------- */

static status insert_value(struct directory *d, const struct directory_draft *w, const struct directory_attribute *a, size_t seq,
			   const struct directory_value *v, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET((size_t)1 << 16);
	struct bytes key = directory_key(d, a, v, &scratch);
	const char *scope = directory_scope(w->object.kind, 0, &scratch);
	CLEANUP_BUF struct buf sole = BUF_MAX(4096);
	char guid[GUID_TEXT_SIZE];
	struct sql_statement *q = sql_prepare(d->db, "INSERT INTO attribute_values (object, attribute, seq, number, body, target, folded, sole)"
						     " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");

	sql_bind_i64(q, 1, (int64_t)w->object.id);
	sql_bind_text(q, 2, a->name);
	sql_bind_i64(q, 3, (int64_t)seq);
	sql_bind_null(q, 4);
	sql_bind_null(q, 5);
	sql_bind_null(q, 6);
	sql_bind_null(q, 7);
	sql_bind_null(q, 8);
	if (a->type == DIRECTORY_GUID)
		guid_format(&v->guid, guid);
	if (a->type == DIRECTORY_REFERENCE)
		sql_bind_i64(q, 6, v->number);
	else if (key.p)
		sql_bind_text(q, 5, a->type == DIRECTORY_GUID ? guid : v->text);
	else
		sql_bind_i64(q, 4, v->number);
	if (key.p) {
		sql_bind_blob(q, 7, key);
		buf_printf(&sole, "%s/%s/", scope, a->name);
		buf_add(&sole, key.p, key.n);
	}
	if (key.p && a->flags & DIRECTORY_UNIQUE)
		sql_bind_blob(q, 8, buf_bytes(&sole));
	return run(d, q, why);
}

/* How many values at the front stand in the database already: all of them, when values were only added at the end. */
static size_t kept(const struct directory_draft *w, size_t i)
{
	const struct directory_entry *now = &w->object.entries[i], *was = w->before ? &w->before->entries[i] : NULL;
	size_t k = 0;

	if (!was || !was->set || !now->set || was->n > now->n)
		return 0;
	while (k < was->n && directory_value_equal(now->attribute, &was->values[k], &now->values[k]))
		k++;
	return k == was->n ? k : 0;
}

static status delete_values(struct directory *d, uint64_t id, const char *attribute, struct reason *why)
{
	struct sql_statement *q = sql_prepare(d->db, "DELETE FROM attribute_values WHERE object = $1 AND attribute = $2");

	sql_bind_i64(q, 1, (int64_t)id);
	sql_bind_text(q, 2, attribute);
	return run(d, q, why);
}

/* First all that goes, then all that comes: a unique value may move from one attribute to another. */
static status write_values(struct directory *d, const struct directory_draft *w, struct reason *why)
{
	status s = ecNone;

	for (size_t i = 0; i < w->object.n && !s && w->before; i++)
		if (w->changed[i] && !kept(w, i))
			s = delete_values(d, w->object.id, w->object.entries[i].attribute->name, why);
	for (size_t i = 0; i < w->object.n; i++) {
		const struct directory_entry *e = &w->object.entries[i];

		for (size_t k = w->changed[i] && e->set ? kept(w, i) : e->n; k < e->n && !s; k++)
			s = insert_value(d, w, e->attribute, k, &e->values[k], why);
	}
	return s;
}

/* Objects ------------------------------------------------------------------------------------------------------------ */

static status new_id(struct directory *d, uint64_t *id, struct reason *why)
{
	CLEANUP_STATEMENT struct sql_statement *q =
		sql_prepare(d->db, "UPDATE directory SET next_id = next_id + 1 WHERE id = 1 RETURNING next_id - 1");
	bool row;
	status s = sql_step(q, &row);

	if (s)
		return directory_sql_failed(d, s, why);
	if (!row)
		return reason_set(why, ecCorruptData, "the directory is damaged: it has no counter; restore it from a backup");
	*id = (uint64_t)sql_i64(q, 0);
	return ecNone;
}

/* A random one ([RFC 4122] 4.4). */
static status new_guid(struct guid *out, struct reason *why)
{
	if (getrandom(out->b, sizeof out->b, 0) != (ssize_t)sizeof out->b)
		return reason_set(why, ecError, "the system gives no random numbers");
	out->b[7] = (uint8_t)((out->b[7] & 0x0F) | 0x40);
	out->b[8] = (uint8_t)((out->b[8] & 0x3F) | 0x80);
	return ecNone;
}

static status write_object(struct directory *d, const struct directory_draft *w, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET((size_t)1 << 16);
	const struct directory_attribute *name = &directory_rows(w->object.kind)->rows[0];
	struct bytes key = directory_key(d, name, &(struct directory_value){ .text = w->object.name }, &scratch);
	const char *scope = directory_scope(w->object.kind, w->object.parent, &scratch);
	struct sql_statement *q = sql_prepare(
		d->db, "INSERT INTO objects (id, kind, guid, name, scope, folded, parent, created, changed, change_number)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
		       " ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, folded = EXCLUDED.folded, changed = EXCLUDED.changed,"
		       " change_number = EXCLUDED.change_number");

	sql_bind_i64(q, 1, (int64_t)w->object.id);
	sql_bind_text(q, 2, directory_kind_name(w->object.kind));
	sql_bind_blob(q, 3, bytes_of(w->object.guid.b, sizeof w->object.guid.b));
	sql_bind_text(q, 4, w->object.name);
	sql_bind_text(q, 5, scope);
	sql_bind_blob(q, 6, key);
	if (w->object.parent)
		sql_bind_i64(q, 7, (int64_t)w->object.parent);
	else
		sql_bind_null(q, 7);
	sql_bind_i64(q, 8, (int64_t)w->object.created);
	sql_bind_i64(q, 9, (int64_t)w->object.changed);
	sql_bind_i64(q, 10, d->change_number);
	return run(d, q, why);
}

/* There is one default domain. */
static status take_default(struct directory *d, const struct directory_draft *w, struct reason *why)
{
	struct sql_statement *q;

	if (w->object.kind != KIND_ACCEPTED_DOMAIN || !directory_is(&w->object, "Default"))
		return ecNone;
	q = sql_prepare(d->db, "UPDATE objects SET changed = $1, change_number = $2 WHERE kind = 'AcceptedDomain' AND id <> $3 AND id IN"
			       " (SELECT object FROM attribute_values WHERE attribute = 'Default')");
	sql_bind_i64(q, 1, (int64_t)w->object.changed);
	sql_bind_i64(q, 2, d->change_number);
	sql_bind_i64(q, 3, (int64_t)w->object.id);
	status s = run(d, q, why);
	if (s)
		return s;
	q = sql_prepare(d->db, "DELETE FROM attribute_values WHERE attribute = 'Default' AND object <> $1");
	sql_bind_i64(q, 1, (int64_t)w->object.id);
	return run(d, q, why);
}

static status write_draft(struct directory *d, struct directory_draft *w, struct reason *why)
{
	status s = directory_count_change(d, why);

	w->object.changed = d->clock->now(d->clock);
	if (!w->before)
		w->object.created = w->object.changed;
	if (!s)
		s = write_object(d, w, why);
	if (!s)
		s = write_values(d, w, why);
	if (!s)
		s = take_default(d, w, why);
	return s;
}

/* Making -------------------------------------------------------------------------------------------------------------- */

/* The first accepted domain is the default one; there is one organisation. */
static status first_of_kind(struct directory *d, const struct directory_class *as, struct directory_draft *w, struct reason *why)
{
	size_t i = directory_row_index(w->object.kind, "Default");
	struct directory_value *v;
	uint64_t n;
	status s;

	if (!as->single && as->kind != KIND_ACCEPTED_DOMAIN)
		return ecNone;
	s = directory_count(d, &(struct directory_query){ .as = as }, &n, why);
	if (s)
		return s;
	if (as->single)
		return n ? reason_set(why, ecDuplicateName, "there is a %s already, and only one", as->name) : ecNone;
	if (n)
		return ecNone;
	v = arena_zalloc(w->arena, sizeof *v);
	if (!v)
		return no_memory(why);
	v->number = 1;
	w->object.entries[i] = (struct directory_entry){ w->object.entries[i].attribute, v, 1, true };
	w->changed[i] = true;
	return ecNone;
}

static status create(struct directory *d, const struct directory_class *as, struct directory_draft *w, const struct directory_setting *settings,
		     size_t n, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET((size_t)1 << 20);
	struct directory_object *parent = NULL;
	status s = directory_apply(d, w, settings, n, why);

	if (!s)
		s = first_of_kind(d, as, w, why);
	if (!s && w->object.parent)
		s = directory_read(d, w->object.parent, &scratch, &parent, why);
	if (!s && w->object.parent && !parent)
		s = reason_set(why, ecNotFound, "the object that it is to belong to is not there (any more)");
	if (!s)
		s = directory_validate(d, w, why);
	if (!s)
		s = new_id(d, &w->object.id, why);
	if (!s)
		s = new_guid(&w->object.guid, why);
	return s ? s : write_draft(d, w, why);
}

status directory_create(struct directory *d, const struct directory_class *as, const char *name, uint64_t parent,
			const struct directory_setting *settings, size_t n, uint64_t *id, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(DIRECTORY_WORK_MOST);
	struct directory_draft w = { .object = { .as = as, .kind = as->kind, .parent = parent, .n = directory_rows(as->kind)->n }, .arena = &arena };
	bool own;
	status s;

	if (as->kinds & (as->kinds - 1))
		return reason_set(why, ecInvalidParam, "a %s is made as what it is", as->name);
	w.object.name = arena_strdup(&arena, name ? name : "");
	w.object.entries = directory_blank(d, as->kind, &arena);
	if (!w.object.name || !w.object.entries)
		return no_memory(why);
	s = directory_enter(d, &own, why);
	if (s)
		return s;
	s = directory_leave(d, own, create(d, as, &w, settings, n, why), why);
	if (!s && id)
		*id = w.object.id;
	return s;
}

/* Changing ------------------------------------------------------------------------------------------------------------ */

static status update(struct directory *d, const struct directory_class *as, uint64_t id, const struct directory_setting *settings, size_t n,
		     bool *changed, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(DIRECTORY_WORK_MOST);
	const struct directory_object *before;
	struct directory_draft w = { .arena = &arena };
	status s = directory_get(d, as, id, &arena, &before, why);

	if (s)
		return s;
	w.before = before;
	w.object = *before;
	w.object.entries = arena_memdup(&arena, before->entries, before->n * sizeof *before->entries);
	if (!w.object.entries)
		return no_memory(why);
	s = directory_apply(d, &w, settings, n, why);
	if (s)
		return s;
	*changed = w.renamed;
	for (size_t i = 0; i < w.object.n; i++)
		*changed = *changed || w.changed[i];
	if (!*changed)
		return ecNone;
	s = directory_validate(d, &w, why);
	return s ? s : write_draft(d, &w, why);
}

status directory_update(struct directory *d, const struct directory_class *as, uint64_t id, const struct directory_setting *settings, size_t n,
			bool *changed, struct reason *why)
{
	bool own, some = false;
	status s = directory_enter(d, &own, why);

	if (s)
		return s;
	s = directory_leave(d, own, update(d, as, id, settings, n, &some, why), why);
	if (!s && changed)
		*changed = some;
	return s;
}

/* Removing ---------------------------------------------------------------------------------------------------------------- */

/* Who cannot be without it. Being on a list is left; what belongs to it goes with it. */
static status check_referrers(struct directory *d, const struct directory_object *o, struct reason *why)
{
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(
		d->db, "SELECT o.kind, o.name, v.attribute FROM attribute_values v JOIN objects o ON o.id = v.object WHERE v.target = $1 AND v.object <> $1");
	enum directory_kind kind;
	bool row = true;
	status s = ecNone;

	sql_bind_i64(q, 1, (int64_t)o->id);
	while (!s && row) {
		s = sql_step(q, &row);
		if (s || !row || !directory_kind_by_name(sql_text(q, 0), &kind))
			continue;
		const struct directory_rows *rows = directory_rows(kind);
		size_t i = directory_row_index(kind, sql_text(q, 2));
		if (i < rows->n && !(rows->rows[i].flags & DIRECTORY_LIST))
			return reason_set(why, ecBusy, "%s: the %s \"%s\" needs it as its %s; change or remove that first", o->name, sql_text(q, 0),
					  sql_text(q, 1), sql_text(q, 2));
	}
	return s ? directory_sql_failed(d, s, why) : ecNone;
}

static status remove_rows(struct directory *d, uint64_t id, struct reason *why)
{
	static const char *const steps[] = {
		"UPDATE objects SET change_number = $1, changed = $2 WHERE id IN (SELECT object FROM attribute_values WHERE target = $3)",
		"DELETE FROM attribute_values WHERE target = $1",
		"DELETE FROM attribute_values WHERE object = $1",
		"DELETE FROM logons WHERE object = $1",
		"DELETE FROM objects WHERE id = $1",
	};
	status s = ecNone;

	for (size_t i = 0; i < sizeof steps / sizeof *steps && !s; i++) {
		struct sql_statement *q = sql_prepare(d->db, steps[i]);

		if (i == 0) {
			sql_bind_i64(q, 1, d->change_number);
			sql_bind_i64(q, 2, (int64_t)d->clock->now(d->clock));
		}
		sql_bind_i64(q, i == 0 ? 3 : 1, (int64_t)id);
		s = run(d, q, why);
	}
	return s;
}

/* What belongs to a server has no life of its own. */
static status next_child(struct directory *d, uint64_t id, uint64_t *child, struct reason *why)
{
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(d->db, "SELECT id FROM objects WHERE parent = $1 ORDER BY id LIMIT 1");
	bool row;

	sql_bind_i64(q, 1, (int64_t)id);
	status s = sql_step(q, &row);
	if (s)
		return directory_sql_failed(d, s, why);
	*child = row ? (uint64_t)sql_i64(q, 0) : 0;
	return ecNone;
}

static status remove_checked(struct directory *d, uint64_t id, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(DIRECTORY_WORK_MOST);
	struct directory_object *o = NULL;
	uint64_t child = 0;
	status s = directory_read(d, id, &arena, &o, why);

	if (!s && !o)
		return reason_set(why, ecNotFound, "there is no such object (any more)");
	if (!s)
		s = directory_validate_removal(d, o, why);
	if (!s)
		s = check_referrers(d, o, why);
	if (!s)
		s = directory_count_change(d, why);
	while (!s && !(s = next_child(d, id, &child, why)) && child)
		s = remove_rows(d, child, why);
	return s ? s : remove_rows(d, id, why);
}

status directory_remove(struct directory *d, uint64_t id, struct reason *why)
{
	bool own;
	status s = directory_enter(d, &own, why);

	return s ? s : directory_leave(d, own, remove_checked(d, id, why), why);
}

/* Settings from text --------------------------------------------------------------------------------------------------- */

status directory_resolve(struct directory *d, const struct directory_attribute *a, const char *identity, struct directory_value *out,
			 struct arena *arena, struct reason *why)
{
	const struct directory_object *o;
	status s = directory_find(d, directory_class(a->refers), identity, arena, &o, why);

	if (s)
		return reason_prefix(why, s, "%s", a->name);
	*out = (struct directory_value){ .number = (int64_t)o->id, .text = o->name };
	return ecNone;
}

status directory_setting(struct directory *d, const struct directory_class *as, const char *attribute, enum directory_change change,
			 const char *const *texts, size_t n, struct arena *arena, struct directory_setting *out, struct reason *why)
{
	const struct directory_attribute *a = directory_attribute(as, attribute);
	struct directory_value *values = arena_array(arena, n + 1, sizeof *values);
	status s = ecNone;

	if (!a)
		return reason_set(why, ecInvalidParam, "a %s has no %s", as->name, attribute);
	if (!values)
		return no_memory(why);
	for (size_t i = 0; i < n && !s; i++)
		s = a->type == DIRECTORY_REFERENCE ? directory_resolve(d, a, texts[i], &values[i], arena, why) :
						     directory_parse(a, texts[i], arena, &values[i], why);
	if (!s)
		*out = (struct directory_setting){ a->name, change, values, n };
	return s;
}
