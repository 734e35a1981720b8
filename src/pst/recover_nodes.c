#include "pst/recover_nodes.h"

#include <stdlib.h>

/* NIDs [from, to) that the tree does not account for, because a page on the way is damaged. */
struct hole {
	uint64_t from, to;
};

struct holes {
	struct hole *v;
	size_t n, cap;
};

/* A leaf page as a claim: on everything from its first id to its last, as of its bid. */
struct claim {
	pst_nid first, last;
	pst_bid bid;
};

/* An entry as one page has it. */
struct entry {
	struct found_node node;
	pst_bid page;
};

struct gathering {
	struct ndb *db;
	struct holes holes;
	struct claim *claims;
	size_t n_claims, cap_claims;
	struct entry *entries;
	size_t n_entries, cap_entries;
	pst_bid *live; /* bids of the leaf pages of the tree, sorted */
	size_t n_live, cap_live;
};

static bool grow(void **v, size_t *cap, size_t size)
{
	size_t n = *cap ? *cap + *cap / 2 : 256;
	void *p = realloc(*v, n * size);

	if (!p)
		return false;
	*v = p;
	*cap = n;
	return true;
}

/* Leaf pages ------------------------------------------------------------------------------------------------- */

static status add_entry(struct gathering *g, const struct node_ref *n, pst_bid page)
{
	void *v = g->entries;

	if (g->n_entries == g->cap_entries && !grow(&v, &g->cap_entries, sizeof *g->entries))
		return ecMemory;
	g->entries = v;
	g->entries[g->n_entries++] =
		(struct entry){ { .nid = n->nid, .parent = n->parent, .data = n->data, .sub = n->sub }, page };
	return ecNone;
}

static status add_claim(struct gathering *g, const struct claim *c)
{
	void *v = g->claims;

	if (g->n_claims == g->cap_claims && !grow(&v, &g->cap_claims, sizeof *g->claims))
		return ecMemory;
	g->claims = v;
	g->claims[g->n_claims++] = *c;
	return ecNone;
}

static status read_leaf(struct gathering *g, const struct found_page *found)
{
	const struct pst_format *f = g->db->format;
	struct btree_page page;
	status s = ndb_btree_page(g->db, found->at, PAGE_NBT, 0, &page);

	if (s || page.level || !page.count)
		return s == ecMemory ? s : ecNone;
	struct claim claim = { .bid = page.bid };
	for (unsigned i = 0; !s && i < page.count; i++) {
		struct node_ref n = nbt_entry(f, page.p + (size_t)i * page.entry_size);

		if (!i)
			claim.first = n.nid;
		claim.last = n.nid;
		s = add_entry(g, &n, page.bid);
	}
	return s ? s : add_claim(g, &claim);
}

/* The file's own tree ---------------------------------------------------------------------------------- */

static status add_hole(struct gathering *g, uint64_t from, uint64_t to)
{
	void *v = g->holes.v;

	if (g->holes.n == g->holes.cap && !grow(&v, &g->holes.cap, sizeof *g->holes.v))
		return ecMemory;
	g->holes.v = v;
	g->holes.v[g->holes.n++] = (struct hole){ from, to };
	return ecNone;
}

static status add_live(struct gathering *g, pst_bid bid)
{
	void *v = g->live;

	if (g->n_live == g->cap_live && !grow(&v, &g->cap_live, sizeof *g->live))
		return ecMemory;
	g->live = v;
	g->live[g->n_live++] = bid;
	return ecNone;
}

/* What a branch page says of one child. */
struct child {
	pst_bid bid;
	uint64_t at, from, to;
	int level; /* it must have; -1: any (the root) */
};

/* Are the keys in order and where the parent says? Then a wrong checksum is not held against the page. */
static bool keys_make_sense(const struct btree_page *page, const struct child *c)
{
	uint64_t last = 0;

	for (unsigned i = 0; i < page->count; i++) {
		uint32_t key = le32(page->p + (size_t)i * page->entry_size);

		if ((i && key <= last) || key >= c->to || (key < c->from && (page->level == 0 || i)))
			return false;
		last = key;
	}
	return page->count > 0;
}

static bool read_tree_page(struct gathering *g, const struct child *c, uint8_t *to, struct btree_page *page)
{
	const struct pst_format *f = g->db->format;

	return !input_read(g->db->in, c->at, to, f->page_size) && !btree_page_parse(f, to, c->at, PAGE_NBT, 0, page) &&
	       (c->level < 0 || (int)page->level == c->level) && keys_make_sense(page, c);
}

static status walk(struct gathering *g, const struct child *c);

static status walk_children(struct gathering *g, const struct child *c, const struct btree_page *page)
{
	const struct pst_format *f = g->db->format;
	status s = ecNone;

	for (unsigned i = 0; !s && i < page->count; i++) {
		const uint8_t *e = page->p + (size_t)i * page->entry_size;
		struct child next = { load_id(f, e + f->id_size), load_id(f, e + 2 * f->id_size), i ? le32(e) : c->from,
				      i + 1 < page->count ? le32(e + page->entry_size) : c->to, (int)page->level - 1 };

		s = walk(g, &next);
	}
	return s;
}

/* Levels count down from at most LEVELS_MAX, which bounds the recursion. */
static status walk(struct gathering *g, const struct child *c)
{
	uint8_t *copy = malloc(g->db->format->page_size);
	struct btree_page page;
	status s;

	if (!copy)
		return ecMemory;
	if (!read_tree_page(g, c, copy, &page)) {
		s = add_hole(g, c->from, c->to);
	} else if (page.level) {
		s = walk_children(g, c, &page);
	} else {
		s = add_live(g, page.bid);
		/* The scan lists only pages with a right checksum. */
		if (!s && page.flags & NDB_BAD_CRC)
			s = read_leaf(g, &(struct found_page){ c->at, page.bid });
	}
	free(copy);
	return s;
}

static bool in_hole(const struct gathering *g, pst_nid nid)
{
	for (size_t i = 0; i < g->holes.n; i++)
		if (nid >= g->holes.v[i].from && nid < g->holes.v[i].to)
			return true;
	return false;
}

static int compare_bids(const void *a, const void *b)
{
	pst_bid x = *(const pst_bid *)a, y = *(const pst_bid *)b;

	return x < y ? -1 : x > y;
}

static bool is_live_page(const struct gathering *g, pst_bid bid)
{
	return g->n_live && bsearch(&bid, g->live, g->n_live, sizeof *g->live, compare_bids) != NULL;
}

/* All leaf pages together ----------------------------------------------------------------------------------- */

static int by_nid_newest_first(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->node.nid != y->node.nid)
		return x->node.nid < y->node.nid ? -1 : 1;
	return x->page > y->page ? -1 : x->page < y->page;
}

static int by_first(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

/* A heap of claims, the newest on top. */
static void sift_up(struct claim *heap, size_t i)
{
	for (; i && heap[(i - 1) / 2].bid < heap[i].bid; i = (i - 1) / 2) {
		struct claim t = heap[i];

		heap[i] = heap[(i - 1) / 2];
		heap[(i - 1) / 2] = t;
	}
}

static void pop(struct claim *heap, size_t *n)
{
	heap[0] = heap[--*n];
	for (size_t i = 0;;) {
		size_t best = i, left = 2 * i + 1;

		if (left < *n && heap[left].bid > heap[best].bid)
			best = left;
		if (left + 1 < *n && heap[left + 1].bid > heap[best].bid)
			best = left + 1;
		if (best == i)
			return;
		struct claim t = heap[i];
		heap[i] = heap[best];
		heap[best] = t;
		i = best;
	}
}

static status append_node(struct found_nodes *nodes, const struct found_node *n)
{
	void *v = nodes->v;

	if (nodes->n == nodes->cap && !grow(&v, &nodes->cap, sizeof *nodes->v))
		return ecMemory;
	nodes->v = v;
	nodes->v[nodes->n++] = *n;
	return ecNone;
}

/* The entry that counts for one id: the tree's, else the newest; stale when something newer covers the id without it. */
static status settle(struct gathering *g, const struct entry *e, size_t n, pst_bid newest_claim, struct found_nodes *out)
{
	struct found_node node = e->node;

	for (size_t i = 0; i < n; i++)
		if (is_live_page(g, e[i].page)) {
			node = e[i].node;
			node.tree = true;
			break;
		}
	if (!node.tree)
		node.stale = !in_hole(g, node.nid) || e->page < newest_claim;
	return append_node(out, &node);
}

static status merge(struct gathering *g, struct found_nodes *out)
{
	struct claim *heap = malloc((g->n_claims ? g->n_claims : 1) * sizeof *heap);
	size_t n_heap = 0, next = 0;
	status s = heap ? ecNone : ecMemory;

	if (g->n_entries)
		qsort(g->entries, g->n_entries, sizeof *g->entries, by_nid_newest_first);
	if (g->n_claims)
		qsort(g->claims, g->n_claims, sizeof *g->claims, by_first);
	for (size_t i = 0, n; !s && i < g->n_entries; i += n) {
		pst_nid nid = g->entries[i].node.nid;

		for (n = 1; i + n < g->n_entries && g->entries[i + n].node.nid == nid;)
			n++;
		for (; next < g->n_claims && g->claims[next].first <= nid; next++) {
			heap[n_heap] = g->claims[next];
			sift_up(heap, n_heap++);
		}
		while (n_heap && heap[0].last < nid)
			pop(heap, &n_heap);
		s = settle(g, g->entries + i, n, n_heap ? heap[0].bid : 0, out);
	}
	free(heap);
	return s;
}

status nodes_load(struct found_nodes *nodes, struct ndb *db, const struct scan *scan)
{
	const struct pst_root *r = &db->header.root;
	struct child root = { r->nbt_bid, r->nbt_at, 0, (uint64_t)UINT32_MAX + 1, -1 };
	struct gathering g = { .db = db };

	*nodes = (struct found_nodes){ 0 };
	status s = walk(&g, &root);
	if (g.n_live)
		qsort(g.live, g.n_live, sizeof *g.live, compare_bids);
	for (size_t i = 0; !s && i < scan->nbt.n; i++) {
		s = read_leaf(&g, &scan->nbt.v[i]);
		nodes->stale_pages += !is_live_page(&g, scan->nbt.v[i].bid);
	}
	if (!s)
		s = merge(&g, nodes);
	nodes->tree_whole = g.holes.n == 0 && g.n_live > 0;
	free(g.holes.v);
	free(g.claims);
	free(g.entries);
	free(g.live);
	return s;
}

void nodes_free(struct found_nodes *nodes)
{
	free(nodes->v);
	*nodes = (struct found_nodes){ 0 };
}

const struct found_node *nodes_from(const struct found_nodes *nodes, uint64_t nid)
{
	size_t low = 0, high = nodes->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (nodes->v[middle].nid < nid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < nodes->n ? &nodes->v[low] : NULL;
}
