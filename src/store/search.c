/*
 * A search: what is only words asks the index of words once; then messages, the newest first, are asked for the rest, until
 * there are enough of them.
 */
#include "store/search.h"

#include "store/mailbox_private.h"
#include "store/search_private.h"
#include "store/table_private.h"

#include <stdlib.h>
#include <strings.h>

#define ROOMY ((size_t)256 << 20)

/* A node made ready. */
struct step {
	enum search_kind kind;
	struct step *of;
	size_t n;
	bool found; /* `hits` is what the index of words found for the whole of it */
	struct fulltext_hit *hits;
	size_t n_hits;
	struct restrict_node *condition;
	struct folder_set folders;
};

struct running {
	struct mailbox *m;
	struct arena *arena;
	struct reason *why;
	struct folder_set within; /* of the options */
	bool limited;             /* to `within` */
};

static status said(struct running *r, status s)
{
	return s ? reason_set(r->why, s, "%s", mailbox_failure(r->m)) : ecNone;
}

/* Making ready ------------------------------------------------------------------------------------------------------------- */

/* NULL when it is not words alone. */
static const struct fulltext_node *words_of(struct running *r, const struct search_node *n)
{
	struct fulltext_node *out;
	const struct fulltext_node **nodes;

	if (n->kind == SEARCH_TEXT)
		return &n->text;
	if (n->kind != SEARCH_ALL_OF && n->kind != SEARCH_ANY_OF)
		return NULL;
	out = arena_zalloc(r->arena, sizeof *out);
	nodes = arena_array(r->arena, n->n, sizeof(const struct fulltext_node *));
	if (!out || !nodes)
		return NULL;
	for (size_t i = 0; i < n->n; i++) {
		nodes[i] = words_of(r, n->of[i]);
		if (!nodes[i])
			return NULL;
	}
	*out = (struct fulltext_node){ .kind = n->kind == SEARCH_ALL_OF ? FULLTEXT_AND : FULLTEXT_OR, .nodes = nodes, .n = n->n };
	return out;
}

/* By its path; else the first one of that name, wherever it is. */
static status find_folder(struct running *r, const char *name, uint64_t *id)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 20);
	uint64_t at = 0;
	struct folder f;
	status s = folder_by_path(r->m, name, id);

	if (s != ecNotFound)
		return said(r, s);
	while (!(s = folder_next(r->m, at, &at)) && at) {
		arena_reset(&arena);
		s = folder_get(r->m, at, &arena, &f);
		if (s)
			break;
		if (strcasecmp(f.name, name) == 0) {
			*id = at;
			return ecNone;
		}
	}
	return s ? said(r, s) : reason_set(r->why, ecNotFound, "there is no folder \"%.80s\"", name);
}

static status prepare(struct running *r, const struct search_node *n, struct step *out);

static status prepare_children(struct running *r, const struct search_node *n, struct step *out)
{
	status s = ecNone;

	out->of = arena_array(r->arena, n->n ? n->n : 1, sizeof *out->of);
	if (!out->of)
		return reason_set(r->why, ecMemory, "out of memory");
	out->n = n->n;
	for (size_t i = 0; !s && i < n->n; i++)
		s = prepare(r, n->of[i], &out->of[i]);
	return s;
}

static status prepare(struct running *r, const struct search_node *n, struct step *out)
{
	const struct fulltext_node *words = words_of(r, n);
	uint64_t folder = 0;
	status s;

	*out = (struct step){ .kind = n->kind };
	if (words) {
		out->found = true;
		return fulltext_find(r->m, words, r->arena, &out->hits, &out->n_hits, r->why);
	}
	switch (n->kind) {
	case SEARCH_CONDITION:
		return restrict_compile(n->condition, 1252, r->arena, &out->condition, r->why);
	case SEARCH_FOLDER:
		s = find_folder(r, n->folder, &folder);
		return s ? s : said(r, folder_set_of(r->m, &folder, 1, true, r->arena, &out->folders));
	case SEARCH_TEXT:
		return reason_set(r->why, ecMemory, "out of memory");
	default:
		return prepare_children(r, n, out);
	}
}

/* Asking ---------------------------------------------------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
	uint64_t x = ((const struct fulltext_hit *)a)->message, y = ((const struct fulltext_hit *)b)->message;

	return (x > y) - (x < y);
}

static bool has_hit(const struct step *s, uint64_t id)
{
	struct fulltext_hit key = { .message = id };

	return s->n_hits && bsearch(&key, s->hits, s->n_hits, sizeof key, by_id);
}

static status holds(struct step *n, struct table_row *row, bool *out)
{
	bool all = n->kind == SEARCH_ALL_OF;
	status s = ecNone;

	if (n->found) {
		*out = has_hit(n, row->id);
		return ecNone;
	}
	switch (n->kind) {
	case SEARCH_CONDITION:
		return restrict_matches(n->condition, &row->row, out);
	case SEARCH_FOLDER:
		*out = folder_set_has(&n->folders, (uint64_t)sql_i64(row->message, MC_FOLDER));
		return ecNone;
	case SEARCH_NOT:
		s = holds(&n->of[0], row, out);
		*out = !*out;
		return s;
	default:
		*out = all;
		for (size_t i = 0; !s && *out == all && i < n->n; i++)
			s = holds(&n->of[i], row, out);
		return s;
	}
}

static struct sql_statement *message_row(struct running *r, uint64_t id, struct arena *arena, struct table_row *row)
{
	struct sql_statement *s = sql_prepare(r->m->db, "SELECT " MESSAGE_COLUMNS " FROM message m WHERE m.id = $1 AND m.kind = 0");

	arena_reset(arena);
	table_row_init(row, r->m, arena);
	row->id = id;
	bind_u64(s, 1, id);
	return s;
}

static status ask(struct running *r, struct step *root, uint64_t id, struct arena *arena, bool *yes)
{
	struct table_row row;
	CLEANUP_STATEMENT struct sql_statement *st = message_row(r, id, arena, &row);
	bool there = false;
	status s = sql_step(st, &there);

	*yes = false;
	if (s || !there)
		return said(r, mailbox_error(r->m, s));
	if (r->limited && !folder_set_has(&r->within, (uint64_t)sql_i64(st, MC_FOLDER)))
		return ecNone;
	row.message = st;
	return said(r, holds(root, &row, yes));
}

/* Who may be asked ------------------------------------------------------------------------------------------------------------- */

/* The same conditions for SQL; what only we can decide is of no kind that it knows. */
#define NOT_FOR_SQL 0xFF

static bool for_sql(struct running *r, const struct step *s, struct restrict_node *out)
{
	static const uint8_t kinds[] = { RES_AND, RES_OR, RES_NOT };

	*out = (struct restrict_node){ .kind = NOT_FOR_SQL };
	if (s->condition) {
		*out = *s->condition;
		return true;
	}
	if (s->found || s->kind > SEARCH_NOT)
		return true;
	*out = (struct restrict_node){ .kind = kinds[s->kind], .n = s->n };
	out->child = arena_array(r->arena, s->n ? s->n : 1, sizeof *out->child);
	for (size_t i = 0; out->child && i < s->n; i++)
		if (!for_sql(r, &s->of[i], &out->child[i]))
			return false;
	return out->child != NULL;
}

static status scan(struct running *r, struct step *root, struct fulltext_hit **out, size_t *n)
{
	CLEANUP_BUF struct buf text = BUF_MAX(RESTRICT_SQL_MAX + 256);
	struct restrict_node all;
	struct restrict_sql sql;
	size_t cap = 0, count = 0;
	bool row = false;
	status s = ecNone;

	if (!for_sql(r, root, &all))
		return reason_set(r->why, ecMemory, "out of memory");
	restrict_sql(&all, message_restrict_columns, 1, &sql);
	buf_add_str(&text, "SELECT m.id, m.received FROM message m WHERE m.kind = 0");
	if (sql.text.n)
		buf_printf(&text, " AND %s", buf_cstr(&sql.text));
	CLEANUP_STATEMENT struct sql_statement *st = sql_prepare_once(r->m->db, buf_cstr(&text));
	restrict_sql_bind(&sql, st);
	while (!s && !(s = sql_step(st, &row)) && row) {
		if (count == cap) {
			struct fulltext_hit *v = arena_array(r->arena, cap ? 2 * cap : 1024, sizeof *v);

			if (v && count)
				memcpy(v, *out, count * sizeof *v);
			cap = cap ? 2 * cap : 1024;
			*out = v;
			s = v ? ecNone : ecMemory;
		}
		if (!s)
			(*out)[count++] = (struct fulltext_hit){ (uint64_t)sql_i64(st, 0), (uint64_t)sql_i64(st, 1) };
	}
	restrict_sql_free(&sql);
	*n = count;
	return s ? reason_set(r->why, s, "%s", s == ecMemory ? "out of memory" : sql_failure(r->m->db)) : ecNone;
}

/* Of what must hold, the words that the fewest messages have. */
static const struct step *rarest(const struct step *root)
{
	const struct step *best = root->found ? root : NULL;

	for (size_t i = 0; !root->found && root->kind == SEARCH_ALL_OF && i < root->n; i++)
		if (root->of[i].found && (!best || root->of[i].n_hits < best->n_hits))
			best = &root->of[i];
	return best;
}

static int newest_first(const void *a, const void *b)
{
	const struct fulltext_hit *x = a, *y = b;

	if (x->received != y->received)
		return x->received < y->received ? 1 : -1;
	return (x->message < y->message) - (x->message > y->message);
}

static status candidates(struct running *r, struct step *root, struct fulltext_hit **out, size_t *n)
{
	const struct step *few = rarest(root);
	status s = few ? ecNone : scan(r, root, out, n);

	if (few) {
		/* The index finds by id: it is needed in that order, too. */
		*out = arena_memdup(r->arena, few->n_hits ? few->hits : (void *)"", few->n_hits * sizeof **out);
		*n = few->n_hits;
		s = *out ? ecNone : reason_set(r->why, ecMemory, "out of memory");
	}
	if (!s && *n)
		qsort(*out, *n, sizeof **out, newest_first);
	return s;
}

static status ask_all(struct running *r, struct step *root, const struct fulltext_hit *c, size_t n, const struct search_options *o,
		      struct arena *arena, struct search_result *out)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(ROW_MEMORY_MAX);
	size_t most = o->limit && o->limit < n ? o->limit : n, skipped = 0;
	status s = ecNone;
	bool yes = false;

	*out = (struct search_result){ .ids = arena_array(arena, most ? most : 1, sizeof *out->ids) };
	if (!out->ids)
		return reason_set(r->why, ecMemory, "out of memory");
	for (size_t i = 0; !s && !out->more && i < n; i++) {
		s = ask(r, root, c[i].message, &scratch, &yes);
		if (s || !yes || skipped++ < o->skip)
			continue;
		if (out->n == most)
			out->more = true;
		else
			out->ids[out->n++] = c[i].message;
	}
	return s;
}

status search_run(struct mailbox *m, const struct search_node *what, const struct search_options *o, struct arena *arena,
		  struct search_result *out, struct reason *why)
{
	CLEANUP_ARENA struct arena room = ARENA_BUDGET(ROOMY);
	struct search_options everything = { .limit = 0 };
	struct running r = { .m = m, .arena = &room, .why = why };
	struct fulltext_hit *c = NULL;
	struct step root;
	size_t n = 0;
	status s = ecNone;

	o = o ? o : &everything;
	r.limited = o->folder != 0;
	if (o->folder)
		s = said(&r, folder_set_of(m, &o->folder, 1, true, &room, &r.within));
	if (!s)
		s = prepare(&r, what, &root);
	if (!s)
		s = candidates(&r, &root, &c, &n);
	return s ? s : ask_all(&r, &root, c, n, o, arena, out);
}
