/* What is kept and what is computed, together. */
#include "server/object_props.h"

static bool is_text(uint32_t tag)
{
	return tag_type(tag) == PT_STRING8 || tag_type(tag) == PT_UNICODE;
}

const struct computed_property *computed_find(const struct computed_property *table, size_t n, uint32_t tag)
{
	for (size_t i = 0; i < n; i++)
		if (tag_id(table[i].tag) == tag_id(tag) &&
		    (table[i].tag == tag || tag_type(tag) == PT_UNSPECIFIED || (is_text(tag) && is_text(table[i].tag))))
			return &table[i];
	return NULL;
}

bool computed_read_only(const struct computed_property *table, size_t n, uint32_t tag)
{
	for (size_t i = 0; i < n; i++)
		if (tag_id(table[i].tag) == tag_id(tag))
			return !table[i].writable;
	return false;
}

/* What was set comes before what is made up. */
static const struct prop *kept(const struct object_props *p, uint32_t tag)
{
	const struct computed_property *c = computed_find(p->computed, p->n, tag);

	return c && !c->writable ? NULL : bag_find(p->stored, tag_id(tag));
}

static status add(struct bag *out, const struct prop *v, size_t most)
{
	struct prop copy = *v;

	if (!prop_is_list(v->tag) && !(v->flags & PROP_LARGE) && v->value.n > most) {
		copy.flags |= PROP_LARGE;
		copy.size = v->value.n;
	}
	return bag_append(out, &copy) ? ecNone : ecMemory;
}

/* In a bag of its own: another property may have the same id. */
static status make(const struct object_props *p, const struct computed_property *c, size_t most, struct bag *out)
{
	struct bag one;
	status s;

	bag_init(&one, out->arena);
	s = c->make ? c->make(p->object, c->tag, &one) : ecNotFound;
	if (s)
		return s == ecNotFound ? ecNone : s;
	return one.n ? add(out, &one.v[0], most) : ecNone;
}

static status get_one(const struct object_props *p, uint32_t tag, size_t most, struct bag *out)
{
	const struct prop *v = kept(p, tag);
	const struct computed_property *c;

	if (v)
		return add(out, v, most);
	c = computed_find(p->computed, p->n, tag);
	return c ? make(p, c, most, out) : ecNone;
}

static status get_all(const struct object_props *p, size_t most, struct bag *out)
{
	status s = ecNone;

	for (size_t i = 0; i < p->n && !s; i++)
		if (!p->computed[i].unlisted && !kept(p, p->computed[i].tag))
			s = make(p, &p->computed[i], most, out);
	for (size_t i = 0; i < p->stored->n && !s; i++)
		if (!computed_read_only(p->computed, p->n, p->stored->v[i].tag))
			s = add(out, &p->stored->v[i], most);
	return s;
}

status object_props_get(const struct object_props *p, const uint32_t *tags, size_t n, size_t most, struct bag *out)
{
	status s = ecNone;

	if (!n)
		return get_all(p, most, out);
	for (size_t i = 0; i < n && !s; i++)
		s = get_one(p, tags[i], most, out);
	return s;
}

status object_props_list(const struct object_props *p, struct arena *arena, uint32_t **tags, size_t *n)
{
	struct bag all;
	uint32_t *list;
	status s;

	bag_init(&all, arena);
	s = get_all(p, SIZE_MAX, &all);
	list = s ? NULL : arena_array(arena, all.n + 1, sizeof *list);
	if (!list)
		return s ? s : ecMemory;
	for (size_t i = 0; i < all.n; i++)
		list[i] = all.v[i].tag;
	*tags = list;
	*n = all.n;
	return ecNone;
}

status object_props_value(const struct object_props *p, uint32_t tag, struct arena *arena, struct prop *out)
{
	struct bag b;
	status s;

	bag_init(&b, arena);
	s = get_one(p, tag, SIZE_MAX, &b);
	if (s)
		return s;
	if (!b.n)
		return ecNotFound;
	*out = b.v[0];
	return ecNone;
}
