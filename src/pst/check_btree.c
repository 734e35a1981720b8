/* Every page of both B-trees, and every block. */
#include "base/crc32.h"
#include "pst/check_private.h"

#include <stdio.h>
#include <stdlib.h>

/* What a parent says of a page. */
struct expect_page {
	uint64_t at;
	pst_bid bid;
	int level;         /* -1: the root, any */
	uint64_t from, to; /* keys */
};

static const char *tree_name(unsigned type)
{
	return type == PAGE_NBT ? "node B-tree" : "block B-tree";
}

static void page_finding(struct checker *c, enum check_severity severity, const struct expect_page *p, unsigned type,
			 const char *what, uint64_t expected, uint64_t found)
{
	char name[CHECK_TEXT], e[CHECK_TEXT], f[CHECK_TEXT];

	(void)snprintf(name, sizeof name, "%s page: %s", tree_name(type), what);
	(void)snprintf(e, sizeof e, "0x%llx", (unsigned long long)expected);
	(void)snprintf(f, sizeof f, "0x%llx", (unsigned long long)found);
	check_report(c, &(struct check_finding){ severity, severity == CHECK_DAMAGE ? CHECK_BTREES : CHECK_PAGES, p->at, p->bid, true,
						 name, e, f });
}

static uint64_t key_at(const struct btree_page *page, unsigned type, const struct pst_format *f, unsigned i)
{
	uint64_t key = load_id(f, page->p + (size_t)i * page->entry_size);

	return type == PAGE_NBT ? (uint32_t)key : bid_key(key);
}

static void check_trailer(struct checker *c, const struct expect_page *p, unsigned type, const struct btree_page *page,
			  const uint8_t *raw)
{
	const struct pst_format *f = c->db.format;
	const uint8_t *t = raw + f->page_trailer;

	if (page->flags & NDB_BAD_CRC)
		page_finding(c, CHECK_WARNING, p, type, "CRC", crc32_pst(0, bytes_of(raw, f->page_trailer)), le32(f->wide ? t + 4 : t + 8));
	if (page->flags & NDB_BAD_SIGNATURE)
		page_finding(c, CHECK_WARNING, p, type, "signature", pst_signature(p->at, page->bid), le16(t + 2));
	if (page->bid != p->bid)
		page_finding(c, CHECK_WARNING, p, type, "id in the trailer", p->bid, page->bid);
}

static void check_keys(struct checker *c, const struct expect_page *p, unsigned type, const struct btree_page *page)
{
	const struct pst_format *f = c->db.format;
	uint64_t last = 0;

	for (unsigned i = 0; i < page->count; i++) {
		uint64_t key = key_at(page, type, f, i);

		if (i && key <= last)
			page_finding(c, CHECK_DAMAGE, p, type, "keys out of order", last, key);
		if (key < p->from || key >= p->to)
			page_finding(c, CHECK_DAMAGE, p, type, "a key outside what the page above says", p->from, key);
		last = key;
	}
}

static void verify_block(struct checker *c, const struct block_ref *ref, uint8_t *scratch);

static status see_bbt_leaf(struct checker *c, const struct expect_page *p, const struct btree_page *page)
{
	if (c->n_leaves == c->cap_leaves) {
		size_t cap = c->cap_leaves ? c->cap_leaves * 2 : 256;
		void *v = realloc(c->leaves, cap * sizeof *c->leaves);

		if (!v)
			return ecMemory;
		c->leaves = v;
		c->cap_leaves = cap;
	}
	c->leaves[c->n_leaves++] = (struct leaf_key){ page->count ? key_at(page, PAGE_BBT, c->db.format, 0) : p->from, c->n_blocks, p->at };
	c->n_blocks += page->count;
	return ecNone;
}

static status walk_page(struct checker *c, const struct expect_page *p, unsigned type, uint8_t *scratch);

static status walk_children(struct checker *c, const struct expect_page *p, unsigned type, const struct btree_page *page, uint8_t *scratch)
{
	const struct pst_format *f = c->db.format;
	status s = ecNone;

	for (unsigned i = 0; !s && i < page->count; i++) {
		const uint8_t *e = page->p + (size_t)i * page->entry_size;
		struct expect_page child = { load_id(f, e + 2 * f->id_size), load_id(f, e + f->id_size), (int)page->level - 1,
					     key_at(page, type, f, i), i + 1 < page->count ? key_at(page, type, f, i + 1) : p->to };

		s = walk_page(c, &child, type, scratch);
	}
	return s;
}

static status walk_leaf(struct checker *c, const struct expect_page *p, unsigned type, const struct btree_page *page, uint8_t *scratch)
{
	status s = type == PAGE_BBT ? see_bbt_leaf(c, p, page) : ecNone;

	for (unsigned i = 0; !s && type == PAGE_BBT && i < page->count; i++) {
		struct block_ref ref = bbt_entry(c->db.format, page->p + (size_t)i * page->entry_size);

		verify_block(c, &ref, scratch);
	}
	return s;
}

static status read_page(struct checker *c, const struct expect_page *p, unsigned type, uint8_t *raw, struct btree_page *page)
{
	status s = input_read(c->db.in, p->at, raw, c->db.format->page_size);

	if (s == ecDiskError)
		return reason_set(&c->db.why, s, "the file cannot be read at 0x%llx", (unsigned long long)p->at);
	if (!s)
		s = btree_page_parse(c->db.format, raw, p->at, type, 0, page);
	if (s) {
		page_finding(c, CHECK_DAMAGE, p, type, "not a page of this tree", type, s == ecNone ? 0 : raw[c->db.format->page_trailer]);
		return ecCorruptData;
	}
	if (p->level >= 0 && (int)page->level != p->level) {
		page_finding(c, CHECK_DAMAGE, p, type, "level", (uint64_t)p->level, page->level);
		return ecCorruptData;
	}
	return ecNone;
}

/* A damaged page costs what is below it and no more. */
static status walk_page(struct checker *c, const struct expect_page *p, unsigned type, uint8_t *scratch)
{
	uint8_t *raw = malloc(c->db.format->page_size);
	struct btree_page page;
	status s = raw ? read_page(c, p, type, raw, &page) : ecMemory;

	if (!s) {
		c->summary->pages++;
		check_progress(c, c->db.format->page_size);
		check_trailer(c, p, type, &page, raw);
		check_keys(c, p, type, &page);
		s = page.level ? walk_children(c, p, type, &page, scratch) : walk_leaf(c, p, type, &page, scratch);
	} else if (s == ecCorruptData) {
		s = ecNone;
	}
	free(raw);
	return s;
}

/* Blocks ----------------------------------------------------------------------------------------------------- */

static void block_finding(struct checker *c, enum check_severity severity, const struct block_ref *ref, const char *what,
			  uint64_t expected, uint64_t found)
{
	char e[CHECK_TEXT], f[CHECK_TEXT];

	(void)snprintf(e, sizeof e, "0x%llx", (unsigned long long)expected);
	(void)snprintf(f, sizeof f, "0x%llx", (unsigned long long)found);
	check_report(c, &(struct check_finding){ severity, CHECK_BLOCKS, ref->at, ref->bid, severity != CHECK_DAMAGE, what, e, f });
}

static void verify_block(struct checker *c, const struct block_ref *ref, uint8_t *scratch)
{
	const struct pst_format *f = c->db.format;
	uint64_t disk = block_disk_size(f, ref->size);

	c->summary->blocks++;
	check_progress(c, disk);
	if (!ref->size || ref->size > f->block_data_max || ref->at % f->block_align) {
		block_finding(c, CHECK_DAMAGE, ref, "block entry: size or place impossible", f->block_data_max, ref->size);
		return;
	}
	if (input_read(c->db.in, ref->at, scratch, (size_t)disk)) {
		block_finding(c, CHECK_DAMAGE, ref, "block beyond the end of the file", c->db.in->size, ref->at + disk);
		return;
	}
	const uint8_t *t = scratch + disk - f->block_trailer;
	pst_bid bid = f->wide ? le64(t + 8) : le32(t + 4);
	uint32_t crc = le32(f->wide ? t + 4 : t + 8), actual = crc32_pst(0, bytes_of(scratch, ref->size));
	if (le16(t) != ref->size)
		block_finding(c, CHECK_DAMAGE, ref, "block: size in the trailer", ref->size, le16(t));
	if (bid_key(bid) != bid_key(ref->bid))
		block_finding(c, CHECK_DAMAGE, ref, "block: id in the trailer", ref->bid, bid);
	if (le16(t + 2) != pst_signature(ref->at, bid))
		block_finding(c, CHECK_WARNING, ref, "block: signature", pst_signature(ref->at, bid), le16(t + 2));
	if (crc != actual)
		block_finding(c, CHECK_DAMAGE, ref, "block: CRC", crc, actual);
	if (!bid_internal(ref->bid) ? ref->bid >= c->db.header.next_block + 4 : ref->bid > c->db.header.next_block + 4)
		block_finding(c, CHECK_WARNING, ref, "block id not below bidNextB of the header", c->db.header.next_block, ref->bid);
}

bool check_block_number(struct checker *c, pst_bid bid, uint64_t *number)
{
	size_t low = 0, high = c->n_leaves;
	struct btree_page page;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (c->leaves[middle].first <= bid_key(bid))
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || ndb_btree_page(&c->db, c->leaves[low - 1].at, PAGE_BBT, 0, &page))
		return false;
	for (unsigned i = 0; i < page.count; i++)
		if (key_at(&page, PAGE_BBT, c->db.format, i) == bid_key(bid)) {
			*number = c->leaves[low - 1].number + i;
			return true;
		}
	return false;
}

status check_btrees(struct checker *c)
{
	const struct pst_root *r = &c->db.header.root;
	const struct expect_page bbt = { r->bbt_at, r->bbt_bid, -1, 0, UINT64_MAX };
	const struct expect_page nbt = { r->nbt_at, r->nbt_bid, -1, 0, (uint64_t)UINT32_MAX + 1 };
	uint8_t *scratch = malloc(2 * PST_BLOCK_MAX);
	status s = scratch ? walk_page(c, &bbt, PAGE_BBT, scratch) : ecMemory;

	if (!s)
		s = walk_page(c, &nbt, PAGE_NBT, scratch);
	free(scratch);
	return s;
}
