/* B-tree on heap [MS-PST] 2.3.2. */
#include "pst/ltp.h"

#define BTH_SIGNATURE 0xB5

status bth_open(struct bth *b, struct heap *heap, pst_hid header)
{
	struct bytes h;
	status s = heap_item(heap, header, &h);

	if (s)
		return s;
	if (h.n < 8 || h.p[0] != BTH_SIGNATURE || !h.p[1] || h.p[1] > 16 || !h.p[2] || h.p[2] > 32 || h.p[3] > BTH_LEVELS_MAX)
		return reason_set(&heap->db->why, ecCorruptData, "a B-tree header in the heap is damaged");
	*b = (struct bth){ .heap = heap, .key_size = h.p[1], .value_size = h.p[2], .levels = h.p[3], .root = le32(h.p + 4) };
	return ecNone;
}

static status walk_leaf(struct bth *b, struct bytes records, bth_each *each, void *context)
{
	size_t size = b->key_size + b->value_size;
	status s = ecNone;

	for (size_t i = 0; !s && i + size <= records.n; i += size)
		s = each(context, records.p + i, records.p + i + b->key_size);
	return s;
}

/* Records may lie in the block cache, which the callback turns over: they are copied unless in block 0. */
static status walk(struct bth *b, pst_hid hid, unsigned level, bth_each *each, void *context)
{
	struct arena_mark mark = arena_mark(b->heap->arena);
	size_t size = b->key_size + 4;
	struct bytes records;
	status s = heap_item_kept(b->heap, hid, &records);

	if (s)
		return s;
	if (!level)
		s = walk_leaf(b, records, each, context);
	for (size_t i = 0; level && !s && i + size <= records.n; i += size)
		s = walk(b, le32(records.p + i + b->key_size), level - 1, each, context);
	if (b->transient)
		arena_rewind(b->heap->arena, mark);
	return s;
}

status bth_walk(struct bth *b, bth_each *each, void *context)
{
	return b->root ? walk(b, b->root, b->levels, each, context) : ecNone;
}

static uint64_t load_key(const uint8_t *p, unsigned n)
{
	uint64_t key = 0;

	for (unsigned i = n < 8 ? n : 8; i-- > 0;)
		key = key << 8 | p[i];
	return key;
}

/* The last record whose key is <= key; -1 when there is none. */
static ptrdiff_t find_record(struct bytes records, size_t size, unsigned key_size, uint64_t key)
{
	ptrdiff_t low = 0, high = (ptrdiff_t)(records.n / size) - 1;

	while (low <= high) {
		ptrdiff_t middle = (low + high) / 2;

		if (load_key(records.p + (size_t)middle * size, key_size) <= key)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return high;
}

status bth_find(struct bth *b, uint64_t key, uint8_t *value)
{
	pst_hid hid = b->root;

	for (unsigned level = b->levels; hid; level--) {
		size_t size = b->key_size + (level ? 4 : b->value_size);
		struct bytes records;
		status s = heap_item(b->heap, hid, &records);

		if (s)
			return s;
		ptrdiff_t i = find_record(records, size, b->key_size, key);
		if (i < 0)
			return ecNotFound;
		const uint8_t *r = records.p + (size_t)i * size;
		if (!level) {
			if (load_key(r, b->key_size) != key)
				return ecNotFound;
			memcpy(value, r + b->key_size, b->value_size);
			return ecNone;
		}
		hid = le32(r + b->key_size);
	}
	return ecNotFound;
}
