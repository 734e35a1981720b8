/* Property values as they lie in a store, to the canonical form of mapi/prop.h. [MS-PST] 2.3.3 */
#include "pst/ltp.h"

#define LIST_MAX 65536u

static status decode_list(struct prop *p, struct bytes raw, struct arena *arena)
{
	uint32_t n = raw.n >= 4 ? le32(raw.p) : 0;

	if (n > LIST_MAX || raw.n < 4 + 4 * (size_t)n) {
		p->flags |= PROP_DAMAGED;
		n = raw.n >= 4 && n <= LIST_MAX ? (uint32_t)((raw.n - 4) / 4) : 0;
	}
	struct bytes *v = arena_array(arena, n ? n : 1, sizeof *v);
	if (!v)
		return ecMemory;
	for (uint32_t i = 0; i < n; i++) {
		size_t begin = le32(raw.p + 4 + 4 * (size_t)i);
		size_t end = i + 1 < n ? le32(raw.p + 8 + 4 * (size_t)i) : raw.n;

		if (begin <= end && end <= raw.n)
			v[i] = bytes_of(raw.p + begin, end - begin);
		else
			p->flags |= PROP_DAMAGED;
	}
	p->values = v;
	p->count = n;
	return ecNone;
}

static void decode_array(struct prop *p, struct bytes raw, size_t size)
{
	p->count = (uint32_t)(raw.n / size);
	p->value = bytes_of(raw.p, p->count * size);
	if (raw.n % size)
		p->flags |= PROP_ODD_SIZE;
}

static void decode_single(struct prop *p, struct bytes raw)
{
	size_t size = prop_type_fixed_size(prop_type(p));

	p->value = raw;
	if (size && raw.n > size)
		p->value.n = size;
	if (size && raw.n != size && !(prop_type(p) == PT_BOOLEAN && raw.n > 1))
		p->flags |= PROP_ODD_SIZE;
	if (prop_type(p) == PT_UNICODE && (raw.n & 1))
		p->flags |= PROP_ODD_SIZE;
	if (prop_type(p) == PT_UNICODE && raw.n >= 2 && utf16_trim(raw).n < (raw.n & ~(size_t)1))
		p->flags |= PROP_TRAILING_NUL;
	if (prop_type(p) == PT_STRING8 && raw.n && !raw.p[raw.n - 1])
		p->flags |= PROP_TRAILING_NUL;
}

status prop_decode(struct prop *p, struct bytes raw, struct arena *arena)
{
	uint16_t type = prop_type(p);

	if (raw.n && !raw.p) /* a copy that found no memory */
		return ecMemory;
	p->count = 1;
	p->size = raw.n;
	if (!prop_type_known(type) || type == PT_UNSPECIFIED) {
		p->flags |= PROP_UNKNOWN_TYPE;
		p->value = raw;
		return ecNone;
	}
	if (prop_is_list(p->tag))
		return decode_list(p, raw, arena);
	if (type & MV_FLAG) {
		size_t size = prop_type_fixed_size(type & (uint16_t)~MV_FLAG);

		decode_array(p, raw, size ? size : 1);
	} else {
		decode_single(p, raw);
	}
	return ecNone;
}

status value_stream(struct ndb *db, struct arena *arena, pst_bid data, value_each *each, void *context, unsigned *flags)
{
	struct data_tree tree;
	uint64_t left;
	uint8_t *block = arena_alloc(arena, PST_BLOCK_MAX);
	status s = block ? data_tree_open(&tree, db, arena, data) : ecMemory;

	for (uint32_t i = 0; !s; i++) {
		struct block_ref ref;
		pst_bid bid;
		size_t n = 0;
		unsigned f = 0;

		if (!i)
			left = tree.size;
		s = data_tree_block(&tree, i, &bid);
		if (s == ecNotFound)
			return left && data ? reason_set(&db->why, ecCorruptData, "a value ends %llu bytes too early",
							 (unsigned long long)left) : ecNone;
		if (!s)
			s = db->index->block(db, bid, &ref);
		if (!s)
			s = ndb_read_block(db, &ref, block, &n, &f);
		*flags |= f;
		if (!s && n > left) {
			*flags |= NDB_BAD_SIZE;
			n = (size_t)left;
		}
		left -= n;
		if (!s && n)
			s = each(context, bytes_of(block, n));
	}
	return s;
}
