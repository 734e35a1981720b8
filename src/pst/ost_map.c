/* The maps of an .ost: FID to folder, MID to message, REPLID to replica. Facts from files; not documented. */
#include "pst/pst_private.h"

/* FIDs of the folders that every .ost has (REPLID 0), and the nodes that they have in all files seen. */
#define FID_FINDER 0x07u
#define FID_IPM_SUBTREE 0x0Au
#define FID_WASTEBASKET 0x0Bu

/* An id as the maps and property 0x67F4 hold it. */
struct ost_id {
	uint16_t replid;
	uint64_t counter;
};

static struct ost_id decode_id(const uint8_t *p)
{
	struct ost_id id = { .replid = le16(p) };

	for (unsigned i = 2; i < 8; i++)
		id.counter = id.counter << 8 | p[i];
	return id;
}

/* Opens the B-tree of an id map; the heap's memory is the arena's. */
static status open_id_map(struct ndb *db, struct arena *arena, pst_nid nid, struct heap *heap, struct bth *bth)
{
	struct node_ref node;
	status s = db->index->node(db, nid, &node);

	if (!s)
		s = heap_open(heap, db, arena, node.data);
	if (!s && heap->client != HEAP_CLIENT_ID_MAP)
		s = ecCorruptData;
	if (!s)
		s = bth_open(bth, heap, heap->user_root);
	if (!s && (bth->key_size != 8 || bth->value_size != 4))
		s = ecCorruptData;
	bth->transient = true;
	return s;
}

static status count_entry(void *context, const uint8_t *key, const uint8_t *value)
{
	(void)key;
	(void)value;
	++*(int64_t *)context;
	return ecNone;
}

int64_t ost_mid_map_count(struct ndb *db, pst_nid folder, unsigned type)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ITEM_ARENA_MAX);
	struct heap heap;
	struct bth bth;
	int64_t n = 0;

	if (db->header.client_version != 12 || open_id_map(db, &arena, nid_sibling(folder, type), &heap, &bth) ||
	    bth_walk(&bth, count_entry, &n))
		return -1;
	return n;
}

static status find_role(void *context, const uint8_t *key, const uint8_t *value)
{
	struct emitter *e = context;
	struct ost_id id = decode_id(key);

	if (id.replid)
		return ecNone;
	/* The map's type bits are its own; the three are plain folders. */
	pst_nid nid = nid_sibling(le32(value), NID_TYPE_FOLDER);
	if (id.counter == FID_FINDER)
		e->finder = nid;
	else if (id.counter == FID_IPM_SUBTREE)
		e->ipm_subtree = nid;
	else if (id.counter == FID_WASTEBASKET)
		e->wastebasket = nid;
	return ecNone;
}

/* The heap's root item is two HIDs: a B-tree GUID to REPLID, and the GUIDs in the order of their REPLIDs. */
static void load_replicas(struct emitter *e, struct arena *arena)
{
	struct node_ref node;
	struct heap heap;
	struct bytes root, guids;

	if (e->db->index->node(e->db, NID_OST_REPLID_MAP, &node) || heap_open(&heap, e->db, arena, node.data) ||
	    heap.client != HEAP_CLIENT_REPLIDS || heap_item_kept(&heap, heap.user_root, &root) || root.n < 8 ||
	    heap_item(&heap, le32(root.p + 4), &guids))
		return;
	while (e->n_replicas < OST_REPLICAS_MAX && (e->n_replicas + 1) * sizeof(struct guid) <= guids.n) {
		memcpy(e->replicas[e->n_replicas].b, guids.p + e->n_replicas * sizeof(struct guid), sizeof(struct guid));
		e->n_replicas++;
	}
}

void ost_load_maps(struct emitter *e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ITEM_ARENA_MAX);
	struct heap heap;
	struct bth bth;

	/* Where they stand in all files seen, should the map be unreadable. */
	if (!e->ipm_subtree) {
		e->ipm_subtree = 0x2142;
		e->wastebasket = 0x2162;
		e->finder = 0x20E2;
	}
	if (!open_id_map(e->db, &arena, NID_OST_FID_MAP, &heap, &bth))
		(void)!bth_walk(&bth, find_role, e);
	load_replicas(e, &arena);
}

enum item_origin ost_origin(const struct emitter *e, const struct bag *message)
{
	struct bytes mid = bag_bytes(message, tag_id(TAG_OST_MID));

	if (mid.n != 8)
		return ORIGIN_LOCAL;
	struct ost_id id = decode_id(mid.p);
	if (id.replid >= e->n_replicas)
		return ORIGIN_UNKNOWN;
	return ost_sync_has(e->sync, &e->replicas[id.replid], id.counter) ? ORIGIN_SERVER : ORIGIN_LOCAL;
}
