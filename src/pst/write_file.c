#include "pst/write_file.h"

#include "base/crc32.h"
#include "pst/crypt.h"

#define PAGE 512u
#define AMAP_FIRST 0x4400u
#define DLIST_AT 0x4200u
#define SPAN ((uint64_t)AMAP_BYTES * 8 * 64) /* bytes that one allocation map governs */
#define MAPS_PER_PMAP 8u
#define MAPS_IN_HEADER 128u /* allocation maps that rgbFM of the header speaks for */
#define MAPS_PER_FMAP 496u
#define MAPS_IN_HEADER_FP (128u * 8 * MAPS_PER_PMAP)
#define MAPS_PER_FPMAP (496u * 8 * MAPS_PER_PMAP)
#define ENTRIES_AT 488u

static status out_error(struct file_writer *w, status s)
{
	return reason_set(&w->why, s, "cannot write %s: %s", output_path(w->out), output_failure(w->out));
}

static status write_at(struct file_writer *w, uint64_t at, const void *p, size_t n)
{
	status s = output_write_at(w->out, at, p, n);

	return s ? out_error(w, s) : ecNone;
}

/* Maps ------------------------------------------------------------------------------------------------- */

static uint64_t region_at(uint64_t region)
{
	return AMAP_FIRST + region * SPAN;
}

/* Pages that a region begins with: its AMap, and PMap, FMap and FPMap where their turn comes. [MS-PST] 2.2.2.7.2-6 */
static unsigned region_types(uint64_t region, unsigned types[4])
{
	unsigned n = 0;

	types[n++] = PAGE_AMAP;
	if (region % MAPS_PER_PMAP == 0)
		types[n++] = PAGE_PMAP;
	if (region >= MAPS_IN_HEADER && (region - MAPS_IN_HEADER) % MAPS_PER_FMAP == 0)
		types[n++] = PAGE_FMAP;
	if (region >= MAPS_IN_HEADER_FP && (region - MAPS_IN_HEADER_FP) % MAPS_PER_FPMAP == 0)
		types[n++] = PAGE_FPMAP;
	return n;
}

static void seal_page(uint8_t page[PAGE], unsigned type, uint64_t at, pst_bid bid)
{
	uint8_t *t = page + AMAP_BYTES;
	bool map = type == PAGE_AMAP || type == PAGE_PMAP || type == PAGE_FMAP || type == PAGE_FPMAP;

	t[0] = t[1] = (uint8_t)type;
	put_le16(t + 2, map ? 0 : pst_signature(at, bid));
	put_le32(t + 4, crc32_pst(0, bytes_of(page, AMAP_BYTES)));
	put_le64(t + 8, bid);
}

static void mark(struct file_writer *w, uint64_t at, uint64_t n)
{
	uint64_t first = (at - region_at(w->region)) / 64, last = (at + n - region_at(w->region) + 63) / 64;

	for (uint64_t i = first; i < last; i++)
		w->amap[i / 8] |= (uint8_t)(0x80 >> i % 8);
}

/* The map pages at the head of the region, with the AMap as it stands. */
static status write_maps(struct file_writer *w)
{
	unsigned types[4], n = region_types(w->region, types);
	status s = ecNone;

	for (unsigned i = 0; !s && i < n; i++) {
		uint64_t at = region_at(w->region) + (uint64_t)i * PAGE;
		uint8_t page[PAGE];

		/* The others are not kept up by any writer since 2003 and are all ones. */
		memset(page, 0xFF, sizeof page);
		if (types[i] == PAGE_AMAP)
			memcpy(page, w->amap, AMAP_BYTES);
		seal_page(page, types[i], at, at);
		s = write_at(w, at, page, sizeof page);
	}
	for (unsigned i = 0; i < AMAP_BYTES; i++)
		w->free_bytes += 64u * (8u - (unsigned)__builtin_popcount(w->amap[i]));
	return s;
}

static void begin_region(struct file_writer *w, uint64_t region)
{
	unsigned types[4];
	uint64_t heads = (uint64_t)region_types(region, types) * PAGE;

	w->region = region;
	memset(w->amap, 0, sizeof w->amap);
	w->at = region_at(region) + heads;
	mark(w, region_at(region), heads);
}

static status allocate(struct file_writer *w, uint64_t n, uint64_t align, uint64_t *at)
{
	uint64_t place = (w->at + align - 1) / align * align;

	if (place + n > region_at(w->region + 1)) {
		status s = write_maps(w);

		if (s)
			return s;
		begin_region(w, w->region + 1);
		place = (w->at + align - 1) / align * align;
	}
	mark(w, place, n);
	w->at = place + n;
	*at = place;
	return ecNone;
}

status file_writer_init(struct file_writer *w, struct output *out, unsigned encryption)
{
	static const uint8_t zeros[AMAP_FIRST];

	*w = (struct file_writer){ .out = out, .encryption = encryption, .next_bid = 4, .next_page = 1 };
	begin_region(w, 0);
	btree_writer_init(&w->bbt, w, PAGE_BBT, 24);
	return write_at(w, 0, zeros, sizeof zeros);
}

/* Blocks ------------------------------------------------------------------------------------------------ */

status file_reserve(struct file_writer *w, size_t n, bool internal, struct block_place *out)
{
	struct block_place p = { .bid = w->next_bid | (internal ? 2 : 0), .size = (uint32_t)n };
	uint8_t entry[24] = { 0 };

	if (!n || n > BLOCK_DATA_MAX)
		return reason_set(&w->why, ecInvalidParam, "a block of %zu bytes", n);
	status s = allocate(w, block_disk_size(&pst_format_unicode, p.size), 64, &p.at);
	if (s)
		return s;
	w->next_bid += 4;
	w->blocks++;
	put_le64(entry, p.bid);
	put_le64(entry + 8, p.at);
	put_le16(entry + 16, (uint16_t)n);
	put_le16(entry + 18, 2); /* one owner, and the entry itself */
	s = btree_writer_add(&w->bbt, entry);
	if (!s)
		*out = p;
	return s;
}

status file_fill(struct file_writer *w, const struct block_place *place, const void *data)
{
	uint8_t block[BLOCK_DATA_MAX + 16 + 64];
	size_t disk = (size_t)block_disk_size(&pst_format_unicode, place->size);
	uint8_t *t = block + disk - 16;

	memcpy(block, data, place->size);
	memset(block + place->size, 0, disk - place->size);
	if (!bid_internal(place->bid) && w->encryption == 1)
		pst_permute_encode(block, place->size);
	else if (!bid_internal(place->bid) && w->encryption == 2)
		pst_cyclic(block, place->size, (uint32_t)place->bid);
	put_le16(t, (uint16_t)place->size);
	put_le16(t + 2, pst_signature(place->at, place->bid));
	put_le32(t + 4, crc32_pst(0, bytes_of(block, place->size)));
	put_le64(t + 8, place->bid);
	w->digest = (w->digest ^ le32(t + 4)) * 0x9E3779B97F4A7C15u + place->bid;
	return write_at(w, place->at, block, disk);
}

status file_block(struct file_writer *w, const void *data, size_t n, bool internal, pst_bid *bid)
{
	struct block_place p;
	status s = file_reserve(w, n, internal, &p);

	if (!s)
		s = file_fill(w, &p, data);
	if (!s)
		*bid = p.bid;
	return s;
}

status file_page(struct file_writer *w, uint8_t page[PAGE], unsigned type, pst_bid *bid, uint64_t *at)
{
	uint64_t place;
	status s = allocate(w, PAGE, PAGE, &place);

	if (s)
		return s;
	*bid = w->next_page++;
	*at = place;
	seal_page(page, type, place, *bid);
	return write_at(w, place, page, PAGE);
}

/* B-trees ------------------------------------------------------------------------------------------------ */

void btree_writer_init(struct btree_writer *b, struct file_writer *file, unsigned type, unsigned leaf_size)
{
	b->file = file;
	b->type = type;
	b->leaf_size = leaf_size;
	for (unsigned i = 0; i < BTREE_LEVELS; i++)
		b->level[i] = (struct btree_level){ .count = 0 };
}

static unsigned entry_size(const struct btree_writer *b, unsigned level)
{
	return level ? 24 : b->leaf_size;
}

static status emit(struct btree_writer *b, unsigned level, struct file_root *place)
{
	struct btree_level *l = &b->level[level];
	unsigned size = entry_size(b, level);

	l->page[488] = (uint8_t)l->count;
	l->page[489] = (uint8_t)(ENTRIES_AT / size);
	l->page[490] = (uint8_t)size;
	l->page[491] = (uint8_t)level;
	status s = file_page(b->file, l->page, b->type, &place->bid, &place->at);
	l->count = 0;
	l->emitted++;
	return s;
}

static status add(struct btree_writer *b, unsigned level, const uint8_t *entry);

/* Writes the page of a level and enters it into the level above. */
static status emit_up(struct btree_writer *b, unsigned level)
{
	uint8_t entry[24];
	struct file_root place = { 0 };

	if (level + 1 == BTREE_LEVELS)
		return reason_set(&b->file->why, ecTooBig, "a B-tree grew too high");
	memcpy(entry, b->level[level].page, 8);
	status s = emit(b, level, &place);
	memset(b->level[level].page, 0, sizeof b->level[level].page);
	put_le64(entry + 8, place.bid);
	put_le64(entry + 16, place.at);
	return s ? s : add(b, level + 1, entry);
}

static status add(struct btree_writer *b, unsigned level, const uint8_t *entry)
{
	struct btree_level *l = &b->level[level];
	unsigned size = entry_size(b, level);

	if (l->count == ENTRIES_AT / size) {
		status s = emit_up(b, level);
		if (s)
			return s;
	}
	memcpy(l->page + (size_t)l->count * size, entry, size);
	l->count++;
	return ecNone;
}

status btree_writer_add(struct btree_writer *b, const uint8_t *entry)
{
	return add(b, 0, entry);
}

status btree_writer_finish(struct btree_writer *b, struct file_root *root)
{
	for (unsigned level = 0; level < BTREE_LEVELS; level++) {
		bool top = b->level[level].emitted == 0;
		status s = top ? emit(b, level, root) : b->level[level].count ? emit_up(b, level) : ecNone;

		if (s || top)
			return s;
	}
	return reason_set(&b->file->why, ecTooBig, "a B-tree grew too high");
}

/* Header ------------------------------------------------------------------------------------------------- */

static void fill_root(uint8_t *p, const struct file_writer *w, const struct file_root *nbt, const struct file_root *bbt)
{
	put_le64(p + 4, region_at(w->region + 1));
	put_le64(p + 12, region_at(w->region));
	put_le64(p + 20, w->free_bytes);
	put_le64(p + 36, nbt->bid);
	put_le64(p + 44, nbt->at);
	put_le64(p + 52, bbt->bid);
	put_le64(p + 60, bbt->at);
	p[68] = 2; /* VALID_AMAP2 */
}

static void fill_header(uint8_t h[PST_HEADER_SIZE], const struct file_writer *w, const uint32_t next_nid[32], bool as_ost)
{
	static const uint8_t magic[4] = { '!', 'B', 'D', 'N' };

	memcpy(h, magic, sizeof magic);
	h[8] = 'S';
	h[9] = as_ost ? 'O' : 'M';
	put_le16(h + 10, 23);
	put_le16(h + 12, as_ost ? 12 : 19);
	h[14] = h[15] = 1;
	put_le64(h + 32, w->next_page);
	put_le32(h + 40, 1); /* dwUnique: one writing */
	for (unsigned i = 0; i < 32; i++)
		put_le32(h + 44 + 4 * i, next_nid[i]);
	memset(h + 256, 0xFF, 256);
	h[512] = 0x80;
	h[513] = (uint8_t)w->encryption;
	put_le64(h + 516, w->next_bid);
}

/* An empty density list: a hint for allocation that says nothing. [MS-PST] 2.2.2.7.4.2 */
static status write_dlist(struct file_writer *w)
{
	uint8_t page[PAGE] = { 0 };
	pst_bid bid = w->next_page++;

	seal_page(page, PAGE_DLIST, DLIST_AT, bid);
	return write_at(w, DLIST_AT, page, sizeof page);
}

status file_writer_finish(struct file_writer *w, const struct file_root *nbt, const uint32_t next_nid[32], bool as_ost)
{
	static const uint8_t zero;
	uint8_t h[PST_HEADER_SIZE] = { 0 };
	struct file_root bbt;
	status s = btree_writer_finish(&w->bbt, &bbt);

	if (!s)
		s = write_dlist(w);
	if (!s)
		s = write_maps(w);
	if (!s)
		s = write_at(w, region_at(w->region + 1) - 1, &zero, 1);
	if (s)
		return s;
	fill_header(h, w, next_nid, as_ost);
	fill_root(h + 180, w, nbt, &bbt);
	put_le32(h + 4, crc32_pst(0, bytes_of(h + 8, 471)));
	put_le32(h + 524, crc32_pst(0, bytes_of(h + 8, 516)));
	return write_at(w, 0, h, sizeof h);
}
