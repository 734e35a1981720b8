#include "store/backup_compare.h"

#define PAGE 512

/* A message's version, and what stands for its content. */
struct row {
	int64_t id, folder, kind, cn, read_cn, size, fingerprint, fingerprint_high, checksum;
};

struct side {
	struct sql *db;
	struct row rows[PAGE];
	size_t n, at;
	int64_t last;
	bool ended;
};

static const char page[] = "SELECT m.id, m.folder, m.kind, m.cn, m.read_cn, m.size, m.fingerprint, m.fingerprint_high, c.checksum"
			   " FROM message AS m LEFT JOIN content AS c ON c.id = m.content WHERE m.id > $1 ORDER BY m.id LIMIT $2";

static status fill(struct side *s, struct reason *why)
{
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(s->db, page);
	bool row = false;
	status st = ecNone;

	sql_bind_i64(q, 1, s->last);
	sql_bind_i64(q, 2, PAGE);
	for (s->n = s->at = 0; s->n < PAGE && !(st = sql_step(q, &row)) && row; s->n++) {
		struct row *r = &s->rows[s->n];
		int64_t *const to[] = { &r->id, &r->folder, &r->kind, &r->cn, &r->read_cn, &r->size, &r->fingerprint, &r->fingerprint_high,
					&r->checksum };

		for (size_t i = 0; i < sizeof to / sizeof *to; i++)
			*to[i] = sql_i64(q, (int)i);
		s->last = r->id;
	}
	s->ended = !st && s->n < PAGE;
	return st ? reason_set(why, st, "%s", sql_failure(s->db)) : ecNone;
}

/* NULL at the end. */
static status here(struct side *s, const struct row **out, struct reason *why)
{
	status st = s->at == s->n && !s->ended ? fill(s, why) : ecNone;

	*out = !st && s->at < s->n ? &s->rows[s->at] : NULL;
	return st;
}

static bool same_content(const struct row *a, const struct row *b)
{
	return a->size == b->size && a->fingerprint == b->fingerprint && a->fingerprint_high == b->fingerprint_high &&
	       a->checksum == b->checksum;
}

/* Is there a row? `b` 0: the question has one number. */
static status ask(struct sql *db, const char *text, int64_t a, int64_t b, bool *yes, struct reason *why)
{
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(db, text);
	status s;

	sql_bind_i64(q, 1, a);
	if (b)
		sql_bind_i64(q, 2, b);
	s = sql_step(q, yes);
	return s ? reason_set(why, s, "%s", sql_failure(db)) : ecNone;
}

/* It left its folder after the backup, or the folder itself went, or it was deleted softly already and is purged now. */
static status went(struct sql *live, const struct row *r, bool *yes, struct reason *why)
{
	bool folder = true;
	status s;

	*yes = r->kind >= 2;
	if (*yes)
		return ecNone;
	s = ask(live, "SELECT 1 FROM tombstone WHERE folder = $1 AND id = $2", r->folder, r->id, yes, why);
	if (!s && !*yes)
		s = ask(live, "SELECT 1 FROM folder WHERE id = $1", r->folder, 0, &folder, why);
	*yes = *yes || !folder;
	return s;
}

static status compare_pair(struct backup_comparison *c, const struct row *restored, const struct row *live)
{
	/* Read state and deletion change without a new version. */
	bool same_version = restored->cn == live->cn && restored->folder == live->folder;

	if (same_version && !same_content(restored, live))
		c->found(c->context, BACKUP_DIFFERS, (uint64_t)restored->id);
	else if (same_version)
		c->equal++;
	else if ((uint64_t)live->cn <= c->upto)
		c->found(c->context, BACKUP_DIFFERS, (uint64_t)restored->id);
	else
		c->changed++;
	return ecNone;
}

status backup_compare(struct sql *restored, struct sql *live, struct backup_comparison *c, struct reason *why)
{
	struct side a = { .db = restored }, b = { .db = live };
	status s = ecNone;

	while (!s) {
		const struct row *x, *y = NULL;
		bool gone = false;

		s = here(&a, &x, why);
		if (!s)
			s = here(&b, &y, why);
		if (s || (!x && !y))
			break;
		if (x && y && x->id == y->id) {
			s = compare_pair(c, x, y);
		} else if (!x || (y && y->id < x->id)) {
			if ((uint64_t)y->cn <= c->upto)
				c->found(c->context, BACKUP_NOT_HERE, (uint64_t)y->id);
			b.at++;
			continue;
		} else {
			s = went(live, x, &gone, why);
			if (!s && !gone)
				c->found(c->context, BACKUP_NOT_LIVE, (uint64_t)x->id);
			c->changed += !s && gone;
			y = NULL;
		}
		c->messages++;
		a.at++;
		b.at += y != NULL;
	}
	return s;
}
