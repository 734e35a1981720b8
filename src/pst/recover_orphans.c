#include "pst/recover_orphans.h"

#include <stdlib.h>

/* A subnode list that nothing refers to. Subnodes are written close to the properties they belong to. */
#define NEAR_BIDS 64u
#define DEPTH_MAX 40u

struct marking {
	struct ndb *db;
	const struct scan *scan;
	uint8_t *used; /* one for each found block */
	struct extra_messages *extras;
	size_t cap;
};

static void mark(struct marking *m, pst_bid bid)
{
	const struct found_block *b = scan_find(m->scan, bid);

	if (b)
		m->used[b - m->scan->blocks] = 1;
}

static bool is_used(const struct marking *m, pst_bid bid)
{
	const struct found_block *b = scan_find(m->scan, bid);

	return !b || m->used[b - m->scan->blocks];
}

/* What nodes refer to ---------------------------------------------------------------------------------- */

static void mark_list(struct marking *m, pst_bid bid, unsigned depth)
{
	const struct pst_format *f = m->db->format;
	struct bytes b;
	unsigned flags;

	if (depth > 2 || ndb_block(m->db, bid, &b, &flags) || b.n < 8 || b.p[0] != BLOCK_TYPE_X)
		return;
	unsigned n = le16(b.p + 2), level = b.p[1];
	if (n > (b.n - 8) / f->id_size)
		return;
	for (unsigned i = 0; i < n; i++) {
		/* Below a list of lists the cache may turn over: read again for each. */
		if (level > 1 && (ndb_block(m->db, bid, &b, &flags) || b.n < 8 + (size_t)n * f->id_size))
			return;
		pst_bid child = load_id(f, b.p + 8 + (size_t)i * f->id_size);
		mark(m, child);
		if (level > 1)
			mark_list(m, child, depth + 1);
	}
}

static void mark_data(struct marking *m, pst_bid bid)
{
	if (!bid)
		return;
	mark(m, bid);
	if (bid_internal(bid))
		mark_list(m, bid, 0);
}

static void mark_subnodes(struct marking *m, pst_bid sub, unsigned depth);

static void mark_node(struct marking *m, const struct node_ref *n, unsigned depth)
{
	mark_data(m, n->data);
	if (n->sub && depth < DEPTH_MAX)
		mark_subnodes(m, n->sub, depth + 1);
}

/* The lists themselves: the one, or the SIBLOCK and what it lists. */
static void mark_sub_lists(struct marking *m, pst_bid sub)
{
	const struct pst_format *f = m->db->format;
	struct bytes b;
	unsigned flags;

	mark(m, sub);
	if (ndb_block(m->db, sub, &b, &flags) || b.n < f->sl_header || b.p[0] != BLOCK_TYPE_S || b.p[1] != 1)
		return;
	unsigned n = le16(b.p + 2);
	for (unsigned i = 0; i < n && f->sl_header + (i + 1) * 2u * f->id_size <= b.n; i++)
		mark(m, load_id(f, b.p + f->sl_header + i * 2u * f->id_size + f->id_size));
}

static void mark_subnodes(struct marking *m, pst_bid sub, unsigned depth)
{
	struct node_ref n;

	/* Marked already: shared, or a circle. */
	if (is_used(m, sub))
		return;
	mark_sub_lists(m, sub);
	for (uint64_t from = 0; !subnode_next(m->db, sub, from, &n); from = (uint64_t)n.nid + 1)
		mark_node(m, &n, depth);
}

static void mark_nodes(struct marking *m, const struct found_nodes *nodes)
{
	for (size_t i = 0; i < nodes->n; i++) {
		const struct found_node *f = &nodes->v[i];

		if (!f->stale)
			mark_node(m, &(struct node_ref){ .nid = f->nid, .data = f->data, .sub = f->sub }, 0);
	}
}

/* Candidates ------------------------------------------------------------------------------------------------ */

static status add_extra(struct marking *m, const struct node_ref *node, bool associated, unsigned confidence)
{
	struct extra_messages *x = m->extras;

	if (x->n == m->cap) {
		size_t cap = m->cap ? m->cap * 2 : 64;
		void *v = realloc(x->v, cap * sizeof *x->v);

		if (!v)
			return ecMemory;
		x->v = v;
		m->cap = cap;
	}
	x->v[x->n++] = (struct extra_message){ *node, associated, (uint8_t)confidence };
	return ecNone;
}

/* A message by its properties: it has a class, and no folder's or table's nature. */
static bool is_message(struct ndb *db, const struct node_ref *node, struct arena *arena, bool *whole)
{
	struct pc pc;

	arena_reset(arena);
	if (pc_load(&pc, db, arena, node))
		return false;
	*whole = pc.damaged == 0 && !(pc.flags & NDB_BAD_CRC);
	/* Embedded messages have a class too; only messages of folders are sent, received or have flags of their own. */
	return bag_bytes(&pc.bag, tag_id(PidTagMessageClass)).n && bag_find(&pc.bag, tag_id(PidTagMessageFlags)) &&
	       !bag_find(&pc.bag, tag_id(PidTagAttachMethod));
}

static status add_stale_nodes(struct marking *m, const struct found_nodes *nodes, struct arena *arena)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < nodes->n; i++) {
		const struct found_node *f = &nodes->v[i];
		struct node_ref node = { .nid = f->nid, .parent = f->parent, .data = f->data, .sub = f->sub };
		unsigned type = nid_type(f->nid);
		bool whole;

		if (!f->stale || (type != NID_TYPE_MESSAGE && type != NID_TYPE_ASSOC_MESSAGE) || is_used(m, f->data))
			continue;
		if (!is_message(m->db, &node, arena, &whole))
			continue;
		mark_node(m, &node, 0);
		s = add_extra(m, &node, type == NID_TYPE_ASSOC_MESSAGE, whole ? CONFIDENCE_STALE_NODE : CONFIDENCE_PIECED);
	}
	return s;
}

static bool begins_properties(struct marking *m, const struct found_block *b)
{
	struct bytes block;
	unsigned flags;

	return !bid_internal(b->bid) && !ndb_block(m->db, b->bid, &block, &flags) && block.n > 12 && block.p[2] == 0xEC &&
	       block.p[3] == HEAP_CLIENT_PC && !(flags & NDB_BAD_CRC);
}

/* A subnode list of a message: it has a recipient table or an attachment table. */
static bool is_message_subnodes(struct marking *m, pst_bid sub)
{
	struct node_ref n;

	return !subnode_find(m->db, sub, NID_RECIPIENT_TABLE, &n) || !subnode_find(m->db, sub, NID_ATTACHMENT_TABLE, &n);
}

/* The nearest unused list of subnodes in the order of ids, which is the order of writing. */
static pst_bid find_subnodes(struct marking *m, size_t at)
{
	const struct found_block *v = m->scan->blocks;

	for (size_t step = 1; step <= NEAR_BIDS; step++)
		for (int side = 0; side < 2; side++) {
			size_t i = side ? at + step : at - step;

			if (i >= m->scan->n_blocks || m->used[i] || !bid_internal(v[i].bid))
				continue;
			if (is_message_subnodes(m, v[i].bid))
				return v[i].bid;
		}
	return 0;
}

static status add_orphan_blocks(struct marking *m, struct arena *arena)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < m->scan->n_blocks; i++) {
		struct node_ref node = { .data = m->scan->blocks[i].bid };
		bool whole;

		if (m->used[i] || !begins_properties(m, &m->scan->blocks[i]))
			continue;
		node.sub = find_subnodes(m, i);
		if (!is_message(m->db, &node, arena, &whole))
			continue;
		if (node.sub && !whole) { /* the list near by may belong to another */
			node.sub = 0;
			if (!is_message(m->db, &node, arena, &whole))
				continue;
		}
		mark_node(m, &node, 0);
		s = add_extra(m, &node, false, node.sub && whole ? CONFIDENCE_PIECED : CONFIDENCE_PROPERTIES_ONLY);
	}
	return s;
}

status orphans_find(struct ndb *db, const struct scan *scan, const struct found_nodes *nodes, bool stale_nodes,
		    struct extra_messages *extras)
{
	struct marking m = { .db = db, .scan = scan, .extras = extras };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ITEM_ARENA_MAX);

	m.used = calloc(scan->n_blocks ? scan->n_blocks : 1, 1);
	if (!m.used)
		return reason_set(&db->why, ecMemory, "out of memory");
	mark_nodes(&m, nodes);
	status s = stale_nodes ? add_stale_nodes(&m, nodes, &arena) : ecNone;
	if (!s)
		s = add_orphan_blocks(&m, &arena);
	free(m.used);
	return s;
}
