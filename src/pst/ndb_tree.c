/* Values larger than a block: XBLOCK and XXBLOCK list the blocks. [MS-PST] 2.2.2.8.3.2 */
#include "pst/ndb.h"

#define LIST_HEADER 8

/* The header of an XBLOCK or XXBLOCK: level, entries, and the size of all data below. */
struct list_header {
	unsigned level, count;
	uint32_t total;
};

static status read_list(struct ndb *db, pst_bid bid, struct list_header *h, const uint8_t **entries)
{
	struct bytes b;
	unsigned flags;
	status s = ndb_block(db, bid, &b, &flags);

	if (s)
		return s;
	if (b.n < LIST_HEADER || b.p[0] != BLOCK_TYPE_X)
		return reason_set(&db->why, ecCorruptData, "block 0x%llx should list blocks and does not",
				  (unsigned long long)bid);
	h->level = b.p[1];
	h->count = le16(b.p + 2);
	h->total = le32(b.p + 4);
	if (h->count > (b.n - LIST_HEADER) / db->format->id_size)
		return reason_set(&db->why, ecCorruptData, "block 0x%llx lists %u blocks, more than fit",
				  (unsigned long long)bid, h->count);
	*entries = b.p + LIST_HEADER;
	return ecNone;
}

static pst_bid *copy_ids(struct data_tree *t, const uint8_t *entries, unsigned n)
{
	pst_bid *ids = arena_array(t->arena, n ? n : 1, sizeof *ids);

	for (unsigned i = 0; ids && i < n; i++)
		ids[i] = load_id(t->db->format, entries + (size_t)i * t->db->format->id_size);
	return ids;
}

static status open_single(struct data_tree *t)
{
	struct block_ref ref;
	status s = t->db->index->block(t->db, t->root, &ref);

	if (s)
		return s;
	if (t->db->format->zlib) {
		/* The index tells the stored size; only reading tells the real one. */
		struct bytes b;
		unsigned flags;

		s = ndb_block(t->db, t->root, &b, &flags);
		t->size = b.n;
		return s;
	}
	t->size = ref.size;
	return ecNone;
}

static status open_list(struct data_tree *t)
{
	struct list_header h;
	const uint8_t *entries;
	status s = read_list(t->db, t->root, &h, &entries);

	if (s)
		return s;
	if (h.level != 1 && h.level != 2)
		return reason_set(&t->db->why, ecCorruptData, "block 0x%llx: a block list of level %u",
				  (unsigned long long)t->root, h.level);
	t->level = h.level;
	t->size = h.total;
	t->n_lists = h.level == 2 ? h.count : 1;
	t->lists = h.level == 2 ? copy_ids(t, entries, h.count) : &t->root;
	t->first = arena_array(t->arena, t->n_lists + 1u, sizeof *t->first);
	t->bids = arena_array(t->arena, t->db->format->block_data_max / t->db->format->id_size + 1u, sizeof *t->bids);
	if (!t->lists || !t->first || !t->bids)
		return reason_set(&t->db->why, ecMemory, "out of memory");
	t->list_at = UINT32_MAX;
	t->known = 1;
	return ecNone;
}

status data_tree_open(struct data_tree *t, struct ndb *db, struct arena *arena, pst_bid bid)
{
	*t = (struct data_tree){ .db = db, .arena = arena, .root = bid };
	if (!bid)
		return ecNone;
	return bid_internal(bid) ? open_list(t) : open_single(t);
}

/* Brings the ids of one XBLOCK in, and learns where the next list's blocks begin. */
static status load_list(struct data_tree *t, uint32_t i)
{
	struct list_header h;
	const uint8_t *entries;
	status s = read_list(t->db, t->lists[i], &h, &entries);

	if (s)
		return s;
	if (h.level != 1)
		return reason_set(&t->db->why, ecCorruptData, "block 0x%llx: level %u where 1 belongs",
				  (unsigned long long)t->lists[i], h.level);
	if (h.count > t->db->format->block_data_max / t->db->format->id_size)
		return reason_set(&t->db->why, ecCorruptData, "block 0x%llx lists %u blocks, more than any may",
				  (unsigned long long)t->lists[i], h.count);
	for (unsigned k = 0; k < h.count; k++)
		t->bids[k] = load_id(t->db->format, entries + (size_t)k * t->db->format->id_size);
	t->n_bids = h.count;
	t->list_at = i;
	if (t->known == i + 1) {
		if (h.count > DATA_TREE_BLOCKS_MAX - t->first[i])
			return reason_set(&t->db->why, ecTooBig, "a value of more than %u blocks", DATA_TREE_BLOCKS_MAX);
		t->first[i + 1] = t->first[i] + h.count;
		t->known = i + 2;
	}
	return ecNone;
}

status data_tree_block(struct data_tree *t, uint32_t i, pst_bid *out)
{
	if (!t->root || (!t->level && i))
		return ecNotFound;
	if (!t->level) {
		*out = t->root;
		return ecNone;
	}
	uint32_t list = t->list_at == UINT32_MAX || i < t->first[t->list_at] ? 0 : t->list_at;
	for (; list < t->n_lists; list++) {
		if (list + 1 < t->known && i >= t->first[list + 1])
			continue;
		if (t->list_at != list) {
			status s = load_list(t, list);
			if (s)
				return s;
		}
		if (i - t->first[list] < t->n_bids) {
			*out = t->bids[i - t->first[list]];
			return ecNone;
		}
	}
	return ecNotFound;
}
