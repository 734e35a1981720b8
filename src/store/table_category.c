/* Headings of categories over a sorted list: which there are, and what they hide ([MS-OXCTABL] 2.2.2.3, 3.1.1). */
#include "store/table_private.h"

#include <stdlib.h>

/* Ids of headings: of a replica that no message has. */
#define HEADING_REPLICA 0xFFFEu
#define HEADINGS_MAX ((size_t)1 << 20)
#define STATE_VERSION 1u
#define STATE_MAX ((size_t)16 << 20)

struct table_heading *list_heading(struct table *t, uint64_t id)
{
	struct table_list *l = &t->list;
	uint64_t i = id >> 16;

	return (id & UINT16_MAX) == HEADING_REPLICA && i && i <= l->n_headings ? &l->headings[i - 1] : NULL;
}

static status no_memory(struct table *t)
{
	return reason_set(&t->why, ecMemory, "out of memory");
}

static uint8_t *copy_of(struct bytes b)
{
	uint8_t *copy = malloc(b.n);

	if (copy)
		memcpy(copy, b.p, b.n);
	return copy;
}

/* The heading of that identity; a new one is open or closed as the order says. */
static status heading_of(struct table *t, struct bytes identity, unsigned depth, size_t *out)
{
	struct table_list *l = &t->list;
	uint64_t *at = l->by_key.max ? map_get(&l->by_key, identity) : NULL;
	uint8_t *copy;

	if (at) {
		*out = (size_t)*at;
		return ecNone;
	}
	if (!l->by_key.max)
		map_init(&l->by_key, HEADINGS_MAX);
	if (l->n_headings == l->cap_headings) {
		size_t cap = l->cap_headings ? 2 * l->cap_headings : 32;
		struct table_heading *v = cap <= HEADINGS_MAX ? reallocarray(l->headings, cap, sizeof *v) : NULL;

		if (!v)
			return no_memory(t);
		l->headings = v;
		l->cap_headings = cap;
	}
	copy = copy_of(identity);
	if (!copy)
		return no_memory(t);
	l->headings[l->n_headings] = (struct table_heading){ .id = (l->n_headings + 1) << 16 | HEADING_REPLICA,
							     .depth = depth,
							     .expanded = depth < t->n_expanded,
							     .identity = bytes_of(copy, identity.n) };
	if (map_put(&l->by_key, identity, l->n_headings)) {
		free(copy);
		return no_memory(t);
	}
	*out = l->n_headings++;
	return ecNone;
}

/* The heading above a leaf, where it stands now. */
static status heading_above(struct table *t, const struct list_row *leaf, unsigned depth, struct buf *scratch, size_t *out)
{
	struct bytes identity, key = list_prefix(t, leaf, depth);
	struct table_heading *h;
	status s = list_identity(t, leaf, depth, scratch, &identity);
	uint8_t *copy;

	if (!s)
		s = heading_of(t, identity, depth, out);
	if (s)
		return s;
	h = &t->list.headings[*out];
	if (bytes_equal(h->key, key))
		return ecNone;
	copy = copy_of(key);
	if (!copy)
		return no_memory(t);
	free((void *)(uintptr_t)h->key.p);
	h->key = bytes_of(copy, key.n);
	return ecNone;
}

/* Headings that begin with this leaf come before it. */
static status show_headings(struct table *t, const struct list_row *leaf, size_t *open, unsigned from, struct buf *scratch)
{
	struct table_list *l = &t->list;
	bool visible = true;
	status s = ecNone;

	for (unsigned d = 0; !s && d < t->n_categories; d++) {
		if (d >= from) {
			s = heading_above(t, leaf, d, scratch, &open[d]);
			if (s)
				break;
			l->headings[open[d]].sample = leaf->id;
			l->headings[open[d]].sample_instance = leaf->instance;
			if (visible)
				l->shown[l->n_shown++] = (struct list_row){ .id = open[d], .instance = LIST_HEADING };
		}
		l->headings[open[d]].rows++;
		l->headings[open[d]].unread += list_unread(l, leaf);
		visible = visible && l->headings[open[d]].expanded;
	}
	if (!s && visible)
		l->shown[l->n_shown++] = *leaf;
	return s;
}

/* The first depth at which two leaves stand under different headings. */
static unsigned parting(const struct table *t, const struct list_row *a, const struct list_row *b)
{
	unsigned d = 0;

	while (d < t->n_categories && bytes_equal(list_prefix(t, a, d), list_prefix(t, b, d)))
		d++;
	return d;
}

status list_show(struct table *t)
{
	CLEANUP_BUF struct buf scratch = BUF_MAX(UINT16_MAX);
	struct table_list *l = &t->list;
	size_t open[TABLE_SORTS_MAX] = { 0 };
	status s = ecNone;

	if (!t->n_categories) {
		l->shown = l->rows;
		l->n_shown = l->n;
		return ecNone;
	}
	if (l->shown != l->rows)
		free(l->shown);
	l->shown = NULL;
	l->n_shown = 0;
	/* Each leaf may bring as many headings as there are categories. */
	l->shown = reallocarray(NULL, l->n * (t->n_categories + 1) + 1, sizeof *l->shown);
	if (!l->shown)
		return no_memory(t);
	for (size_t i = 0; i < l->n_headings; i++)
		l->headings[i].rows = l->headings[i].unread = 0;
	for (size_t i = 0; !s && i < l->n; i++)
		s = show_headings(t, &l->rows[i], open, i ? parting(t, &l->rows[i - 1], &l->rows[i]) : 0, &scratch);
	return s;
}

/* Expanding and collapsing --------------------------------------------------------------------------------------------------- */

static status set_expanded(struct table *t, uint64_t category, bool expanded, uint32_t *rows, struct table_place *first)
{
	struct table_heading *h;
	status s = t->windowed || !t->n_categories ? ecNotFound : list_ready(t);
	size_t before = t->list.n_shown, at;

	h = s ? NULL : list_heading(t, category);
	if (s == ecNotFound || (!s && (!h || !h->rows)))
		return reason_set(&t->why, ecNotFound, "there is no such heading in the table");
	if (s)
		return s;
	if (h->expanded == expanded)
		return reason_set(&t->why, expanded ? ecNotCollapsed : ecNotExpanded, "the heading is %s already",
				  expanded ? "expanded" : "collapsed");
	h->expanded = expanded;
	s = list_show(t);
	if (s)
		return s;
	*rows = (uint32_t)(expanded ? t->list.n_shown - before : before - t->list.n_shown);
	at = list_bound(t, h->key, true);
	if (expanded && *rows && at < t->list.n_shown)
		return list_place(t, &t->list.shown[at], first);
	return ecNone;
}

status table_expand(struct table *t, uint64_t category, uint32_t *rows)
{
	struct table_place first = { .where = PLACE_BEGINNING };
	status s = set_expanded(t, category, true, rows, &first);

	t->index = -1;
	if (!s && first.where == PLACE_ROW) {
		place_free(&t->cursor);
		t->cursor = first;
	}
	return s;
}

status table_collapse(struct table *t, uint64_t category, uint32_t *rows)
{
	struct table_place none = { .where = PLACE_BEGINNING };

	t->index = -1;
	return set_expanded(t, category, false, rows, &none);
}

/* State: version, categories, the row, and each heading that is not as the order makes it ------------------------------------- */

status table_collapse_state(struct table *t, uint64_t row, uint32_t instance, struct buf *out)
{
	size_t start = out->n;
	status s = t->windowed ? ecNone : list_ready(t);

	if (s)
		return s;
	buf_add_u8(out, STATE_VERSION);
	buf_add_u8(out, (uint8_t)t->n_categories);
	buf_add_u64(out, row);
	buf_add_u32(out, instance);
	for (size_t i = 0; i < t->list.n_headings; i++) {
		const struct table_heading *h = &t->list.headings[i];

		if (!h->rows || h->expanded == (h->depth < t->n_expanded))
			continue;
		buf_add_u8(out, (uint8_t)h->depth);
		buf_add_u16(out, (uint16_t)h->identity.n);
		buf_add(out, h->identity.p, h->identity.n);
	}
	if (out->failed || out->n - start > STATE_MAX) {
		buf_truncate(out, start);
		return reason_set(&t->why, ecTooBig, "too many headings are open for one state");
	}
	return ecNone;
}

static status read_state(struct table *t, struct reader *r)
{
	struct table_list *l = &t->list;

	for (size_t i = 0; i < l->n_headings; i++)
		l->headings[i].expanded = l->headings[i].depth < t->n_expanded;
	while (!r->failed && reader_left(r)) {
		unsigned depth = reader_u8(r);
		struct bytes key = reader_bytes(r, reader_u16(r));
		size_t i = 0;
		status s;

		if (r->failed || depth >= t->n_categories || !key.n)
			return ecInvalidParam;
		s = heading_of(t, key, depth, &i);
		if (s)
			return s;
		l->headings[i].expanded = depth >= t->n_expanded;
	}
	return r->failed ? ecInvalidParam : ecNone;
}

status table_set_collapse_state(struct table *t, struct bytes state, uint32_t *bookmark)
{
	struct reader r = reader_of(state);
	struct table_place place = { .where = PLACE_BEGINNING };
	unsigned version = reader_u8(&r), categories = reader_u8(&r);
	uint64_t row = reader_u64(&r);
	uint32_t instance = reader_u32(&r);
	bool found = false;
	status s = t->windowed ? ecNone : list_ready(t);

	if (!s && (r.failed || version != STATE_VERSION || categories != t->n_categories || (t->windowed && reader_left(&r))))
		s = ecInvalidParam;
	if (!s && !t->windowed)
		s = read_state(t, &r);
	if (s == ecInvalidParam)
		return reason_set(&t->why, s, "these bytes are no state of a table that is sorted like this one");
	if (!s && !t->windowed) {
		s = list_show(t);
		if (!s)
			s = list_find(t, row, instance, &place, &found);
	}
	t->index = -1;
	return s ? s : table_mark_place(t, &place, bookmark);
}
