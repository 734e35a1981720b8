/* Blocks, allocation maps and the header of a store being written. [MS-PST] 2.2.2.6 to 2.2.2.8 */
#include "writing.h"

#include "pst/check.h"

#define SPAN ((uint64_t)496 * 8 * 64)

static unsigned damage_found;

static void tell(void *context, const struct check_finding *f)
{
	(void)context;
	/* A store without its fixed nodes is no store; the layers below are what counts here. */
	if (f->area == CHECK_HEADER || f->area == CHECK_PAGES || f->area == CHECK_BTREES || f->area == CHECK_BLOCKS ||
	    f->area == CHECK_MAPS) {
		print_message("%s at %llu: %s, not %s\n", f->what, (unsigned long long)f->offset, f->found, f->expected);
		damage_found++;
	}
}

static void check_layers(struct writing *w)
{
	struct check_options options = { .found = tell };
	struct check_summary summary;
	struct reason why = { "" };

	damage_found = 0;
	assert_int_equal(pst_check(w->in, &options, &summary, &why), 0);
	assert_int_equal(damage_found, 0);
}

static void read_page(struct writing *w, uint64_t at, uint8_t page[512])
{
	assert_int_equal(input_read(w->in, at, page, 512), 0);
}

/* Bits that are 0 in all allocation maps, as bytes. */
static uint64_t count_free(struct writing *w)
{
	uint64_t free_bytes = 0;

	for (uint64_t at = 0x4400; at < w->in->size; at += SPAN) {
		uint8_t page[512];

		read_page(w, at, page);
		for (unsigned i = 0; i < 496; i++)
			free_bytes += 64u * (8u - (unsigned)__builtin_popcount(page[i]));
	}
	return free_bytes;
}

static void header_of_an_empty_file(void **state)
{
	struct writing w;
	uint8_t h[PST_HEADER_SIZE];

	(void)state;
	writing_begin(&w, 1);
	writing_read(&w);
	const struct pst_header *d = &w.db->header;
	assert_true(d->crc_partial_ok && d->crc_full_ok && d->magic_ok && d->sentinel_ok);
	assert_int_equal(d->version, 23);
	assert_int_equal(d->client_version, 19);
	assert_int_equal(d->encryption, 1);
	assert_int_equal(d->root.amap_valid, 2);
	assert_int_equal(d->root.file_eof, 0x4400 + SPAN);
	assert_int_equal(w.in->size, 0x4400 + SPAN);
	assert_int_equal(d->root.amap_last, 0x4400);
	assert_int_equal(d->root.amap_free, count_free(&w));
	/* AMap, PMap, two B-tree roots */
	assert_int_equal(d->root.amap_free, SPAN - 4 * 512);
	assert_int_equal(input_read(w.in, 0, h, sizeof h), 0);
	for (unsigned i = 256; i < 512; i++)
		assert_int_equal(h[i], 0xFF); /* rgbFM, rgbFP */
	check_layers(&w);
	writing_end(&w);
}

static void blocks_of_every_size(unsigned encryption)
{
	static const uint16_t sizes[] = { 1, 2, 47, 48, 49, 63, 64, 65, 111, 112, 113, 4096, 8112, 8113, 8175, 8176 };
	pst_bid bids[sizeof sizes / sizeof *sizes];
	uint8_t *data = pattern_new(BLOCK_DATA_MAX);
	struct writing w;

	writing_begin(&w, encryption);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		assert_int_equal(file_block(&w.file, data, sizes[i], i % 3 == 2, &bids[i]), 0);
	writing_read(&w);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct bytes got;
		unsigned flags = 0;

		assert_int_equal(bid_internal(bids[i]), i % 3 == 2);
		assert_int_equal(ndb_block(w.db, bids[i], &got, &flags), 0);
		assert_int_equal(flags, 0);
		assert_int_equal(got.n, sizes[i]);
		assert_memory_equal(got.p, data, got.n);
	}
	check_layers(&w);
	writing_end(&w);
	free(data);
}

static void blocks_in_all_encryptions(void **state)
{
	(void)state;
	for (unsigned encryption = 0; encryption < 3; encryption++)
		blocks_of_every_size(encryption);
}

static void block_sizes_that_cannot_be(void **state)
{
	struct block_place place;
	struct writing w;

	(void)state;
	writing_begin(&w, 1);
	assert_int_equal(file_reserve(&w.file, 0, false, &place), ecInvalidParam);
	assert_int_equal(file_reserve(&w.file, BLOCK_DATA_MAX + 1, false, &place), ecInvalidParam);
	assert_true(w.file.why.text[0]);
	writing_read(&w);
	writing_end(&w);
}

/* Reserved blocks may be filled in any order, also long after what lies behind them has gone to the disk. */
static void blocks_filled_in_later(void **state)
{
	enum { BLOCKS = 400 };
	static struct block_place places[BLOCKS];
	uint8_t *data = pattern_new(BLOCK_DATA_MAX + BLOCKS);
	struct writing w;

	(void)state;
	writing_begin(&w, 1);
	for (size_t i = 0; i < BLOCKS; i++)
		assert_int_equal(file_reserve(&w.file, BLOCK_DATA_MAX - i, false, &places[i]), 0);
	for (size_t i = 0; i < BLOCKS; i++) {
		size_t k = i * 7 % BLOCKS;

		assert_int_equal(file_fill(&w.file, &places[k], data + k), 0);
	}
	writing_read(&w);
	for (size_t i = 0; i < BLOCKS; i++) {
		struct bytes got;
		unsigned flags = 0;

		assert_int_equal(ndb_block(w.db, places[i].bid, &got, &flags), 0);
		assert_int_equal(flags, 0);
		assert_int_equal(got.n, BLOCK_DATA_MAX - i);
		assert_memory_equal(got.p, data + i, got.n);
	}
	check_layers(&w);
	writing_end(&w);
	free(data);
}

static unsigned type_at(struct writing *w, uint64_t at)
{
	uint8_t page[512];

	read_page(w, at, page);
	assert_int_equal(page[496], page[497]);
	assert_int_equal(le16(page + 498), page[496] == PAGE_AMAP || page[496] == PAGE_PMAP || page[496] == PAGE_FMAP ? 0 : le16(page + 498));
	return page[496];
}

/* Maps of 130 regions: PMaps at every eighth, the first FMap at the 129th. */
static void maps_of_a_larger_file(void **state)
{
	uint8_t *data = pattern_new(BLOCK_DATA_MAX);
	struct writing w;
	pst_bid bid;

	(void)state;
	writing_begin(&w, 1);
	while (w.file.region < 130)
		assert_int_equal(file_block(&w.file, data, BLOCK_DATA_MAX, false, &bid), 0);
	writing_read(&w);
	assert_int_equal(w.in->size, 0x4400 + 131 * SPAN);
	for (uint64_t region = 0; region <= 130; region++) {
		uint64_t at = 0x4400 + region * SPAN;

		assert_int_equal(type_at(&w, at), PAGE_AMAP);
		if (region % 8 == 0)
			assert_int_equal(type_at(&w, at + 512), PAGE_PMAP);
		if (region == 128)
			assert_int_equal(type_at(&w, at + 1024), PAGE_FMAP);
	}
	assert_int_equal(w.db->header.root.amap_last, 0x4400 + 130 * SPAN);
	assert_int_equal(w.db->header.root.amap_free, count_free(&w));
	check_layers(&w);
	writing_end(&w);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_of_an_empty_file),
		cmocka_unit_test(blocks_in_all_encryptions),
		cmocka_unit_test(block_sizes_that_cannot_be),
		cmocka_unit_test(blocks_filled_in_later),
		cmocka_unit_test(maps_of_a_larger_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
