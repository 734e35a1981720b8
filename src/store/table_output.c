/* Rows as they are handed out: a property for each column, cut to what a table shows. */
#include "store/table_private.h"

#include <stdlib.h>

/* Rows whose properties are looked at for the columns that a table may have. */
#define SAMPLE_ROWS 16u
#define STRING8_MAX (TABLE_VALUE_MAX / 2)

static status put_error(struct bag *row, uint32_t tag, status code)
{
	uint8_t *le = arena_alloc(row->arena, 4);

	if (!le)
		return ecMemory;
	put_le32(le, code);
	return bag_append(row, &(struct prop){ .tag = tag_make(tag_id(tag), PT_ERROR), .count = 1, .size = 4, .value = bytes_of(le, 4) }) ?
		       ecNone : ecMemory;
}

/* Half a letter is none. */
static struct bytes cut(uint16_t type, struct bytes v)
{
	if (type == PT_STRING8)
		return bytes_of(v.p, v.n > STRING8_MAX ? STRING8_MAX : v.n);
	if (v.n <= TABLE_VALUE_MAX)
		return v;
	v.n = TABLE_VALUE_MAX;
	if (type == PT_UNICODE && (le16(v.p + v.n - 2) & 0xFC00) == 0xD800)
		v.n -= 2;
	return v;
}

static bool may_be_cut(uint16_t type)
{
	return type == PT_STRING8 || type == PT_UNICODE || type == PT_BINARY;
}

/* A list is cut value by value. */
static status put_list(struct bag *row, const struct prop *p, bool whole)
{
	struct bytes *v = arena_array(row->arena, p->count ? p->count : 1, sizeof *v);
	struct prop copy = *p;

	if (!v)
		return ecMemory;
	for (uint32_t i = 0; i < p->count; i++)
		v[i] = whole ? p->values[i] : cut(prop_type(p) & (uint16_t)~MV_FLAG, p->values[i]);
	copy.values = v;
	return bag_copy(row, &copy);
}

static bool fits(uint32_t column, const struct prop *p)
{
	uint16_t asked = tag_type(column) & (uint16_t)~MV_INSTANCE, has = prop_type(p);

	if (asked == PT_UNSPECIFIED || asked == has)
		return true;
	/* One value of many is asked for by the type of all. */
	if (tag_type(column) & MV_INSTANCE)
		return (asked & (uint16_t)~MV_FLAG) == has;
	/* Texts are text. */
	return (asked == PT_STRING8 && has == PT_UNICODE) || (asked == PT_UNICODE && has == PT_STRING8) ||
	       (asked == PT_MV_STRING8 && has == PT_MV_UNICODE) || (asked == PT_MV_UNICODE && has == PT_MV_STRING8);
}

static status put_column(struct table *t, struct table_row *r, uint32_t tag, struct bag *row)
{
	bool whole = t->flags & TABLE_WHOLE;
	const struct prop *p = NULL;
	status s = r->row.prop(&r->row, tag, !whole, &p);

	if (s == ecMemory || s == ecTooBig)
		return put_error(row, tag, ecMemory);
	if (s)
		return table_say(t, s);
	if (!p || !fits(tag, p) || prop_type(p) == PT_ERROR)
		return put_error(row, tag, ecNotFound);
	if (p->flags & PROP_LARGE)
		return put_error(row, tag, ecMemory);
	if (prop_is_list(p->tag))
		return put_list(row, p, whole);
	struct prop one = *p;
	if (!whole && may_be_cut(prop_type(p)))
		one.value = cut(prop_type(p), p->value);
	one.size = one.value.n;
	return bag_copy(row, &one);
}

status table_make_row(struct table *t, struct table_row *r, struct arena *arena, struct bag *row)
{
	status s = ecNone;

	bag_init(row, arena);
	for (size_t i = 0; !s && i < t->n_columns; i++)
		s = put_column(t, r, t->columns[i], row);
	return s;
}

/* Which columns there may be ------------------------------------------------------------------------------------------------------- */

struct census {
	struct arena *arena;
	uint32_t *tags;
	size_t n, cap;
};

static status add_tag(struct census *c, uint32_t tag)
{
	for (size_t i = 0; i < c->n; i++)
		if (tag_id(c->tags[i]) == tag_id(tag))
			return ecNone;
	if (c->n == c->cap) {
		size_t cap = c->cap ? 2 * c->cap : 128;
		uint32_t *v = arena_array(c->arena, cap, sizeof *v);

		if (!v)
			return ecMemory;
		if (c->n)
			memcpy(v, c->tags, c->n * sizeof *v);
		c->tags = v;
		c->cap = cap;
	}
	c->tags[c->n++] = tag;
	return ecNone;
}

static status on_sample(void *context, struct table_row *row, const struct table_place *place, bool *stop)
{
	struct census *c = context;
	const struct prop *p;
	/* Asking for something that no column has reads all that there is. */
	status s = row->row.prop(&row->row, tag_make(0x0001, PT_UNSPECIFIED), false, &p);

	(void)place;
	(void)stop;
	for (size_t i = 0; !s && i < row->body.n; i++)
		s = add_tag(c, row->body.v[i].tag);
	return s;
}

status table_query_columns(struct table *t, struct arena *arena, uint32_t **tags, size_t *n)
{
	static const uint32_t all_rows[] = { PidTagInstID, PidTagInstanceNum, PidTagInstanceKey, PidTagRowType, PidTagDepth };
	static const struct table_place beginning = { .where = PLACE_BEGINNING };
	struct census c = { .arena = arena };
	size_t seen = 0;
	status s = ecNone;

	for (size_t i = 0; !s && i < sizeof all_rows / sizeof *all_rows; i++)
		s = add_tag(&c, all_rows[i]);
	for (size_t i = 0; !s && t->of_messages && message_row_tag(i); i++)
		s = add_tag(&c, message_row_tag(i));
	for (size_t i = 0; !s && t->kind == TABLE_HIERARCHY && folder_row_tag(i); i++)
		s = add_tag(&c, folder_row_tag(i));
	if (!s && !t->windowed)
		s = list_ready(t);
	if (!s)
		s = t->windowed ? window_read(t, &beginning, true, SAMPLE_ROWS, on_sample, &c, &seen) :
				  list_read(t, &beginning, true, SAMPLE_ROWS, on_sample, &c, &seen);
	if (s)
		return s;
	*tags = c.tags;
	*n = c.n;
	return ecNone;
}
