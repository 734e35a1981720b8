/*
 * Categories in the order of the greatest value in each ([MS-OXCTABL] 2.2.2.3.1, MaximumCategory): a key that stands behind those of
 * the categories.  What a row's own value is stands in its key before the part of the innermost category, and is replaced
 * by the greatest of the category when all rows are known.
 */
#include "store/table_private.h"

bool list_by_maximum(const struct table *t)
{
	return t->n_categories && t->n_categories < t->n_sorts &&
	       t->sorts[t->n_categories].direction & SORT_MAXIMUM_CATEGORY;
}

/* Where the value is in a key. */
static struct bytes value_of(const struct table *t, const struct list_row *leaf, size_t *at)
{
	struct bytes whole = list_prefix(t, leaf, t->n_categories);

	*at = t->n_categories > 1 ? list_prefix(t, leaf, t->n_categories - 2).n : 0;
	return bytes_of(whole.p + *at, whole.n - *at);
}

status list_identity(struct table *t, const struct list_row *leaf, unsigned depth,
		     struct buf *scratch, struct bytes *out)
{
	struct bytes prefix = list_prefix(t, leaf, depth), value;
	size_t at;

	*out = prefix;
	if (depth + 1 < t->n_categories || !list_by_maximum(t))
		return ecNone;
	value = value_of(t, leaf, &at);
	buf_clear(scratch);
	buf_add(scratch, prefix.p, at);
	buf_add(scratch, prefix.p + at + value.n, prefix.n - at - value.n);
	*out = buf_bytes(scratch);
	return buf_status(scratch);
}

/* Keys of descending orders are turned round: what is greatest has the least. */
static bool is_greater(const struct table *t, struct bytes a, struct bytes b)
{
	int o = list_order(a, b);

	return t->sorts[t->n_categories - 1].direction & SORT_DESCEND ? o < 0 : o > 0;
}

/* For each category the row that has its greatest value. */
static status find_greatest(struct table *t, struct map *greatest)
{
	CLEANUP_BUF struct buf scratch = BUF_MAX(UINT16_MAX);
	struct table_list *l = &t->list;
	status s = ecNone;

	for (size_t i = 0; !s && i < l->n; i++) {
		struct bytes identity;
		uint64_t *known;
		size_t at;

		s = list_identity(t, &l->rows[i], t->n_categories - 1, &scratch, &identity);
		if (s)
			break;
		known = map_get(greatest, identity);
		if (!known)
			s = map_put(greatest, identity, i);
		else if (is_greater(t, value_of(t, &l->rows[i], &at),
				    value_of(t, &l->rows[*known], &at)))
			*known = i;
	}
	return s;
}

/* The key with another value in it. */
static status put_key(struct table *t, const struct list_row *leaf, struct bytes value,
		      struct buf *keys)
{
	size_t at, head = keys->n, n_head = list_key_head(t);
	struct bytes own = value_of(t, leaf, &at), key = list_key(t, leaf);
	size_t n = key.n - own.n + value.n,
	       last = list_prefix(t, leaf, t->n_categories - 1).n - own.n + value.n;

	if (n > UINT16_MAX || head > UINT32_MAX)
		return ecTooBig;
	buf_add(keys, t->list.keys.p + leaf->key, n_head);
	buf_add(keys, key.p, at);
	buf_add(keys, value.p, value.n);
	buf_add(keys, key.p + at + own.n, key.n - at - own.n);
	if (keys->failed)
		return ecTooBig;
	list_set_lengths(t, keys->p + head, n, last, at + value.n);
	return ecNone;
}

static status put_keys(struct table *t, const struct map *greatest, struct buf *keys)
{
	CLEANUP_BUF struct buf scratch = BUF_MAX(UINT16_MAX);
	struct table_list *l = &t->list;
	status s = ecNone;

	for (size_t i = 0; !s && i < l->n; i++) {
		struct bytes identity;
		size_t at;

		s = list_identity(t, &l->rows[i], t->n_categories - 1, &scratch, &identity);
		if (!s)
			s = put_key(t, &l->rows[i],
				    value_of(t, &l->rows[*map_get(greatest, identity)], &at), keys);
	}
	return s;
}

status list_maximum(struct table *t)
{
	struct table_list *l = &t->list;
	struct buf keys = BUF_MAX(TABLE_MEMORY_MAX);
	struct map greatest;
	uint32_t key = 0;
	status s;

	if (!list_by_maximum(t) || !l->n)
		return ecNone;
	map_init(&greatest, l->n);
	s = find_greatest(t, &greatest);
	if (!s)
		s = put_keys(t, &greatest, &keys);
	map_free(&greatest);
	if (s) {
		buf_free(&keys);
		return s;
	}
	buf_free(&l->keys);
	l->keys = keys;
	for (size_t i = 0; i < l->n; i++) {
		l->rows[i].key = key;
		key += (uint32_t)(list_key_head(t) + list_key(t, &l->rows[i]).n);
	}
	return ecNone;
}

/* Rows that stay rows may stand elsewhere now: cursor and bookmarks go with them. */
static status follow(struct table *t, const struct list_row *r, struct table_place *p)
{
	struct table_place now;
	status s;

	if (p->where != PLACE_ROW || p->id != r->id || p->instance != r->instance)
		return ecNone;
	s = list_place(t, r, &now);
	if (s)
		return s;
	now.after = p->after;
	place_free(p);
	*p = now;
	return ecNone;
}

status list_follow(struct table *t)
{
	status s = ecNone;

	for (size_t i = 0; !s && list_by_maximum(t) && i < t->list.n_shown; i++) {
		s = follow(t, &t->list.shown[i], &t->cursor);
		for (size_t k = 0; !s && k < t->n_marks; k++)
			s = follow(t, &t->list.shown[i], &t->marks[k].place);
	}
	return s;
}
