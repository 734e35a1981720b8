/* Heap-on-node [MS-PST] 2.3.1: items of up to 3580 bytes in the blocks of one node. */
#include "pst/ltp.h"

#define HEAP_SIGNATURE 0xEC
#define HEAP_HEADER 12 /* HNHDR; other blocks begin with HNPAGEHDR or HNBITMAPHDR, both with ibHnpm first */

status heap_page_map(const struct ndb *db, struct bytes block, bool first, struct bytes *map, unsigned *count)
{
	(void)db;
	if (block.n < (first ? HEAP_HEADER : 2u))
		return ecCorruptData;
	size_t at = le16(block.p);
	if (at + 4 > block.n)
		return ecCorruptData;
	unsigned n = le16(block.p + at);
	if (at + 4 + (n + 1u) * 2 > block.n)
		return ecCorruptData;
	*map = bytes_of(block.p + at + 4, (n + 1u) * 2);
	*count = n;
	return ecNone;
}

status heap_open(struct heap *h, struct ndb *db, struct arena *arena, pst_bid data)
{
	struct bytes b;
	pst_bid first;

	*h = (struct heap){ .db = db, .arena = arena };
	status s = data_tree_open(&h->tree, db, arena, data);
	if (!s)
		s = data_tree_block(&h->tree, 0, &first);
	if (s == ecNotFound && !data)
		return reason_set(&db->why, ecCorruptData, "a node without data");
	if (!s)
		s = ndb_block(db, first, &b, &h->flags);
	if (s)
		return s;
	if (b.n < HEAP_HEADER || b.p[2] != HEAP_SIGNATURE)
		return reason_set(&db->why, ecCorruptData, "block 0x%llx should begin a heap and does not",
				  (unsigned long long)first);
	h->first = bytes_of(arena_memdup(arena, b.p, b.n), b.n);
	if (!h->first.p)
		return reason_set(&db->why, ecMemory, "out of memory");
	h->client = b.p[3];
	h->user_root = le32(b.p + 4);
	return ecNone;
}

static status item_in_block(const struct heap *h, struct bytes block, bool first, unsigned index, struct bytes *out)
{
	struct bytes map;
	unsigned count;
	status s = heap_page_map(h->db, block, first, &map, &count);

	if (s || index >= count)
		return ecCorruptData;
	size_t begin = le16(map.p + 2 * (size_t)index), end = le16(map.p + 2 * (size_t)index + 2);
	if (begin > end || end > block.n)
		return ecCorruptData;
	*out = bytes_of(block.p + begin, end - begin);
	return ecNone;
}

status heap_item(struct heap *h, pst_hid hid, struct bytes *out)
{
	unsigned bits = h->db->format->hid_index_bits;
	uint32_t index = hid >> 5 & ((1u << bits) - 1), block = hid >> (5 + bits);
	struct bytes b = h->first;
	pst_bid bid;
	status s = ecNone;

	if (!hid) {
		*out = bytes_of(NULL, 0);
		return ecNone;
	}
	if (block) {
		unsigned flags = 0;

		s = data_tree_block(&h->tree, block, &bid);
		if (!s)
			s = ndb_block(h->db, bid, &b, &flags);
		h->flags |= flags;
	}
	if (s == ecNotFound || (!s && (nid_type(hid) != NID_TYPE_HID || !index ||
				       item_in_block(h, b, !block, index - 1, out))))
		return reason_set(&h->db->why, ecCorruptData, "heap item 0x%x does not exist", hid);
	return s;
}

status heap_item_kept(struct heap *h, pst_hid hid, struct bytes *out)
{
	struct bytes b;
	status s = heap_item(h, hid, &b);

	if (s)
		return s;
	if (b.p && (b.p < h->first.p || b.p >= h->first.p + h->first.n)) {
		b.p = arena_memdup(h->arena, b.p, b.n);
		if (!b.p)
			return reason_set(&h->db->why, ecMemory, "out of memory");
	}
	*out = b;
	return ecNone;
}
