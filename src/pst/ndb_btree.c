/* The file's own index: the node and block B-trees, read page by page through a cache. [MS-PST] 2.2.2.7.7 */
#include "base/crc32.h"
#include "pst/ndb.h"

#include <stdlib.h>

#define PAGE_SETS 64u
#define PAGE_WAYS 8u /* more than the levels of any real tree, so that the pages on the way down stay */
#define PAGE_SLOTS (PAGE_SETS * PAGE_WAYS)
#define LEVELS_MAX 16u /* the levels count down to 0 at each step, so this only bounds what a root may claim */

struct page_slot {
	uint64_t at; /* 0: empty (the header stands there) */
	uint64_t used;
	unsigned type;
	struct btree_page page;
	uint8_t *p;
};

status ndb_pages_init(struct ndb *db);
void ndb_pages_free(struct ndb *db);

status ndb_pages_init(struct ndb *db)
{
	db->pages = calloc(PAGE_SLOTS, sizeof *db->pages);
	return db->pages ? ecNone : ecMemory;
}

void ndb_pages_free(struct ndb *db)
{
	for (unsigned i = 0; db->pages && i < PAGE_SLOTS; i++)
		free(db->pages[i].p);
	free(db->pages);
	db->pages = NULL;
}

static unsigned page_flags(const struct pst_format *f, const uint8_t *page, uint64_t at, pst_bid expect_bid, pst_bid *bid)
{
	const uint8_t *t = page + f->page_trailer;
	uint32_t crc = f->wide ? le32(t + 4) : le32(t + 8);
	unsigned flags = 0;

	*bid = f->wide ? le64(t + 8) : le32(t + 4);
	if (le16(t + 2) != pst_signature(at, *bid))
		flags |= NDB_BAD_SIGNATURE;
	if (expect_bid && *bid != expect_bid)
		flags |= NDB_BAD_ID;
	if (crc != crc32_pst(0, bytes_of(page, f->page_trailer)))
		flags |= NDB_BAD_CRC;
	return flags;
}

static unsigned entry_size_of(const struct pst_format *f, unsigned type, unsigned level)
{
	if (level)
		return f->branch_size;
	return type == PAGE_NBT ? f->nbt_leaf_size : f->bbt_leaf_size;
}

status btree_page_parse(const struct pst_format *f, const uint8_t *page, uint64_t at, unsigned type, pst_bid expect_bid,
			struct btree_page *out)
{
	const uint8_t *counts = page + f->page_count_at, *t = page + f->page_trailer;
	struct btree_page b = { .p = page };

	b.count = f->page_count_wide ? le16(counts) : counts[0];
	counts += f->page_count_wide ? 4 : 2;
	b.entry_size = counts[0];
	b.level = counts[1];
	if (t[0] != type || t[1] != type || b.level > LEVELS_MAX)
		return ecCorruptData;
	if (b.entry_size < entry_size_of(f, type, b.level) || b.count * b.entry_size > f->page_count_at)
		return ecCorruptData;
	b.flags = page_flags(f, page, at, expect_bid, &b.bid);
	*out = b;
	return ecNone;
}

struct block_ref bbt_entry(const struct pst_format *f, const uint8_t *e)
{
	size_t w = f->id_size;

	/* 4K: the stored size is followed by the inflated one, and the count of references by another. */
	return (struct block_ref){ .bid = load_id(f, e), .at = load_id(f, e + w), .size = le16(e + 2 * w),
				   .refs = le16(e + 2 * w + (f->zlib ? 4 : 2)) };
}

struct node_ref nbt_entry(const struct pst_format *f, const uint8_t *e)
{
	size_t w = f->id_size;

	return (struct node_ref){ .nid = le32(e), .data = load_id(f, e + w), .sub = load_id(f, e + 2 * w),
				  .parent = le32(e + 3 * w) };
}

static status load_page(struct ndb *db, struct page_slot *slot, uint64_t at, unsigned type)
{
	const struct pst_format *f = db->format;

	slot->at = 0;
	if (!slot->p && !(slot->p = malloc(f->page_size)))
		return reason_set(&db->why, ecMemory, "out of memory");
	status s = input_read(db->in, at, slot->p, f->page_size);
	if (s)
		return reason_set(&db->why, s, "%s page at 0x%llx lies beyond the end of the file or cannot be read",
				  type == PAGE_NBT ? "NBT" : "BBT", (unsigned long long)at);
	s = btree_page_parse(f, slot->p, at, type, 0, &slot->page);
	if (s)
		return reason_set(&db->why, s, "%s page at 0x%llx is damaged", type == PAGE_NBT ? "NBT" : "BBT",
				  (unsigned long long)at);
	slot->at = at;
	slot->type = type;
	return ecNone;
}

/* The slot that holds the page, else the one of its set that was longest unused. */
static struct page_slot *find_slot(struct ndb *db, uint64_t at)
{
	struct page_slot *set = &db->pages[at / db->format->page_size % PAGE_SETS * PAGE_WAYS], *oldest = set;

	for (unsigned i = 0; i < PAGE_WAYS; i++) {
		if (set[i].at == at)
			return &set[i];
		if (set[i].used < oldest->used)
			oldest = &set[i];
	}
	return oldest;
}

status ndb_btree_page(struct ndb *db, uint64_t at, unsigned type, pst_bid expect_bid, struct btree_page *out)
{
	struct page_slot *slot = find_slot(db, at);

	slot->used = ++db->ticks;
	if (slot->at != at || slot->type != type || !at) {
		status s = load_page(db, slot, at, type);
		if (s)
			return s;
		if (expect_bid && slot->page.bid != expect_bid)
			slot->page.flags |= NDB_BAD_ID;
		db->page_warnings += slot->page.flags != 0;
	}
	*out = slot->page;
	return ecNone;
}

static uint64_t entry_key(const struct pst_format *f, unsigned type, const struct btree_page *page, unsigned i)
{
	uint64_t key = load_id(f, page->p + (size_t)i * page->entry_size);

	/* The high half of an NID's 64 bits is padding that writers leave undefined. */
	return type == PAGE_NBT ? (uint32_t)key : bid_key(key);
}

/* The last entry whose key is <= the key; -1 when there is none. */
static int find_entry(const struct pst_format *f, unsigned type, const struct btree_page *page, uint64_t key)
{
	int low = 0, high = (int)page->count - 1;

	while (low <= high) {
		int middle = (low + high) / 2;

		if (entry_key(f, type, page, (unsigned)middle) <= key)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return high;
}

static status descend(struct ndb *db, unsigned type, const struct btree_page *page, int i, struct btree_page *child)
{
	const struct pst_format *f = db->format;
	const uint8_t *e = page->p + (size_t)(unsigned)i * page->entry_size;
	unsigned level = page->level;
	status s = ndb_btree_page(db, load_id(f, e + 2 * f->id_size), type, load_id(f, e + f->id_size), child);

	if (!s && child->level + 1 != level)
		return reason_set(&db->why, ecCorruptData, "%s: a page of level %u hangs below one of level %u",
				  type == PAGE_NBT ? "NBT" : "BBT", child->level, level);
	return s;
}

static status root_page(struct ndb *db, unsigned type, struct btree_page *out)
{
	const struct pst_root *r = &db->header.root;

	return type == PAGE_NBT ? ndb_btree_page(db, r->nbt_at, type, r->nbt_bid, out) :
				  ndb_btree_page(db, r->bbt_at, type, r->bbt_bid, out);
}

static status find_leaf_entry(struct ndb *db, unsigned type, uint64_t key, const uint8_t **entry)
{
	struct btree_page page;
	status s = root_page(db, type, &page);

	while (!s) {
		int i = find_entry(db->format, type, &page, key);

		if (i < 0 || (!page.level && entry_key(db->format, type, &page, (unsigned)i) != key))
			return ecNotFound;
		if (!page.level) {
			*entry = page.p + (size_t)(unsigned)i * page.entry_size;
			return ecNone;
		}
		s = descend(db, type, &page, i, &page);
	}
	return s;
}

static status btree_block(struct ndb *db, pst_bid bid, struct block_ref *out)
{
	const uint8_t *e;
	status s = find_leaf_entry(db, PAGE_BBT, bid_key(bid), &e);

	if (s == ecNotFound)
		return reason_set(&db->why, s, "block 0x%llx is not in the block B-tree", (unsigned long long)bid);
	if (s)
		return s;
	*out = bbt_entry(db->format, e);
	/* The id asked for, not the one found: cyclic encoding is keyed by it only through the entry. */
	return ecNone;
}

static status btree_node(struct ndb *db, pst_nid nid, struct node_ref *out)
{
	const uint8_t *e;
	status s = find_leaf_entry(db, PAGE_NBT, nid, &e);

	if (s == ecNotFound)
		return reason_set(&db->why, s, "node 0x%x is not in the node B-tree", nid);
	if (!s)
		*out = nbt_entry(db->format, e);
	return s;
}

/* In a page and what hangs below it, the first entry >= from. */
static status next_below(struct ndb *db, const struct btree_page *page, uint64_t from, struct node_ref *out)
{
	const struct pst_format *f = db->format;
	int i = find_entry(f, PAGE_NBT, page, from);

	if (!page->level) {
		if (i < 0 || entry_key(f, PAGE_NBT, page, (unsigned)i) < from)
			i++;
		if ((unsigned)i >= page->count)
			return ecNotFound;
		*out = nbt_entry(f, page->p + (size_t)(unsigned)i * page->entry_size);
		return ecNone;
	}
	for (i = i < 0 ? 0 : i; (unsigned)i < page->count; i++) {
		struct btree_page child;
		status s = descend(db, PAGE_NBT, page, i, &child);

		if (!s)
			s = next_below(db, &child, from, out);
		if (s != ecNotFound)
			return s;
	}
	return ecNotFound;
}

static status btree_next_node(struct ndb *db, uint64_t from, struct node_ref *out)
{
	struct btree_page root;
	status s = from > UINT32_MAX ? ecNotFound : root_page(db, PAGE_NBT, &root);

	return s ? s : next_below(db, &root, from, out);
}

const struct ndb_index ndb_btree_index = { btree_block, btree_node, btree_next_node };
