/* What changed among folders. There are few of them beside messages: the answer is made in one go. */
#include "store/changes.h"

#include "base/map.h"
#include "store/changes_private.h"
#include "store/folder_private.h"

#include <stdlib.h>

#define FOLDERS_MAX ((size_t)1 << 20)

enum place {
	PLACE_BELOW = 1, /* the root of the synchronisation */
	PLACE_ELSEWHERE,
};

struct found {
	struct folder_change change;
	unsigned depth;
};

struct hierarchy {
	struct mailbox *m;
	uint64_t root;
	const struct idset *given;
	struct guid replica;
	struct map places;    /* of folders that were looked at: enum place */
	struct map collected; /* folders that are in `v` */
	struct found *v;
	size_t n, cap;
	struct idset *deleted;
	const struct hierarchy_view *view; /* NULL: everything is seen */
	const struct idset *seen;          /* by the client, versions of folders; with a view */
};

static status no_memory(struct mailbox *m)
{
	return reason_set(&m->why, ecMemory, "out of memory, or more folders than %zu", FOLDERS_MAX);
}

static bool was_given(const struct hierarchy *h, uint64_t id)
{
	return idset_contains(h->given, &h->replica, id);
}

/* Where a folder is -------------------------------------------------------------------------------------------------- */

static status parent_of(struct mailbox *m, uint64_t id, uint64_t *parent)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT parent FROM folder WHERE id = $1");
	bool row = false;
	status st;

	bind_u64(s, 1, id);
	st = mailbox_error(m, sql_step(s, &row));
	if (!st)
		*parent = row ? (uint64_t)sql_i64(s, 0) : id;
	return st;
}

/* Up to the root, or to a folder whose place is known; all on the way have the same. */
static status find_place(struct hierarchy *h, uint64_t id, enum place *place)
{
	uint64_t way[FOLDER_DEPTH_MAX + 2], at = id, up;
	unsigned n = 0;
	status s = ecNone;

	for (*place = PLACE_ELSEWHERE; !s && n < sizeof way / sizeof *way; at = up) {
		const uint64_t *known = map_get_u64(&h->places, at);

		if (known) {
			*place = (enum place)*known;
			break;
		}
		way[n++] = at;
		s = parent_of(h->m, at, &up);
		if (s || up == at)
			break;
		if (up == h->root) {
			*place = PLACE_BELOW;
			break;
		}
	}
	while (!s && n)
		if (map_put_u64(&h->places, way[--n], *place))
			s = no_memory(h->m);
	return s;
}

/* Collecting ----------------------------------------------------------------------------------------------------------- */

static status collect(struct hierarchy *h, uint64_t id, uint64_t parent, uint64_t cn)
{
	if (map_get_u64(&h->collected, id))
		return ecNone;
	if (h->n == h->cap) {
		size_t cap = h->cap ? 2 * h->cap : 64;
		struct found *v = reallocarray(h->v, cap, sizeof *v);

		if (!v)
			return no_memory(h->m);
		h->v = v;
		h->cap = cap;
	}
	if (map_put_u64(&h->collected, id, h->n))
		return no_memory(h->m);
	h->v[h->n++] = (struct found){ .change = { .id = id, .parent = parent, .cn = cn, .is_new = !was_given(h, id) } };
	return ecNone;
}

static status gone(struct hierarchy *h, uint64_t id)
{
	status s = was_given(h, id) ? idset_add(h->deleted, &h->replica, id, id) : ecNone;

	return s ? no_memory(h->m) : ecNone;
}

typedef status visit(struct hierarchy *h, uint64_t id, uint64_t parent, uint64_t cn);

/* A folder moved in brings along what is below it, one that moved out takes it away: their own versions are as before. */
static status visit_below(struct hierarchy *h, uint64_t parent, visit *f, unsigned depth)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(h->m->db, "SELECT id, cn FROM folder WHERE parent = $1 AND id <> parent ORDER BY id");
	bool row = false;
	status st = ecNone;

	bind_u64(s, 1, parent);
	while (!st && !(st = mailbox_error(h->m, sql_step(s, &row))) && row) {
		uint64_t id = (uint64_t)sql_i64(s, 0);

		st = f(h, id, parent, (uint64_t)sql_i64(s, 1));
		if (!st && depth < FOLDER_DEPTH_MAX)
			st = visit_below(h, id, f, depth + 1);
	}
	return st;
}

static status collect_new(struct hierarchy *h, uint64_t id, uint64_t parent, uint64_t cn)
{
	return was_given(h, id) ? ecNone : collect(h, id, parent, cn);
}

static status gone_too(struct hierarchy *h, uint64_t id, uint64_t parent, uint64_t cn)
{
	(void)parent;
	(void)cn;
	return gone(h, id);
}

static status take_folder(struct sql_statement *s, void *context)
{
	struct hierarchy *h = context;
	uint64_t id = (uint64_t)sql_i64(s, 1), parent = (uint64_t)sql_i64(s, 2);
	enum place place = PLACE_ELSEWHERE;
	status st = ecNone;

	if (id == h->root)
		return ecNone;
	st = find_place(h, id, &place);
	if (!st && place == PLACE_BELOW) {
		st = collect(h, id, parent, (uint64_t)sql_i64(s, 0));
		return st || was_given(h, id) ? st : visit_below(h, id, collect_new, 0);
	}
	if (!st)
		st = gone(h, id);
	return st || !was_given(h, id) ? st : visit_below(h, id, gone_too, 0);
}

static status take_tomb(struct sql_statement *s, void *context)
{
	return gone(context, (uint64_t)sql_i64(s, 1));
}

/* All that the client was given and is not among what was collected, which is everything. */
static status compare_given(struct hierarchy *h)
{
	CLEANUP_GATHER struct gather g = { .n = 0 };
	CLEANUP_IDSET struct idset there = { .max = h->given->max };
	status s = ecNone;

	for (size_t i = 0; !s && i < h->n; i++)
		s = gather_add(&g, h->v[i].change.id, &there, &h->replica);
	if (!s)
		s = gather_flush(&g, &there, &h->replica);
	if (!s)
		s = idset_union(h->deleted, h->given);
	if (!s)
		s = idset_subtract(h->deleted, &there);
	return s ? no_memory(h->m) : ecNone;
}

/* Not all of them ------------------------------------------------------------------------------------------------------ */

/* Whether somebody sees a folder is no version of it: every one is looked at. `parent`: the next above that they see. */
static status look_below(struct hierarchy *h, uint64_t above, uint64_t parent, struct gather *g, struct idset *there, unsigned depth)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(h->m->db, "SELECT id, cn FROM folder WHERE parent = $1 AND id <> parent ORDER BY id");
	bool row = false;
	status st = ecNone;

	bind_u64(s, 1, above);
	while (!st && !(st = mailbox_error(h->m, sql_step(s, &row))) && row) {
		uint64_t id = (uint64_t)sql_i64(s, 0), cn = (uint64_t)sql_i64(s, 1);
		bool sees = false;

		st = h->view->sees(h->view->context, h->m, id, &sees);
		if (!st && sees && gather_add(g, id, there, &h->replica))
			st = no_memory(h->m);
		if (!st && sees && !(was_given(h, id) && idset_contains(h->seen, &h->replica, cn)))
			st = collect(h, id, parent, cn);
		if (!st && depth < FOLDER_DEPTH_MAX)
			st = look_below(h, id, sees ? id : parent, g, there, depth + 1);
	}
	return st;
}

static status look_at_all(struct hierarchy *h)
{
	CLEANUP_GATHER struct gather g = { .n = 0 };
	CLEANUP_IDSET struct idset there = { .max = h->given->max };
	status s = look_below(h, h->root, h->root, &g, &there, 0);

	if (s)
		return s;
	if (gather_flush(&g, &there, &h->replica) || idset_union(h->deleted, h->given) || idset_subtract(h->deleted, &there))
		return no_memory(h->m);
	return ecNone;
}

/* Order ----------------------------------------------------------------------------------------------------------------- */

/* How many of its ancestors are collected too. */
static unsigned depth_of(const struct hierarchy *h, size_t i)
{
	unsigned depth = 0;
	const uint64_t *up;

	while (depth <= FOLDER_DEPTH_MAX && (up = map_get_u64(&h->collected, h->v[i].change.parent)) != NULL && *up != i) {
		i = (size_t)*up;
		depth++;
	}
	return depth;
}

static int by_depth(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	return x->change.cn < y->change.cn ? -1 : x->change.cn > y->change.cn;
}

static status in_order(struct hierarchy *h, struct arena *arena, struct hierarchy_changes *out)
{
	struct folder_change *v = arena_array(arena, h->n ? h->n : 1, sizeof *v);

	if (!v)
		return no_memory(h->m);
	for (size_t i = 0; i < h->n; i++)
		h->v[i].depth = depth_of(h, i);
	if (h->n)
		qsort(h->v, h->n, sizeof *h->v, by_depth);
	for (size_t i = 0; i < h->n; i++)
		v[i] = h->v[i].change;
	out->v = v;
	out->n = h->n;
	return ecNone;
}

/* All of it ------------------------------------------------------------------------------------------------------------- */

static status walk(struct hierarchy *h, const struct windows *w, bool compare)
{
	struct window_walk folders = {
		.m = h->m,
		.query = "SELECT cn, id, parent FROM folder WHERE cn >= $1 AND cn <= $2 ORDER BY cn LIMIT $3",
		.row = take_folder,
		.context = h,
	};
	struct window_walk tombs = {
		.m = h->m,
		.query = "SELECT cn, id FROM tombstone WHERE folder = 0 AND cn >= $1 AND cn <= $2 ORDER BY cn LIMIT $3",
		.row = take_tomb,
		.context = h,
	};
	status s = windows_walk(w, &folders);

	if (!s)
		s = compare ? compare_given(h) : windows_walk(w, &tombs);
	return s;
}

static status new_state(struct hierarchy *h, const struct sync_state *client, bool compare, uint64_t upto, struct sync_state *out)
{
	CLEANUP_GATHER struct gather g = { .n = 0 };
	status s = idset_union(&out->given, &client->given);

	if (!s)
		s = idset_subtract(&out->given, h->deleted);
	for (size_t i = 0; !s && i < h->n; i++)
		s = gather_add(&g, h->v[i].change.id, &out->given, &h->replica);
	if (!s)
		s = gather_flush(&g, &out->given, &h->replica);
	if (!s && !compare)
		s = idset_union(&out->seen, &client->seen);
	if (!s)
		s = changes_all_seen(h->m, &out->seen, upto);
	return s ? no_memory(h->m) : ecNone;
}

static status look_for_changes(struct hierarchy *h, const struct sync_state *client, bool compare, uint64_t upto)
{
	struct windows *w = malloc(sizeof *w);
	status s;

	if (!w)
		return no_memory(h->m);
	windows_of(w, compare ? NULL : idset_find(&client->seen, &h->replica), upto);
	s = walk(h, w, compare);
	free(w);
	return s;
}

static status find_changes(struct hierarchy *h, const struct sync_state *client, struct arena *arena,
			   struct hierarchy_changes *out)
{
	bool compare = changes_from_future(h->m, &client->seen);
	uint64_t upto = mailbox_last_cn(h->m);
	status s = h->view ? look_at_all(h) : look_for_changes(h, client, compare, upto);

	if (!s)
		s = in_order(h, arena, out);
	return s ? s : new_state(h, client, compare, upto, &out->state);
}

void hierarchy_changes_init(struct hierarchy_changes *h, size_t max_ranges)
{
	*h = (struct hierarchy_changes){ .n = 0 };
	idset_init(&h->deleted, max_ranges);
	sync_state_init(&h->state, max_ranges);
}

void hierarchy_changes_free(struct hierarchy_changes *h)
{
	idset_free(&h->deleted);
	sync_state_free(&h->state);
	h->v = NULL;
	h->n = 0;
}

status hierarchy_changes(struct mailbox *m, uint64_t root, const struct sync_state *client, struct arena *arena,
			 struct hierarchy_changes *out)
{
	return hierarchy_changes_seen_by(m, root, NULL, client, arena, out);
}

status hierarchy_changes_seen_by(struct mailbox *m, uint64_t root, const struct hierarchy_view *view, const struct sync_state *client,
				 struct arena *arena, struct hierarchy_changes *out)
{
	CLEANUP_HIERARCHY_CHANGES struct hierarchy_changes result;
	struct hierarchy h = {
		.m = m,
		.root = root,
		.given = &client->given,
		.replica = m->identity.replica,
		.deleted = &result.deleted,
		.view = view,
		.seen = &client->seen,
	};
	status s;

	hierarchy_changes_init(&result, out->deleted.max);
	map_init(&h.places, FOLDERS_MAX);
	map_init(&h.collected, FOLDERS_MAX);
	s = find_changes(&h, client, arena, &result);
	map_free(&h.places);
	map_free(&h.collected);
	free(h.v);
	if (!s) {
		struct hierarchy_changes old = *out;

		*out = result;
		result = old;
	}
	return s;
}
