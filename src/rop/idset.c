#include "rop/idset.h"

#include <stdlib.h>

#define REPLID_SIZE 2u

void idset_init(struct idset *s, size_t max_ranges)
{
	*s = (struct idset){ .max = max_ranges };
}

void idset_free(struct idset *s)
{
	for (size_t i = 0; i < s->n; i++)
		globset_free(&s->v[i].ids);
	free(s->v);
	idset_init(s, s->max);
}

/* High byte first, so that keys are in the order of the numbers. */
struct guid idset_replid(uint16_t replid)
{
	return (struct guid){ { (uint8_t)(replid >> 8), (uint8_t)replid } };
}

bool idset_replid_of(const struct guid *key, uint16_t *replid)
{
	uint16_t id = (uint16_t)(key->b[0] << 8 | key->b[1]);
	struct guid same = idset_replid(id);

	if (!guid_equal(key, &same))
		return false;
	*replid = id;
	return true;
}

/* Replicas -------------------------------------------------------------------------------------- */

/* Where it stands, or would stand. */
static size_t place(const struct idset *s, const struct guid *key)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (memcmp(s->v[mid].key.b, key->b, sizeof key->b) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool is_at(const struct idset *s, size_t at, const struct guid *key)
{
	return at < s->n && guid_equal(&s->v[at].key, key);
}

static status insert(struct idset *s, size_t at, const struct guid *key)
{
	if (s->n == IDSET_REPLICAS_MAX)
		return ecTooBig;
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 4;
		struct idset_replica *v = globset_realloc(s->v, cap * sizeof *v);

		if (!v)
			return ecMemory;
		s->v = v;
		s->cap = cap;
	}
	memmove(s->v + at + 1, s->v + at, (s->n - at) * sizeof *s->v);
	s->v[at] = (struct idset_replica){ .key = *key };
	s->n++;
	return ecNone;
}

static void delete_if_empty(struct idset *s, size_t at)
{
	if (s->v[at].ids.n)
		return;
	globset_free(&s->v[at].ids);
	memmove(s->v + at, s->v + at + 1, (s->n - at - 1) * sizeof *s->v);
	s->n--;
}

/* The most ranges that one replica may have, as the others have theirs. */
static size_t room_of(const struct idset *s, const struct globset *ids)
{
	return s->max - (s->ranges - ids->n);
}

/* Changes ---------------------------------------------------------------------------------------- */

typedef status change(struct globset *s, struct globcnt_range r, size_t max);

static status change_at(struct idset *s, size_t at, change *f, struct globcnt_range r)
{
	struct globset *ids = &s->v[at].ids;
	size_t others = s->ranges - ids->n;
	status st = f(ids, r, room_of(s, ids));

	s->ranges = others + ids->n;
	delete_if_empty(s, at);
	return st;
}

status idset_add(struct idset *s, const struct guid *replica, uint64_t first, uint64_t last)
{
	size_t at = place(s, replica);
	status st = is_at(s, at, replica) ? ecNone : insert(s, at, replica);

	return st ? st : change_at(s, at, globset_add, (struct globcnt_range){ first, last });
}

status idset_remove(struct idset *s, const struct guid *replica, uint64_t first, uint64_t last)
{
	size_t at = place(s, replica);

	if (!is_at(s, at, replica))
		return first <= last && last <= GLOBCNT_MAX ? ecNone : ecInvalidParam;
	return change_at(s, at, globset_remove, (struct globcnt_range){ first, last });
}

const struct globset *idset_find(const struct idset *s, const struct guid *replica)
{
	size_t at = place(s, replica);

	return is_at(s, at, replica) ? &s->v[at].ids : NULL;
}

bool idset_contains(const struct idset *s, const struct guid *replica, uint64_t id)
{
	const struct globset *ids = idset_find(s, replica);

	return ids && globset_contains(ids, id);
}

/* Hands over the ids of a replica that `s` does not have. They are freed when there is no room. */
static status give(struct idset *s, const struct guid *key, struct globset *ids)
{
	size_t at = place(s, key);
	status st = ids->n > s->max - s->ranges ? ecTooBig : ecNone;

	if (!ids->n || st || (st = insert(s, at, key))) {
		globset_free(ids);
		return st;
	}
	s->v[at].ids = *ids;
	s->ranges += ids->n;
	return ecNone;
}

typedef status combine(const struct globset *a, const struct globset *b, size_t max,
		       struct globset *out);

static status give_combined(struct idset *s, const struct guid *key, combine *f,
			    const struct globset *const pair[static 2])
{
	static const struct globset none;
	struct globset ids;
	status st = f(pair[0] ? pair[0] : &none, pair[1] ? pair[1] : &none, s->max - s->ranges,
		      &ids);

	return st ? st : give(s, key, &ids);
}

/* Built beside, then put in place: whole or not at all. */
static status combine_all(struct idset *s, const struct idset *other, combine *f, bool both)
{
	CLEANUP_IDSET struct idset result = { .max = s->max };
	size_t i = 0, j = 0;
	status st = ecNone;

	while (!st && (i < s->n || (both && j < other->n))) {
		const struct guid *key = i < s->n ? &s->v[i].key : &other->v[j].key;

		if (both && j < other->n &&
		    memcmp(other->v[j].key.b, key->b, sizeof key->b) < 0)
			key = &other->v[j].key;
		const struct globset *pair[2] = { idset_find(s, key), idset_find(other, key) };

		st = give_combined(&result, key, f, pair);
		i += pair[0] != NULL;
		j += pair[1] != NULL;
	}
	if (!st) {
		struct idset old = *s;

		*s = result;
		result = old;
	}
	return st;
}

status idset_union(struct idset *s, const struct idset *other)
{
	return s == other ? ecNone : combine_all(s, other, globset_union, true);
}

status idset_subtract(struct idset *s, const struct idset *other)
{
	return combine_all(s, other, globset_subtract, false);
}

status idset_rename(const struct idset *s,
		    status (*map)(void *context, const struct guid *from, struct guid *to),
		    void *context, struct idset *out)
{
	CLEANUP_IDSET struct idset result = { .max = out->max };
	status st = ecNone;

	for (size_t i = 0; !st && i < s->n; i++) {
		CLEANUP_IDSET struct idset one = { .max = s->max };
		struct guid key;

		st = map(context, &s->v[i].key, &key);
		for (size_t r = 0; !st && r < s->v[i].ids.n; r++)
			st = idset_add(&one, &key, s->v[i].ids.v[r].first, s->v[i].ids.v[r].last);
		if (!st)
			st = idset_union(&result, &one);
	}
	if (!st) {
		struct idset old = *out;

		*out = result;
		result = old;
	}
	return st;
}

/* Looking ---------------------------------------------------------------------------------------- */

bool idset_equal(const struct idset *a, const struct idset *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!guid_equal(&a->v[i].key, &b->v[i].key) ||
		    !globset_equal(&a->v[i].ids, &b->v[i].ids))
			return false;
	return true;
}

uint64_t idset_count(const struct idset *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += globset_count(&s->v[i].ids);
	return n;
}

bool idset_next(const struct idset *s, struct idset_at *at, struct guid *replica,
		struct globcnt_range *r)
{
	if (at->replica < s->n && at->range == s->v[at->replica].ids.n)
		*at = (struct idset_at){ at->replica + 1, 0 };
	if (at->replica >= s->n)
		return false;
	*replica = s->v[at->replica].key;
	*r = s->v[at->replica].ids.v[at->range++];
	return true;
}

/* Bytes ------------------------------------------------------------------------------------------ */

status idset_encode(const struct idset *s, enum idset_form form, struct buf *out)
{
	size_t start = out->n;
	uint16_t replid = 0;

	for (size_t i = 0; form == IDSET_REPLID && i < s->n; i++)
		if (!idset_replid_of(&s->v[i].key, &replid))
			return ecInvalidParam;
	for (size_t i = 0; i < s->n; i++) {
		if (form == IDSET_REPLID && idset_replid_of(&s->v[i].key, &replid))
			buf_add_u16(out, replid);
		else
			buf_add(out, s->v[i].key.b, sizeof s->v[i].key.b);
		globset_encode(&s->v[i].ids, out);
	}
	if (out->failed)
		buf_truncate(out, start);
	return buf_status(out);
}

static struct guid read_key(struct reader *in, enum idset_form form)
{
	struct guid key = { { 0 } };
	struct bytes b;

	if (form == IDSET_REPLID)
		return idset_replid(reader_u16(in));
	b = reader_bytes(in, sizeof key.b);
	if (b.p)
		memcpy(key.b, b.p, sizeof key.b);
	return key;
}

static status read_replica(struct reader *in, enum idset_form form, struct idset *s,
			   struct reason *why)
{
	struct guid key = read_key(in, form);
	struct globset ids;
	status st;

	if (in->failed)
		return reason_set(why, ecCorruptData, "a set of ids ends within the id of a replica");
	if (is_at(s, place(s, &key), &key))
		return reason_set(why, ecCorruptData, "a set of ids names a replica twice");
	st = globset_decode(in, s->max - s->ranges, &ids, why);
	if (!st && (st = give(s, &key, &ids)) == ecTooBig)
		reason_write(why, "a set of ids has more than %u replicas", IDSET_REPLICAS_MAX);
	return st;
}

status idset_decode(struct bytes data, enum idset_form form, struct idset *out, struct reason *why)
{
	CLEANUP_IDSET struct idset result = { .max = out->max };
	struct reader in = reader_of(data);
	status st = ecNone;

	while (!st && reader_left(&in))
		st = read_replica(&in, form, &result, why);
	if (!st) {
		struct idset old = *out;

		*out = result;
		result = old;
	}
	return st;
}
