#include "store/changes.h"

#include "store/changes_private.h"
#include "store/message_groups.h"
#include "store/message_private.h"

#include <stdlib.h>

/* So many changes are sorted in memory in any case; more when they are not most of the folder. */
#define SORTED_ALWAYS 8192u
#define SORTED_SHARE 8u

static const struct idset *seen_set(const struct changes *c, bool associated)
{
	return associated ? &c->client.seen_associated : &c->client.seen;
}

/* How many ------------------------------------------------------------------------------------------------------------ */

struct counting {
	struct changes *c;
	bool associated;
	uint64_t n, bytes;
};

static int bind_folder_kind(struct sql_statement *s, void *context)
{
	const struct counting *k = context;

	bind_u64(s, 3, k->c->folder);
	sql_bind_i64(s, 4, k->associated ? KIND_ASSOCIATED : KIND_MESSAGE);
	return 5;
}

static status count_row(struct sql_statement *s, void *context)
{
	struct counting *k = context;

	k->n++;
	k->bytes += (uint64_t)sql_i64(s, 1);
	return ecNone;
}

/* Of a window that is exact the engine counts. */
static status count_window(struct counting *k, struct globcnt_range window)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(k->c->m->db, "SELECT COUNT(*), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM message"
					 " WHERE folder = $1 AND kind = $2 AND cn >= $3 AND cn <= $4");
	bool row = false;
	status st;

	bind_u64(s, 1, k->c->folder);
	sql_bind_i64(s, 2, k->associated ? KIND_ASSOCIATED : KIND_MESSAGE);
	bind_u64(s, 3, window.first);
	bind_u64(s, 4, window.last);
	st = mailbox_error(k->c->m, sql_step(s, &row));
	if (!st && row) {
		k->n += (uint64_t)sql_i64(s, 0);
		k->bytes += (uint64_t)sql_i64(s, 1);
	}
	return st;
}

static status count(struct changes *c, bool associated, uint64_t *n, uint64_t *bytes)
{
	struct counting k = { .c = c, .associated = associated };
	struct window_walk walk = {
		.m = c->m,
		.query = "SELECT cn, size FROM message WHERE cn >= $1 AND cn <= $2 AND folder = $3 AND kind = $4 ORDER BY cn LIMIT $5",
		.bind = bind_folder_kind,
		.row = count_row,
		.context = &k,
	};
	status s = ecNone;

	windows_of(&c->windows, changes_seen(c, seen_set(c, associated)), c->upto);
	for (size_t i = 0; !s && c->windows.exact && i < c->windows.n; i++)
		s = count_window(&k, c->windows.v[i]);
	if (!s && !c->windows.exact)
		s = windows_walk(&c->windows, &walk);
	*n = k.n;
	*bytes = k.bytes;
	return s;
}

/* Handing out ----------------------------------------------------------------------------------------------------------- */

#define CHANGE_COLUMNS "cn, id, size, received"

static struct change change_of(const struct changes *c, const struct sql_statement *s)
{
	struct change change = {
		.cn = (uint64_t)sql_i64(s, 0),
		.id = (uint64_t)sql_i64(s, 1),
		.size = (uint64_t)sql_i64(s, 2),
		.received = (uint64_t)sql_i64(s, 3),
		.associated = c->associated,
	};

	change.is_new = !changes_given(c, change.id);
	return change;
}

/* The client will have it. */
static status note_sent(struct changes *c, const struct change *change)
{
	status s = gather_add(&c->sent, change->id, &c->given, &c->replica);

	if (!s && c->o.no_deletions)
		s = change->associated ? gather_add(&c->sent_associated, change->cn, &c->seen_associated, &c->replica) :
					 gather_add(&c->sent_normal, change->cn, &c->seen, &c->replica);
	return changes_failed(c, s);
}

static status take(struct changes *c, const struct change *change)
{
	bool in_scope = true;
	status s = c->o.in_scope ? c->o.in_scope(c->o.context, c->m, change->id, &in_scope) : ecNone;

	if (s)
		return s;
	if (!in_scope)
		return change->is_new ? ecNone : changes_failed(c, idset_add(&c->out_of_scope, &c->replica, change->id, change->id));
	s = note_sent(c, change);
	if (!s)
		c->page[c->n_page++] = *change;
	return s;
}

static int bind_pass(struct sql_statement *s, void *context)
{
	const struct changes *c = context;

	bind_u64(s, 3, c->folder);
	sql_bind_i64(s, 4, c->associated ? KIND_ASSOCIATED : KIND_MESSAGE);
	return 5;
}

static status take_row(struct sql_statement *s, void *context)
{
	struct change change = change_of(context, s);

	return take(context, &change);
}

static const char changes_query[] = "SELECT " CHANGE_COLUMNS " FROM message"
				    " WHERE cn >= $1 AND cn <= $2 AND folder = $3 AND kind = $4 ORDER BY cn LIMIT $5";

static status fill_by_change(struct changes *c, bool *more)
{
	struct window_walk walk = { .m = c->m, .query = changes_query, .bind = bind_pass, .row = take_row, .context = c };
	status s = ecNone;

	while (!s && c->n_page < c->room && c->window < c->windows.n) {
		struct globcnt_range window = c->windows.v[c->window];
		uint64_t next = c->next_cn ? c->next_cn : window.first;

		s = windows_page(&c->windows, &walk, window, c->room - c->n_page, &next);
		c->next_cn = next;
		c->window += !next;
	}
	*more = c->window < c->windows.n;
	return s;
}

/* Newest first ------------------------------------------------------------------------------------------------------- */

static status keep_row(struct sql_statement *s, void *context)
{
	struct changes *c = context;

	if (c->n_sorted == c->cap_sorted) {
		size_t cap = c->cap_sorted ? 2 * c->cap_sorted : 64;
		struct change *v = reallocarray(c->sorted, cap, sizeof *v);

		if (!v)
			return changes_failed(c, ecMemory);
		c->sorted = v;
		c->cap_sorted = cap;
	}
	c->sorted[c->n_sorted++] = change_of(c, s);
	return ecNone;
}

static int newest_first(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	if (x->received != y->received)
		return x->received > y->received ? -1 : 1;
	return x->id > y->id ? -1 : x->id < y->id;
}

static status sort_all(struct changes *c)
{
	struct window_walk walk = { .m = c->m, .query = changes_query, .bind = bind_pass, .row = keep_row, .context = c };
	status s;

	c->at_sorted = 0;
	if (!c->merged || c->associated)
		c->n_sorted = 0;
	s = windows_walk(&c->windows, &walk);
	if (!s && c->n_sorted)
		qsort(c->sorted, c->n_sorted, sizeof *c->sorted, newest_first);
	return s;
}

static status fill_sorted(struct changes *c, bool *more)
{
	status s = ecNone;

	while (!s && c->n_page < c->room && c->at_sorted < c->n_sorted)
		s = take(c, &c->sorted[c->at_sorted++]);
	*more = c->at_sorted < c->n_sorted;
	return s;
}

/* The associated ones that are newer, as far as there is room. */
static status take_newer(struct changes *c, const struct change *than)
{
	status s = ecNone;

	while (!s && c->merged && c->n_page < c->room && c->at_sorted < c->n_sorted && newest_first(&c->sorted[c->at_sorted], than) < 0)
		s = take(c, &c->sorted[c->at_sorted++]);
	return s;
}

/* One page of the index of delivery times; *end when there are no more. */
static status page_by_time(struct changes *c, bool *end)
{
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(c->m->db, "SELECT " CHANGE_COLUMNS " FROM message WHERE folder = $1 AND kind = $2 AND (received, id) < ($3, $4)"
				      " ORDER BY received DESC, id DESC LIMIT $5");
	uint64_t rows = 0, most = c->room - c->n_page;
	bool row = false;
	status st;

	bind_u64(s, 1, c->folder);
	sql_bind_i64(s, 2, c->associated ? KIND_ASSOCIATED : KIND_MESSAGE);
	bind_u64(s, 3, c->before_time);
	bind_u64(s, 4, c->before_id);
	bind_u64(s, 5, most);
	while (!(st = mailbox_error(c->m, sql_step(s, &row))) && row) {
		struct change change = change_of(c, s);

		st = take_newer(c, &change);
		if (st)
			return st;
		/* It is the first one next time. */
		if (c->n_page == c->room)
			return ecNone;
		rows++;
		c->before_time = change.received;
		c->before_id = change.id;
		if (change.cn > c->upto || (c->windows.seen && globset_contains(c->windows.seen, change.cn)))
			continue;
		st = take(c, &change);
		if (st)
			return st;
	}
	*end = rows < most;
	return st;
}

static status fill_by_time(struct changes *c, bool *more)
{
	bool end = false;
	status s = ecNone;

	while (!s && !end && c->n_page < c->room)
		s = page_by_time(c, &end);
	*more = !end;
	return !s && end && c->merged ? fill_sorted(c, more) : s;
}

/* Passes ------------------------------------------------------------------------------------------------------------- */

static bool is_wanted(const struct changes *c, bool associated)
{
	return associated ? c->o.associated : c->o.normal;
}

static status choose_how(struct changes *c)
{
	uint64_t n = c->associated ? c->total.associated : c->total.normal, all = 0;
	bool row = false;
	status st;

	c->how = BY_CHANGE;
	if (c->o.order == CHANGES_OLDEST_FIRST)
		return ecNone;
	/* A pass that is not wanted has no windows, and walks none; one of both kinds may still have the others to hand out. */
	if (!c->windows.n || (c->merged && c->associated)) {
		c->how = c->merged ? SORTED : BY_CHANGE;
		return ecNone;
	}
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(c->m->db, "SELECT items, associated FROM folder WHERE id = $1");
	bind_u64(s, 1, c->folder);
	st = mailbox_error(c->m, sql_step(s, &row));
	if (!st && row)
		all = (uint64_t)sql_i64(s, c->associated ? 1 : 0);
	c->how = n <= SORTED_ALWAYS || n <= all / SORTED_SHARE ? SORTED : BY_TIME;
	return st;
}

static status begin_pass(struct changes *c, bool associated)
{
	status s;

	c->associated = associated;
	c->window = 0;
	c->next_cn = 0;
	c->before_time = INT64_MAX;
	c->before_id = INT64_MAX;
	if (is_wanted(c, associated))
		windows_of(&c->windows, changes_seen(c, seen_set(c, associated)), c->upto);
	else
		c->windows = (struct windows){ .exact = true };
	s = choose_how(c);
	if (!s && c->how == SORTED)
		s = sort_all(c);
	return !s && c->merged && associated ? begin_pass(c, false) : s;
}

static status fill(struct changes *c, bool *more)
{
	switch (c->how) {
	case BY_CHANGE:
		return fill_by_change(c, more);
	case SORTED:
		return fill_sorted(c, more);
	case BY_TIME:
		return fill_by_time(c, more);
	}
	return ecError;
}

status changes_next(struct changes *c, struct change *page, size_t room, size_t *n)
{
	status s = ecNone;

	c->page = page;
	c->room = room;
	c->n_page = 0;
	while (!s && c->n_page < room && !c->ended) {
		bool more = false;

		s = fill(c, &more);
		if (s || more)
			continue;
		if (c->associated)
			s = begin_pass(c, false);
		else
			c->ended = true;
	}
	c->page = NULL;
	if (!s)
		*n = c->n_page;
	return s;
}

uint32_t changes_groups(const struct changes *c, const struct change *change, const struct message_info *i)
{
	struct message_groups g;
	bool whole = true;
	uint32_t groups;

	if (c->compare || change->is_new || i->associated)
		return 0;
	message_groups_read(i->groups, i->cn, &g);
	groups = message_groups_unseen(&g, changes_seen(c, &c->client.seen), &whole);
	return whole ? 0 : groups;
}

/* Opening ------------------------------------------------------------------------------------------------------------ */

static status copy_sets(struct changes *c, const struct sync_state *client)
{
	size_t max = client->given.max;
	status s;

	sync_state_init(&c->client, max);
	idset_init(&c->given, max);
	idset_init(&c->seen, max);
	idset_init(&c->seen_associated, max);
	idset_init(&c->out_of_scope, max);
	idset_init(&c->deleted, max);
	s = sync_state_copy(client, &c->client);
	if (!s)
		s = idset_union(&c->given, &client->given);
	return changes_failed(c, s);
}

static status count_all(struct changes *c)
{
	status s = ecNone;

	if (c->o.normal)
		s = count(c, false, &c->total.normal, &c->total.normal_bytes);
	if (!s && c->o.associated)
		s = count(c, true, &c->total.associated, &c->total.associated_bytes);
	return s;
}

static status look_for_folder(struct mailbox *m, uint64_t folder)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT id FROM folder WHERE id = $1");
	bool row = false;
	status st;

	bind_u64(s, 1, folder);
	st = mailbox_error(m, sql_step(s, &row));
	return st || row ? st : reason_set(&m->why, ecNotFound, "there is no folder %llx", (unsigned long long)folder);
}

status changes_open(struct mailbox *m, uint64_t folder, const struct sync_state *client, const struct changes_options *o,
		    struct changes **out)
{
	struct changes *c = calloc(1, sizeof *c);
	status s = c ? look_for_folder(m, folder) : reason_set(&m->why, ecMemory, "out of memory");

	if (c) {
		c->m = m;
		c->folder = folder;
		c->o = *o;
		c->merged = o->order == CHANGES_NEWEST_FIRST && o->normal && o->associated;
		c->upto = mailbox_last_cn(m);
		c->replica = m->identity.replica;
	}
	if (!s)
		s = copy_sets(c, client);
	if (!s)
		c->compare = o->compare || changes_from_future(m, &client->seen) || changes_from_future(m, &client->seen_associated) ||
			     changes_from_future(m, &client->read);
	if (!s)
		s = folder_counts_flush(m);
	if (!s)
		s = count_all(c);
	if (!s)
		s = begin_pass(c, true);
	if (s) {
		changes_free(c);
		return s;
	}
	*out = c;
	return ecNone;
}

void changes_free(struct changes *c)
{
	if (!c)
		return;
	sync_state_free(&c->client);
	idset_free(&c->given);
	idset_free(&c->seen);
	idset_free(&c->seen_associated);
	idset_free(&c->out_of_scope);
	idset_free(&c->deleted);
	changes_gather_free(&c->sent);
	changes_gather_free(&c->sent_normal);
	changes_gather_free(&c->sent_associated);
	free(c->sorted);
	free(c);
}

const struct changes_total *changes_total(const struct changes *c)
{
	return &c->total;
}
