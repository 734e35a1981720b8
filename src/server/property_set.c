#include "server/property_set.h"

#include <stdlib.h>

static struct held_prop *find(const struct property_set *s, uint16_t id)
{
	for (size_t i = 0; i < s->n; i++)
		if (prop_id(&s->v[i].p) == id)
			return &s->v[i];
	return NULL;
}

static void drop(struct held_prop *h)
{
	free(h->memory);
	big_value_unref(h->big);
}

void property_set_free(struct property_set *s)
{
	for (size_t i = 0; i < s->n; i++)
		drop(&s->v[i]);
	free(s->v);
	*s = (struct property_set){ .v = NULL };
}

const struct held_prop *property_set_find(const struct property_set *s, uint16_t id)
{
	return find(s, id);
}

/* A bag of the one, for what reads bags. */
static struct bag bag_of(const struct property_set *s, uint16_t id)
{
	struct held_prop *h = find(s, id);

	return (struct bag){ .v = h ? &h->p : NULL, .n = h != NULL };
}

uint32_t property_set_u32(const struct property_set *s, uint16_t id, uint32_t fallback)
{
	struct bag b = bag_of(s, id);

	return bag_u32(&b, id, fallback);
}

uint64_t property_set_u64(const struct property_set *s, uint16_t id, uint64_t fallback)
{
	struct bag b = bag_of(s, id);

	return bag_u64(&b, id, fallback);
}

bool property_set_bool(const struct property_set *s, uint16_t id, bool fallback)
{
	struct bag b = bag_of(s, id);

	return bag_bool(&b, id, fallback);
}

/* Putting ------------------------------------------------------------------------------------------------------------ */

static bool is_list(const struct prop *p)
{
	return prop_is_list(p->tag) && !(p->flags & PROP_LARGE);
}

static size_t size_of(const struct prop *p)
{
	size_t n = 0;

	if (!is_list(p))
		return p->value.n;
	for (uint32_t i = 0; i < p->count; i++)
		n += sizeof(struct bytes) + p->values[i].n;
	return n;
}

/* One block: the array of a list, then the bytes. */
static status copy_value(struct held_prop *h, const struct prop *p)
{
	size_t n = size_of(p);
	uint8_t *at = n ? malloc(n) : NULL;

	if (n && !at)
		return ecMemory;
	h->p = *p;
	h->memory = at;
	h->cost = n + sizeof *h;
	if (!is_list(p)) {
		h->p.value = bytes_of(at, n);
		if (n)
			memcpy(at, p->value.p, n);
		return ecNone;
	}
	struct bytes *list = (struct bytes *)(void *)at;
	if (at)
		at += p->count * sizeof *list;
	for (uint32_t i = 0; list && i < p->count; i++) {
		list[i] = bytes_of(at, p->values[i].n);
		if (list[i].n)
			memcpy(at, p->values[i].p, list[i].n);
		at += list[i].n;
	}
	h->p.values = list;
	return ecNone;
}

static status put(struct property_set *s, const struct held_prop *h)
{
	struct held_prop *old = find(s, prop_id(&h->p));

	if (old) {
		drop(old);
		*old = *h;
		return ecNone;
	}
	if (s->n == s->cap) {
		size_t cap = s->cap ? 2 * s->cap : 16;
		struct held_prop *v = reallocarray(s->v, cap, sizeof *v);

		if (!v)
			return ecMemory;
		s->v = v;
		s->cap = cap;
	}
	s->v[s->n++] = *h;
	return ecNone;
}

status property_set_put(struct property_set *s, const struct prop *p)
{
	struct held_prop h = { .big = NULL };
	status st = p->flags & PROP_LARGE ? ecInvalidParam : copy_value(&h, p);

	if (!st)
		st = put(s, &h);
	if (st)
		drop(&h);
	return st;
}

status property_set_put_others(struct property_set *s, const struct property_set *from, const uint32_t (*pairs)[2], size_t n)
{
	status st = ecNone;

	for (size_t i = 0; !st && i < n; i++) {
		const struct held_prop *h = property_set_find(from, tag_id(pairs[i][1]));
		struct prop to;

		if (!h || h->p.flags & PROP_LARGE)
			continue;
		to = h->p;
		to.tag = (pairs[i][0] & 0xFFFF0000u) | tag_type(h->p.tag);
		st = property_set_put(s, &to);
	}
	return st;
}

status property_set_put_bytes(struct property_set *s, uint32_t tag, struct bytes v)
{
	return property_set_put(s, &(struct prop){ .tag = tag, .count = 1, .size = v.n, .value = v });
}

status property_set_put_text(struct property_set *s, uint32_t tag, struct bytes utf16)
{
	return property_set_put_bytes(s, tag, utf16);
}

status property_set_put_u32(struct property_set *s, uint32_t tag, uint32_t v)
{
	uint8_t b[4];

	put_le32(b, v);
	return property_set_put_bytes(s, tag, bytes_of(b, sizeof b));
}

status property_set_put_u64(struct property_set *s, uint32_t tag, uint64_t v)
{
	uint8_t b[8];

	put_le64(b, v);
	return property_set_put_bytes(s, tag, bytes_of(b, sizeof b));
}

status property_set_put_bool(struct property_set *s, uint32_t tag, bool v)
{
	uint8_t b = v;

	return property_set_put_bytes(s, tag, bytes_of(&b, 1));
}

/* What is in scratch space and fits, as a value like others. */
static status put_small(struct property_set *s, uint32_t tag, const struct big_value *v)
{
	size_t n = (size_t)big_value_size(v), got = 0;
	uint8_t *p = malloc(n ? n : 1);
	status st = p ? big_value_read(v, NULL, 0, p, n, &got) : ecMemory;
	struct held_prop h = { .p = { .tag = tag, .count = 1, .size = got, .value = { p, got } }, .memory = p, .cost = n + sizeof h };

	if (!st)
		st = put(s, &h);
	if (st)
		free(p);
	return st;
}

status property_set_put_big(struct property_set *s, uint32_t tag, struct big_value *v)
{
	status st;

	if (big_value_size(v) <= ITEM_INLINE_MAX && !prop_is_list(tag)) {
		st = put_small(s, tag, v);
		big_value_unref(v);
		return st;
	}
	st = put(s, &(struct held_prop){
			    .p = { .tag = tag, .flags = PROP_LARGE, .count = 1, .size = big_value_size(v) },
			    .big = v,
			    .cost = sizeof(struct held_prop) + big_value_cost(v),
		    });
	if (st)
		big_value_unref(v);
	return st;
}

bool property_set_remove(struct property_set *s, uint16_t id)
{
	struct held_prop *h = find(s, id);

	if (!h)
		return false;
	drop(h);
	s->n--;
	memmove(h, h + 1, (size_t)(s->v + s->n - h) * sizeof *h);
	return true;
}

static status copy_one(struct property_set *s, const struct held_prop *h)
{
	struct held_prop copy = *h;

	if (!h->big)
		return property_set_put(s, &h->p);
	copy.big = big_value_ref(h->big);
	status st = put(s, &copy);
	if (st)
		big_value_unref(copy.big);
	return st;
}

status property_set_copy(struct property_set *s, const struct property_set *from)
{
	struct property_set new = { .v = NULL };
	status st = ecNone;

	for (size_t i = 0; !st && i < from->n; i++)
		st = copy_one(&new, &from->v[i]);
	if (st) {
		property_set_free(&new);
		return st;
	}
	property_set_free(s);
	*s = new;
	return ecNone;
}

size_t property_set_cost(const struct property_set *s)
{
	size_t n = s->cap * sizeof *s->v;

	for (size_t i = 0; i < s->n; i++)
		n += s->v[i].cost;
	return n;
}

/* Reading ------------------------------------------------------------------------------------------------------------ */

status property_set_bag(const struct property_set *s, struct bag *out)
{
	for (size_t i = 0; i < s->n; i++)
		if (!bag_append(out, &s->v[i].p))
			return ecMemory;
	return ecNone;
}

status property_set_value(const struct property_set *s, uint16_t id, struct mailbox *m, struct arena *arena, struct prop *out)
{
	const struct held_prop *h = find(s, id);
	struct prop p;

	if (!h)
		return ecNotFound;
	p = h->p;
	if (h->big) {
		struct bytes v = { NULL, 0 };
		status st = big_value_whole(h->big, m, arena, &v);

		if (st)
			return st;
		p.value = v;
		/* A list that is raw bytes stays marked. */
		if (!prop_is_list(p.tag))
			p.flags &= (uint16_t)~PROP_LARGE;
	}
	*out = p;
	return ecNone;
}

status property_set_emit_large(const struct property_set *s, struct mailbox *m, struct item_sink *sink)
{
	status st = ecNone;

	for (size_t i = 0; !st && i < s->n; i++) {
		if (!s->v[i].big)
			continue;
		st = item_value_begin(sink, &s->v[i].p);
		if (!st)
			st = big_value_chunks(s->v[i].big, m, sink);
		if (!st)
			st = item_value_end(sink, true);
	}
	return st;
}
