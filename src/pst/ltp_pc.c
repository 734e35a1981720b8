/* Property context [MS-PST] 2.3.3. */
#include "mapi/item.h"
#include "pst/ltp.h"

#define PROPS_MAX 65536u

static bool stands_in_record(uint16_t type)
{
	size_t size = type & MV_FLAG ? 0 : prop_type_fixed_size(type);

	return size && size <= 4;
}

struct gather {
	uint8_t *p;
	size_t n, max;
};

static status gather_chunk(void *context, struct bytes chunk)
{
	struct gather *g = context;

	if (chunk.n > g->max - g->n)
		return ecTooBig;
	memcpy(g->p + g->n, chunk.p, chunk.n);
	g->n += chunk.n;
	return ecNone;
}

/* A small value in a subnode, read whole. What could be read of it is kept. */
static status read_whole(struct pc *pc, struct prop *p, pst_bid data, uint64_t size)
{
	struct gather g = { arena_alloc(pc->arena, (size_t)size + 1), 0, (size_t)size };
	unsigned flags = 0;

	if (!g.p)
		return ecMemory;
	status s = value_stream(pc->db, pc->arena, data, gather_chunk, &g, &flags);
	if (s == ecMemory)
		return s;
	pc->flags |= flags;
	if (s || flags & NDB_BAD_CRC)
		p->flags |= PROP_DAMAGED;
	pc->inline_bytes += g.n;
	return prop_decode(p, bytes_of(g.p, g.n), pc->arena);
}

static status add_large(struct pc *pc, struct prop *p, const struct node_ref *node, uint64_t size)
{
	if ((pc->n_large & (pc->n_large - 1)) == 0) {
		size_t cap = pc->n_large ? pc->n_large * 2 : 1;
		struct large_value *v = arena_array(pc->arena, cap, sizeof *v);

		if (!v)
			return ecMemory;
		if (pc->n_large)
			memcpy(v, pc->large, pc->n_large * sizeof *v);
		pc->large = v;
	}
	pc->large[pc->n_large++] = (struct large_value){ p->tag, *node };
	p->flags |= PROP_LARGE;
	p->size = size;
	p->count = 1;
	p->value = bytes_of(NULL, 0);
	return ecNone;
}

static status from_subnode(struct pc *pc, struct prop *p, pst_nid nid, bool object)
{
	struct arena_mark mark = arena_mark(pc->arena);
	struct data_tree tree;
	struct node_ref node;
	status s = subnode_find(pc->db, pc->sub, nid, &node);

	if (!s)
		s = data_tree_open(&tree, pc->db, pc->arena, node.data);
	if (s)
		return s;
	uint64_t size = tree.size;
	arena_rewind(pc->arena, mark);
	/* Lists are decoded from the whole; their parts may still be many megabytes, which the arena bounds. */
	bool small = size <= ITEM_INLINE_MAX && (size <= 256 || pc->inline_bytes < ITEM_BAG_MAX);
	if (object || (!small && !prop_is_list(p->tag)))
		return add_large(pc, p, &node, size);
	return read_whole(pc, p, node.data, size);
}

static status from_heap(struct pc *pc, struct heap *heap, struct prop *p, pst_hid hid)
{
	struct bytes raw;
	status s = heap_item_kept(heap, hid, &raw);

	if (s)
		return s;
	pc->inline_bytes += raw.n;
	if (prop_type(p) == PT_OBJECT && raw.n >= 8)
		return from_subnode(pc, p, le32(raw.p), true);
	return prop_decode(p, raw, pc->arena);
}

static status load_value(struct pc *pc, struct heap *heap, struct prop *p, const uint8_t *field)
{
	uint16_t type = prop_type(p);
	pst_hnid hnid = le32(field);

	if (stands_in_record(type))
		return prop_decode(p, bytes_of(arena_memdup(pc->arena, field, 4), type == PT_SHORT ? 2 : type == PT_BOOLEAN ? 1 : 4),
				   pc->arena);
	if (!prop_type_known(type) || type == PT_UNSPECIFIED) {
		/* Nobody knows what the field means; where it leads somewhere, that is the value. */
		status s = !hnid ? ecNotFound : nid_type(hnid) == NID_TYPE_HID ? from_heap(pc, heap, p, hnid) : from_subnode(pc, p, hnid, false);

		return s ? prop_decode(p, bytes_of(arena_memdup(pc->arena, field, 4), 4), pc->arena) : s;
	}
	if (!hnid)
		return prop_decode(p, bytes_of(NULL, 0), pc->arena);
	return nid_type(hnid) == NID_TYPE_HID ? from_heap(pc, heap, p, hnid) : from_subnode(pc, p, hnid, false);
}

struct load {
	struct pc *pc;
	struct heap *heap;
};

static status load_record(void *context, const uint8_t *key, const uint8_t *value)
{
	struct load *l = context;
	struct pc *pc = l->pc;
	struct prop p = { .tag = tag_make(le16(key), le16(value)), .count = 1 };

	if (pc->bag.n >= PROPS_MAX)
		return ecTooBig;
	/* In order, an id can only repeat the one before; out of order, it may be anywhere. */
	if (pc->bag.n && prop_id(&p) <= prop_id(&pc->bag.v[pc->bag.n - 1]) && bag_find(&pc->bag, prop_id(&p)))
		return ecNone;
	status s = load_value(pc, l->heap, &p, value + 2);
	if (s == ecMemory)
		return s;
	if (s) {
		p.flags |= PROP_DAMAGED;
		p.size = 0;
		p.count = prop_is_list(p.tag) ? 0 : 1;
		p.value = bytes_of(NULL, 0);
	}
	pc->damaged += (p.flags & PROP_DAMAGED) != 0;
	return bag_append(&pc->bag, &p) ? ecNone : ecMemory;
}

status pc_load(struct pc *pc, struct ndb *db, struct arena *arena, const struct node_ref *node)
{
	struct heap heap;
	struct bth bth;

	*pc = (struct pc){ .db = db, .arena = arena, .sub = node->sub };
	bag_init(&pc->bag, arena);
	status s = heap_open(&heap, db, arena, node->data);
	if (s)
		return s;
	if (heap.client != HEAP_CLIENT_PC)
		return reason_set(&db->why, ecCorruptData, "node 0x%x should hold properties and holds something else (0x%02x)",
				  node->nid, heap.client);
	s = bth_open(&bth, &heap, heap.user_root);
	if (!s && (bth.key_size != 2 || bth.value_size != 6))
		s = reason_set(&db->why, ecCorruptData, "node 0x%x: its property list has odd record sizes", node->nid);
	if (!s)
		s = bth_walk(&bth, load_record, &(struct load){ pc, &heap });
	pc->flags |= heap.flags;
	if (s == ecMemory)
		return reason_set(&db->why, s, "node 0x%x: its properties take more memory than any item may", node->nid);
	return s;
}

status pc_object(const struct pc *pc, uint32_t tag, struct node_ref *out)
{
	for (size_t i = 0; i < pc->n_large; i++)
		if (pc->large[i].tag == tag) {
			*out = pc->large[i].node;
			return ecNone;
		}
	return ecNotFound;
}
