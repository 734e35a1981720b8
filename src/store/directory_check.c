#include "store/directory_check.h"

#include "store/directory_validate.h"

#include <stdio.h>

struct checking {
	struct directory *d;
	directory_finder *tell;
	void *context;
	unsigned findings;
	struct reason *why;
};

static status failed(struct checking *c, status s)
{
	return directory_sql_failed(c->d, s, c->why);
}

static status found(struct checking *c, uint64_t object, const char *name, const char *format, ...) PRINTF(4, 5);

static status found(struct checking *c, uint64_t object, const char *name, const char *format, ...)
{
	CLEANUP_BUF struct buf words = BUF_MAX(4096);
	char text[1024];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	buf_add_str(&words, text);
	c->findings++;
	return c->tell(c->context, &(struct directory_finding){ object, name, buf_cstr(&words) });
}

/* Counts of the whole ------------------------------------------------------------------------------------------------ */

/* A query that gives one number: 0 is as it should be. */
struct rule {
	const char *query, *words;
};

static const struct rule rules[] = {
	{ "SELECT 1 - count(*) FROM objects WHERE kind = 'Organization'", "there is not exactly one organisation" },
	{ "SELECT count(*) FROM objects WHERE id >= (SELECT next_id FROM directory WHERE id = 1)",
	  "ids were given out that the counter does not know: the next object would take the place of another" },
	{ "SELECT count(*) FROM objects WHERE change_number > (SELECT change_number FROM directory WHERE id = 1)",
	  "objects were changed later than the directory knows: what is kept elsewhere would go stale" },
	{ "SELECT 1 - count(*) FROM attribute_values v JOIN objects o ON o.id = v.object WHERE o.kind = 'AcceptedDomain' AND v.attribute = 'Default'"
	  " AND v.number = 1",
	  "there is not exactly one default domain; Set-AcceptedDomain makes one the default" },
	{ "SELECT count(*) FROM logons l LEFT JOIN objects o ON o.id = l.object AND o.kind = 'User' WHERE o.id IS NULL", "passwords of nobody" },
	{ "SELECT count(*) FROM attribute_values v LEFT JOIN objects o ON o.id = v.object WHERE o.id IS NULL", "values of nothing" },
	{ "SELECT count(*) FROM attribute_values v LEFT JOIN objects o ON o.id = v.target WHERE v.target IS NOT NULL AND o.id IS NULL",
	  "references to what is not there" },
	{ "SELECT count(*) FROM objects o LEFT JOIN objects p ON p.id = o.parent WHERE o.parent IS NOT NULL AND p.id IS NULL",
	  "objects that belong to what is not there" },
};

static status check_counts(struct checking *c)
{
	status s = ecNone;

	for (size_t i = 0; i < sizeof rules / sizeof *rules && !s; i++) {
		CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(c->d->db, rules[i].query);
		bool row;

		s = sql_step(q, &row);
		if (s)
			return failed(c, s);
		if (!row || sql_i64(q, 0) != 0)
			s = found(c, 0, "", "%s", rules[i].words);
	}
	return s;
}

/* The pages of the file themselves; PostgreSQL keeps checksums of its own. */
static status check_pages(struct checking *c)
{
	struct sql_statement *q;
	bool row = true;
	status s = ecNone;

	if (sql_engine(c->d->db) != SQL_SQLITE)
		return ecNone;
	q = sql_prepare(c->d->db, "PRAGMA integrity_check(20)");
	while (!s && row) {
		s = sql_step(q, &row);
		if (s)
			s = failed(c, s);
		else if (row && strcmp(sql_text(q, 0), "ok") != 0)
			s = found(c, 0, "", "the file is damaged (%s); restore it from a backup", sql_text(q, 0));
	}
	sql_done(q);
	return s;
}

/* Objects --------------------------------------------------------------------------------------------------------------- */

/* Under what it is looked for is what it is. */
static status check_keys(struct checking *c, const struct directory_object *o)
{
	CLEANUP_STATEMENT struct sql_statement *q =
		sql_prepare(c->d->db, "SELECT attribute, seq, folded FROM attribute_values WHERE object = $1 ORDER BY attribute, seq");
	bool row = true;
	status s = ecNone;

	sql_bind_i64(q, 1, (int64_t)o->id);
	while (!s && row) {
		CLEANUP_ARENA struct arena scratch = ARENA_BUDGET((size_t)1 << 16);

		s = sql_step(q, &row);
		if (s)
			return failed(c, s);
		size_t i = row ? directory_row_index(o->kind, sql_text(q, 0)) : o->n, seq = row ? (size_t)sql_i64(q, 1) : 0;
		if (!row)
			break;
		if (i == o->n) {
			s = found(c, o->id, o->name, "it has a %.80s, which nobody knows", sql_text(q, 0));
			continue;
		}
		/* Gaps in the numbers do no harm, but then these are not the values that were read. */
		if (seq >= o->entries[i].n)
			continue;
		struct bytes key = directory_key(c->d, o->entries[i].attribute, &o->entries[i].values[seq], &scratch);
		if (!bytes_equal(key, sql_blob(q, 2)))
			s = found(c, o->id, o->name, "%s: it cannot be found by it; set it again", o->entries[i].attribute->name);
	}
	return s;
}

static status check_values(struct checking *c, const struct directory_object *o)
{
	status s = ecNone;

	for (size_t i = 0; i < o->n && !s; i++)
		for (size_t k = 0; o->entries[i].set && k < o->entries[i].n && !s; k++) {
			struct reason why = { "" };

			if (directory_check_value(o->entries[i].attribute, &o->entries[i].values[k], &why))
				s = found(c, o->id, o->name, "%s", why.text);
		}
	return s;
}

/* As if it were made now. */
static status check_rules(struct checking *c, const struct directory_object *o, struct arena *arena)
{
	struct directory_draft w = { .object = *o, .arena = arena, .renamed = true };
	struct reason why = { "" };
	status s;

	w.changed = arena_array(arena, o->n, sizeof *w.changed);
	if (!w.changed)
		return reason_set(c->why, ecMemory, "out of memory");
	for (size_t i = 0; i < o->n; i++)
		w.changed[i] = o->entries[i].set;
	s = directory_validate(c->d, &w, &why);
	if (s == ecInvalidParam || s == ecDuplicateName || s == ecNotFound || s == ecTooBig)
		return found(c, o->id, o->name, "%s", why.text);
	return s ? reason_set(c->why, s, "%s", why.text) : ecNone;
}

static status check_object(struct checking *c, uint64_t id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(DIRECTORY_WORK_MOST);
	struct directory_object *o = NULL;
	struct reason why = { "" };
	status s = directory_read(c->d, id, &arena, &o, &why);

	if (s == ecCorruptData)
		return found(c, id, "", "%s", why.text);
	if (s)
		return reason_set(c->why, s, "%s", why.text);
	if (!o)
		return ecNone; /* removed meanwhile */
	unsigned before = c->findings;
	s = check_values(c, o);
	if (!s)
		s = check_keys(c, o);
	/* What is wrong in itself is not told twice. */
	return s || c->findings > before ? s : check_rules(c, o, &arena);
}

static status next_object(struct checking *c, uint64_t *id)
{
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(c->d->db, "SELECT id FROM objects WHERE id > $1 ORDER BY id LIMIT 1");
	bool row;

	sql_bind_i64(q, 1, (int64_t)*id);
	status s = sql_step(q, &row);
	if (s)
		return failed(c, s);
	*id = row ? (uint64_t)sql_i64(q, 0) : 0;
	return ecNone;
}

status directory_check(struct directory *d, directory_finder *tell, void *context, unsigned *findings, struct reason *why)
{
	struct checking c = { .d = d, .tell = tell, .context = context, .why = why };
	uint64_t id = 0;
	status s = check_pages(&c);

	if (!s)
		s = check_counts(&c);
	while (!s && !(s = next_object(&c, &id)) && id)
		s = check_object(&c, id);
	if (!s)
		*findings = c.findings;
	return s;
}
