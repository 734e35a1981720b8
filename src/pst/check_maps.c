/*
 * Allocation maps against what is allocated: a unit in use must be marked, a marked one should be in use.  Done in
 * windows of so many maps at a time, each with a pass over the leaf pages of the block B-tree, so that memory is
 * bounded whatever the file's size.
 */
#include "pst/check_private.h"

#include <stdio.h>
#include <stdlib.h>

#define WINDOW_MAPS 16384u /* times 496 bytes: 8 MiB */

struct window {
	uint64_t first, n; /* maps */
	uint8_t *used;     /* amap_bytes for each */
};

static uint64_t map_at(const struct pst_format *f, uint64_t i)
{
	return f->amap_first + i * amap_span(f);
}

static void mark(const struct pst_format *f, struct window *w, uint64_t at, uint64_t size)
{
	uint64_t begin = map_at(f, w->first), end = map_at(f, w->first + w->n);

	if (at + size <= begin || at >= end)
		return;
	uint64_t from = at < begin ? 0 : (at - begin) / f->amap_unit;
	uint64_t to = at + size > end ? w->n * f->amap_bytes * 8 : (at + size - begin + f->amap_unit - 1) / f->amap_unit;
	for (uint64_t i = from; i < to; i++)
		w->used[i / 8] |= (uint8_t)(0x80 >> i % 8);
}

static void mark_blocks(struct checker *c, struct window *w)
{
	const struct pst_format *f = c->db.format;

	for (size_t l = 0; l < c->n_leaves; l++) {
		struct btree_page page;

		if (ndb_btree_page(&c->db, c->leaves[l].at, PAGE_BBT, 0, &page))
			continue;
		for (unsigned i = 0; i < page.count; i++) {
			struct block_ref ref = bbt_entry(f, page.p + (size_t)i * page.entry_size);

			if (ref.size && ref.size <= f->block_data_max)
				mark(f, w, ref.at, block_disk_size(f, ref.size));
		}
	}
}

/* Levels count down, so the recursion ends. */
static void mark_pages(struct checker *c, struct window *w, uint64_t at, unsigned type, int level)
{
	const struct pst_format *f = c->db.format;
	uint8_t *raw = malloc(f->page_size);
	struct btree_page page;

	mark(f, w, at, f->page_size);
	if (raw && !input_read(c->db.in, at, raw, f->page_size) && !btree_page_parse(f, raw, at, type, 0, &page) &&
	    (level < 0 || (int)page.level == level))
		for (unsigned i = 0; page.level && i < page.count; i++)
			mark_pages(c, w, load_id(f, page.p + (size_t)i * page.entry_size + 2 * f->id_size), type, (int)page.level - 1);
	free(raw);
}

static void map_finding(struct checker *c, enum check_severity severity, uint64_t at, const char *what, uint64_t expected, uint64_t found)
{
	char e[CHECK_TEXT], f[CHECK_TEXT];

	(void)snprintf(e, sizeof e, "%llu", (unsigned long long)expected);
	(void)snprintf(f, sizeof f, "%llu", (unsigned long long)found);
	check_report(c, &(struct check_finding){ severity, CHECK_MAPS, at, 0, true, what, e, f });
}

/* Units in use that the map calls free would be written over by the next writer. */
static uint64_t compare_map(struct checker *c, const struct window *w, uint64_t i, const uint8_t *map)
{
	const struct pst_format *f = c->db.format;
	const uint8_t *used = w->used + (i - w->first) * f->amap_bytes;
	uint64_t unmarked = 0, free_units = 0;

	for (unsigned b = 0; b < f->amap_bytes; b++) {
		unmarked += (unsigned)__builtin_popcount((unsigned)used[b] & ~(unsigned)map[b] & 0xFF);
		free_units += 8u - (unsigned)__builtin_popcount(map[b]);
	}
	if (unmarked)
		map_finding(c, c->db.header.root.amap_valid ? CHECK_WARNING : CHECK_NOTE, map_at(f, i), "allocation map: units in use marked as free",
			    0, unmarked);
	return free_units;
}

static status check_window(struct checker *c, struct window *w, uint64_t *free_units)
{
	const struct pst_format *f = c->db.format;
	const struct pst_root *r = &c->db.header.root;
	uint8_t *page = malloc(f->page_size);

	if (!page)
		return ecMemory;
	mark_blocks(c, w);
	mark_pages(c, w, r->nbt_at, PAGE_NBT, -1);
	mark_pages(c, w, r->bbt_at, PAGE_BBT, -1);
	for (uint64_t i = w->first; i < w->first + w->n; i++) {
		const uint8_t *t = page + f->page_trailer;

		if (input_read(c->db.in, map_at(f, i), page, f->page_size) || t[0] != PAGE_AMAP || t[1] != PAGE_AMAP) {
			map_finding(c, CHECK_WARNING, map_at(f, i), "allocation map missing or damaged", PAGE_AMAP, t[0]);
			continue;
		}
		c->summary->pages++;
		check_progress(c, f->page_size);
		*free_units += compare_map(c, w, i, page + f->amap_bits_at);
	}
	free(page);
	return ecNone;
}

status check_maps(struct checker *c)
{
	const struct pst_format *f = c->db.format;
	const struct pst_root *r = &c->db.header.root;
	uint64_t size = c->db.in->size, free_units = 0, maps;
	status s = ecNone;

	if (size <= f->amap_first)
		return ecNone;
	maps = (size - f->amap_first + amap_span(f) - 1) / amap_span(f);
	uint64_t most = maps < WINDOW_MAPS ? maps : WINDOW_MAPS;
	struct window w = { .used = malloc(most * f->amap_bytes) };
	if (!w.used)
		return ecMemory;
	for (; !s && w.first < maps; w.first += w.n) {
		w.n = maps - w.first < most ? maps - w.first : most;
		memset(w.used, 0, w.n * f->amap_bytes);
		s = check_window(c, &w, &free_units);
	}
	free(w.used);
	if (!s && r->amap_valid && r->amap_free != free_units * f->amap_unit)
		map_finding(c, CHECK_NOTE, 0, "header: free bytes in the allocation maps (cbAMapFree)", free_units * f->amap_unit, r->amap_free);
	if (!s && r->amap_last != map_at(f, maps - 1))
		map_finding(c, CHECK_NOTE, 0, "header: place of the last allocation map (ibAMapLast)", map_at(f, maps - 1), r->amap_last);
	return s;
}
