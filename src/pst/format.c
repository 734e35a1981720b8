#include "pst/format.h"

#include "base/crc32.h"

const struct pst_format pst_format_ansi = {
	.name = "ANSI", .wide = false, .page_size = 512, .page_trailer = 500, .page_count_at = 496,
	.branch_size = 12, .nbt_leaf_size = 16, .bbt_leaf_size = 12, .id_size = 4,
	.block_trailer = 12, .block_align = 64, .block_data_max = 8180, .sl_header = 4,
	.hid_index_bits = 11, .row_index_value = 2,
	.amap_first = 0x4400, .amap_unit = 64, .amap_bytes = 496, .amap_bits_at = 4,
};

const struct pst_format pst_format_unicode = {
	.name = "Unicode", .wide = true, .page_size = 512, .page_trailer = 496, .page_count_at = 488,
	.branch_size = 24, .nbt_leaf_size = 32, .bbt_leaf_size = 24, .id_size = 8,
	.block_trailer = 16, .block_align = 64, .block_data_max = 8176, .sl_header = 8,
	.hid_index_bits = 11, .row_index_value = 4,
	.amap_first = 0x4400, .amap_unit = 64, .amap_bytes = 496,
};

const struct pst_format pst_format_4k = {
	.name = "4K-page", .wide = true, .page_size = 4096, .page_trailer = 4072, .page_count_at = 4056,
	.page_count_wide = true, .branch_size = 24, .nbt_leaf_size = 32, .bbt_leaf_size = 24, .id_size = 8,
	.block_trailer = 24, .block_align = 512, .block_data_max = 65512, .sl_header = 8,
	.hid_index_bits = 14, .row_index_value = 4, .zlib = true,
	.amap_first = 0x22000, .amap_unit = 512, .amap_bytes = 4072,
};

const struct pst_format *pst_format_of_version(unsigned version)
{
	switch (version) {
	case 14:
	case 15:
		return &pst_format_ansi;
	case 21: /* beta of Outlook 2003, laid out alike */
	case 23:
		return &pst_format_unicode;
	case 36:
		return &pst_format_4k;
	default:
		return NULL;
	}
}

/* Where the fields stand; the two widths order them differently. [MS-PST] 2.2.2.6 */
struct header_layout {
	uint16_t next_block, next_page, unique, next_nid, root, sentinel;
};

static const struct header_layout narrow = { 24, 28, 32, 36, 164, 460 };
static const struct header_layout wide = { 516, 32, 40, 44, 180, 512 };

static void decode_root(const struct pst_format *f, const uint8_t *p, struct pst_root *r)
{
	size_t w = f->id_size;

	p += 4; /* dwReserved */
	r->file_eof = load_id(f, p);
	r->amap_last = load_id(f, p + w);
	r->amap_free = load_id(f, p + 2 * w);
	r->pmap_free = load_id(f, p + 3 * w);
	r->nbt_bid = load_id(f, p + 4 * w);
	r->nbt_at = load_id(f, p + 5 * w);
	r->bbt_bid = load_id(f, p + 6 * w);
	r->bbt_at = load_id(f, p + 7 * w);
	r->amap_valid = p[8 * w];
}

status pst_header_decode(struct bytes data, struct pst_header *out, struct reason *why)
{
	struct pst_header h = { 0 };
	const uint8_t *p = data.p;

	if (data.n < PST_HEADER_SIZE)
		return reason_set(why, ecCorruptData, "too short for a store header (%zu bytes)", data.n);
	h.version = le16(p + 10);
	const struct pst_format *f = pst_format_of_version(h.version);
	if (!f)
		return reason_set(why, ecVersion, "store version %u is not known (14, 15, 23 and 36 are)", h.version);
	const struct header_layout *at = f->wide ? &wide : &narrow;
	h.magic_ok = memcmp(p, "!BDN", 4) == 0;
	h.crc_partial = le32(p + 4);
	h.crc_partial_ok = crc32_pst(0, bytes_of(p + 8, 471)) == h.crc_partial;
	h.client_magic = le16(p + 8);
	h.client_version = le16(p + 12);
	h.unique = le32(p + at->unique);
	h.next_block = load_id(f, p + at->next_block);
	h.next_page = load_id(f, p + at->next_page);
	for (unsigned i = 0; i < 32; i++)
		h.next_nid[i] = le32(p + at->next_nid + 4 * i);
	decode_root(f, p + at->root, &h.root);
	h.sentinel_ok = p[at->sentinel] == 0x80;
	h.encryption = p[at->sentinel + 1];
	h.crc_full = f->wide ? le32(p + 524) : 0;
	h.crc_full_ok = !f->wide || crc32_pst(0, bytes_of(p + 8, 516)) == h.crc_full;
	*out = h;
	return ecNone;
}
