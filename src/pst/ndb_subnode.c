/* Nodes inside a node: SLBLOCK lists them, SIBLOCK lists SLBLOCKs. [MS-PST] 2.2.2.8.3.3 */
#include "pst/ndb.h"

struct sub_list {
	struct bytes entries;
	unsigned level, count, entry_size;
};

static status read_list(struct ndb *db, pst_bid bid, struct sub_list *l)
{
	const struct pst_format *f = db->format;
	struct bytes b;
	unsigned flags;
	status s = ndb_block(db, bid, &b, &flags);

	if (s)
		return s;
	if (b.n < f->sl_header || b.p[0] != BLOCK_TYPE_S || b.p[1] > 1)
		return reason_set(&db->why, ecCorruptData, "block 0x%llx should list subnodes and does not",
				  (unsigned long long)bid);
	l->level = b.p[1];
	l->count = le16(b.p + 2);
	l->entry_size = f->id_size * (l->level ? 2u : 3u);
	if (l->count > (b.n - f->sl_header) / l->entry_size)
		return reason_set(&db->why, ecCorruptData, "block 0x%llx lists %u subnodes, more than fit",
				  (unsigned long long)bid, l->count);
	l->entries = bytes_of(b.p + f->sl_header, b.n - f->sl_header);
	return ecNone;
}

/* The index of the first entry whose NID is > nid. */
static unsigned upper_bound(const struct sub_list *l, uint64_t nid)
{
	unsigned low = 0, high = l->count;

	while (low < high) {
		unsigned middle = (low + high) / 2;

		if (le32(l->entries.p + (size_t)middle * l->entry_size) <= nid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct node_ref leaf_entry(const struct pst_format *f, const struct sub_list *l, unsigned i)
{
	const uint8_t *e = l->entries.p + (size_t)i * l->entry_size;

	return (struct node_ref){ .nid = le32(e), .data = load_id(f, e + f->id_size), .sub = load_id(f, e + 2 * f->id_size) };
}

static status next_in_leaf(struct ndb *db, const struct sub_list *l, uint64_t from, struct node_ref *out)
{
	unsigned i = from ? upper_bound(l, from - 1) : 0;

	if (i >= l->count)
		return ecNotFound;
	*out = leaf_entry(db->format, l, i);
	return ecNone;
}

status subnode_next(struct ndb *db, pst_bid sub, uint64_t from, struct node_ref *out)
{
	struct sub_list l;

	if (!sub || from > UINT32_MAX)
		return ecNotFound;
	status s = read_list(db, sub, &l);
	if (s || !l.level)
		return s ? s : next_in_leaf(db, &l, from, out);
	unsigned first = upper_bound(&l, from), count = l.count;
	for (unsigned i = first ? first - 1 : 0; i < count; i++) {
		struct sub_list leaf;

		s = read_list(db, sub, &l); /* the cache may have let it go */
		if (s || i >= l.count)
			return s ? s : ecNotFound;
		s = read_list(db, load_id(db->format, l.entries.p + (size_t)i * l.entry_size + db->format->id_size), &leaf);
		if (!s && leaf.level)
			return reason_set(&db->why, ecCorruptData, "subnode lists nest deeper than the format allows");
		if (!s)
			s = next_in_leaf(db, &leaf, from, out);
		if (s != ecNotFound)
			return s;
	}
	return ecNotFound;
}

status subnode_find(struct ndb *db, pst_bid sub, pst_nid nid, struct node_ref *out)
{
	struct node_ref n;
	status s = subnode_next(db, sub, nid, &n);

	if (!s && n.nid != nid)
		s = ecNotFound;
	if (s == ecNotFound)
		return reason_set(&db->why, s, "subnode 0x%x is missing", nid);
	if (!s)
		*out = n;
	return s;
}
