#include "pst/recover.h"

#include "pst/crypt.h"
#include "pst/pst_private.h"
#include "pst/recover_nodes.h"
#include "pst/recover_orphans.h"

#include <stdlib.h>

struct pst_recovery {
	struct ndb db;
	struct pst_info info;
	struct arena arena;
	struct scan scan;
	struct found_nodes nodes;
	struct extra_messages extras;
	struct recover_summary summary;
	struct item_source source;
	bool undelete;
};

/* The index made of what was found --------------------------------------------------------------------- */

static status found_block(struct ndb *db, pst_bid bid, struct block_ref *out)
{
	struct pst_recovery *r = db->index_context;
	const struct found_block *b = scan_find(&r->scan, bid);

	if (!b)
		return reason_set(&db->why, ecNotFound, "block 0x%llx is gone", (unsigned long long)bid);
	*out = (struct block_ref){ .bid = bid, .at = found_at(b), .size = found_size(b) };
	return ecNone;
}

static status found_next_node(struct ndb *db, uint64_t from, struct node_ref *out)
{
	struct pst_recovery *r = db->index_context;
	const struct found_node *n = nodes_from(&r->nodes, from);

	while (n && n < r->nodes.v + r->nodes.n && n->stale)
		n++;
	if (!n || n == r->nodes.v + r->nodes.n)
		return ecNotFound;
	*out = (struct node_ref){ .nid = n->nid, .parent = n->parent, .data = n->data, .sub = n->sub };
	return ecNone;
}

static status found_node(struct ndb *db, pst_nid nid, struct node_ref *out)
{
	struct node_ref n;
	status s = found_next_node(db, nid, &n);

	if (s || n.nid != nid)
		return reason_set(&db->why, ecNotFound, "node 0x%x is gone", nid);
	*out = n;
	return ecNone;
}

static const struct ndb_index found_index = { found_block, found_node, found_next_node };

/* What kind of file it is ------------------------------------------------------------------------------ */

/* The first part of a file tells what it is; where it is gone, more of it is asked. */
#define GUESS_BYTES ((uint64_t)2 << 20)
#define GUESS_MORE 32
#define GUESS_BLOCKS ((size_t)500)

/* A header that can be trusted: its checksum is right, or all else about it makes sense. */
static bool header_of(struct input *in, struct pst_header *h)
{
	uint8_t data[PST_HEADER_SIZE];

	if (input_read(in, 0, data, sizeof data) || pst_header_decode(bytes_of(data, sizeof data), h, NULL))
		return false;
	return h->magic_ok && (h->crc_partial_ok || h->crc_full_ok || h->sentinel_ok) && h->encryption <= PST_ENCRYPT_CYCLIC;
}

struct guess {
	const struct pst_format *format;
	unsigned version;
};

/* The format whose trailers are found most in the first `bytes`. */
static struct guess guess_within(struct input *in, uint64_t bytes)
{
	static const struct guess all[] = { { &pst_format_unicode, 23 }, { &pst_format_ansi, 14 }, { &pst_format_4k, 36 } };
	struct guess best = { NULL, 0 };
	size_t most = 0;

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct scan s;
		status st = scan_file(&s, in, all[i].format, bytes, NULL, NULL);
		size_t n = s.n_blocks + s.nbt.n + s.bbt.n;

		if (!st && n > most) {
			most = n;
			best = all[i];
		}
		scan_free(&s);
	}
	return best;
}

static struct guess guess_format(struct input *in)
{
	struct guess best = { NULL, 0 };
	uint64_t bytes = GUESS_BYTES;

	for (; !best.format && bytes < in->size; bytes *= GUESS_MORE)
		best = guess_within(in, bytes);
	return best.format ? best : guess_within(in, in->size);
}

/* How many of the first `most` blocks begin as heaps do, were they encoded so. */
static size_t count_heaps(struct pst_recovery *r, size_t most, unsigned encryption)
{
	size_t heaps = 0, seen = 0;
	uint8_t *block = malloc(PST_BLOCK_MAX);

	r->db.header.encryption = (uint8_t)encryption;
	for (size_t i = 0; block && i < r->scan.n_blocks && seen < most; i++) {
		const struct found_block *b = &r->scan.blocks[i];
		struct block_ref ref = { .bid = b->bid, .at = found_at(b), .size = found_size(b) };
		unsigned flags;
		size_t n;

		if (bid_internal(b->bid) || ndb_read_block(&r->db, &ref, block, &n, &flags))
			continue;
		seen++;
		heaps += n > 12 && block[2] == 0xEC && (block[3] == HEAP_CLIENT_PC || block[3] == HEAP_CLIENT_TC) && le16(block) < n;
	}
	free(block);
	return heaps;
}

static void guess_encryption(struct pst_recovery *r)
{
	unsigned best = PST_ENCRYPT_NONE;
	size_t most = 0;

	for (size_t blocks = GUESS_BLOCKS; !most && blocks < GUESS_MORE * r->scan.n_blocks; blocks *= GUESS_MORE)
		for (unsigned e = PST_ENCRYPT_NONE; e <= PST_ENCRYPT_CYCLIC; e++) {
			size_t n = count_heaps(r, blocks, e);

			if (n > most) {
				most = n;
				best = e;
			}
		}
	r->db.header.encryption = (uint8_t)best;
}

/* Blocks that the BBT knows and the scan does not ------------------------------------------------------- */

/* A block with a wrong trailer or checksum proves nothing by itself, but a leaf page of the BBT says where it is. */
static status add_unproven(struct pst_recovery *r)
{
	size_t proven = r->scan.n_blocks;
	status s = ecNone;

	for (size_t i = 0; !s && i < r->scan.bbt.n; i++) {
		struct btree_page page;

		if (ndb_btree_page(&r->db, r->scan.bbt.v[i].at, PAGE_BBT, 0, &page))
			continue;
		for (unsigned k = 0; !s && k < page.count; k++) {
			struct block_ref ref = bbt_entry(r->db.format, page.p + (size_t)k * page.entry_size);
			struct scan sorted = r->scan;

			sorted.n_blocks = proven;
			if (!scan_find(&sorted, ref.bid) && ref.size && ref.at + ref.size <= r->db.in->size)
				s = scan_add(&r->scan, &ref);
		}
	}
	scan_sort(&r->scan);
	r->summary.bad_blocks = r->scan.n_blocks - proven;
	return s;
}

/* Opening -------------------------------------------------------------------------------------------------- */

struct stage {
	const struct recover_options *options;
	const char *name;
};

static void stage_progress(void *context, uint64_t done, uint64_t total)
{
	const struct stage *s = context;

	s->options->progress(s->options->context, s->name, done, total);
}

static status scan_input(struct pst_recovery *r, struct input *in, const struct recover_options *options, struct reason *why)
{
	struct pst_header h = { 0 };
	bool header = header_of(in, &h);
	struct guess g = header ? (struct guess){ pst_format_of_version(h.version), h.version } : guess_format(in);
	struct stage stage = { options, "scan" };

	if (!g.format)
		return reason_set(why, ecCorruptData, "%s: no page and no block of an Outlook store was found in it", in->name);
	if (!header)
		h = (struct pst_header){ .version = (uint16_t)g.version, .client_version = g.version == 36 ? 12 : 19 };
	status s = ndb_init(&r->db, in, &h);
	if (!s)
		s = scan_file(&r->scan, in, g.format, UINT64_MAX, options->progress ? stage_progress : NULL, &stage);
	if (s)
		return reason_set(why, s, s == ecMemory ? "out of memory" : "%s cannot be read", in->name);
	r->summary.header_used = header;
	if (!header)
		guess_encryption(r);
	return ecNone;
}

static status build_index(struct pst_recovery *r, const struct recover_options *options)
{
	status s = add_unproven(r);

	if (!s)
		s = nodes_load(&r->nodes, &r->db, &r->scan);
	if (s)
		return s;
	r->db.index = &found_index;
	r->db.index_context = r;
	if (options->undelete || !r->nodes.tree_whole)
		s = orphans_find(&r->db, &r->scan, &r->nodes, options->undelete, &r->extras);
	return s;
}

static void summarise(struct pst_recovery *r)
{
	struct recover_summary *s = &r->summary;

	s->version = r->db.header.version;
	s->encryption = r->db.header.encryption;
	s->nbt_used = r->nodes.tree_whole;
	s->bbt_used = r->scan.bbt.n > 0;
	s->pages = r->scan.pages;
	s->bad_pages = r->scan.bad_pages;
	s->stale_pages = r->nodes.stale_pages;
	s->blocks = r->scan.n_blocks;
	s->nodes = r->nodes.n;
	for (size_t i = 0; i < r->nodes.n; i++)
		s->stale_nodes += r->nodes.v[i].stale;
	for (size_t i = 0; i < r->extras.n; i++)
		s->rebuilt_nodes += r->extras.v[i].node.nid == 0;
}

static status run_source(struct item_source *src, struct item_sink *sink, struct reason *why)
{
	struct pst_recovery *r = (struct pst_recovery *)((char *)src - offsetof(struct pst_recovery, source));

	return emit_store(&r->db, &r->info, &r->extras, sink, why);
}

status pst_recover_open(struct input *in, const struct recover_options *options, struct pst_recovery **out, struct reason *why)
{
	struct pst_recovery *r = calloc(1, sizeof *r);

	if (!r)
		return reason_set(why, ecMemory, "out of memory");
	arena_init(&r->arena, ITEM_ARENA_MAX);
	status s = scan_input(r, in, options, why);
	if (!s) {
		s = build_index(r, options);
		if (s)
			(void)reason_set(why, s, "%s: %s", in->name, s == ecMemory ? "out of memory" : r->db.why.text);
	}
	if (!s && !r->scan.n_blocks)
		s = reason_set(why, ecCorruptData, "%s: no block of an Outlook store was found in it", in->name);
	if (s) {
		pst_recovery_close(r);
		return s;
	}
	pst_info_fill(&r->info, &r->db, &r->arena);
	summarise(r);
	r->source.run = run_source;
	*out = r;
	return ecNone;
}

struct item_source *pst_recovery_source(struct pst_recovery *r)
{
	return &r->source;
}

const struct recover_summary *pst_recovery_summary(const struct pst_recovery *r)
{
	return &r->summary;
}

const struct pst_info *pst_recovery_info(const struct pst_recovery *r)
{
	return &r->info;
}

void pst_recovery_close(struct pst_recovery *r)
{
	if (!r)
		return;
	scan_free(&r->scan);
	nodes_free(&r->nodes);
	free(r->extras.v);
	ndb_free(&r->db);
	arena_free(&r->arena);
	free(r);
}
