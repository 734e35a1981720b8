#include "pst/write_heap.h"

#include <stdlib.h>

#define HEAD_FIRST 12u
#define HEAD_PAGE 2u
#define HEAD_BITMAP 66u
#define FIRST_LEVELS 8u    /* blocks whose fill levels stand in block 0 */
#define BITMAP_LEVELS 128u /* and in each block with a bitmap header */
#define INDEX_MAX 2047u

static bool has_bitmap(uint32_t number)
{
	return number >= FIRST_LEVELS && (number - FIRST_LEVELS) % BITMAP_LEVELS == 0;
}

static size_t head_size(uint32_t number)
{
	return !number ? HEAD_FIRST : has_bitmap(number) ? HEAD_BITMAP : HEAD_PAGE;
}

static struct heap_block *new_block(uint32_t number)
{
	struct heap_block *b = malloc(sizeof *b);

	if (b) {
		memset(b->data, 0, sizeof b->data);
		b->items = 0;
		b->used = head_size(number);
	}
	return b;
}

status heap_writer_init(struct heap_writer *h, struct file_writer *file, uint8_t client)
{
	*h = (struct heap_writer){ .file = file, .client = client, .current = new_block(0) };
	block_list_init(&h->list, file);
	return h->current ? ecNone : ecMemory;
}

void heap_writer_free(struct heap_writer *h)
{
	block_list_free(&h->list);
	if (h->first != h->current)
		free(h->first);
	if (h->bitmap != h->current && h->bitmap != h->first)
		free(h->bitmap);
	free(h->current);
	*h = (struct heap_writer){ 0 };
}

/* The page map of n items behind `used` bytes, which it needs on an even place. */
static size_t map_end(size_t used, unsigned items)
{
	return (used + 1) / 2 * 2 + 4 + 2 * ((size_t)items + 1);
}

/* rgbFillLevel: how much is free, in steps. [MS-PST] 2.3.1.2 */
static unsigned fill_level(size_t free_bytes)
{
	static const uint16_t least[] = { 3584, 2560, 2048, 1792, 1536, 1280, 1024, 768, 512, 256, 128, 64, 32, 16, 8 };
	unsigned level = 0;

	while (level < 15 && free_bytes < least[level])
		level++;
	return level;
}

static void put_map(struct heap_block *b, uint32_t number)
{
	size_t at = (b->used + 1) / 2 * 2;

	put_le16(b->data, (uint16_t)at);
	put_le16(b->data + at, (uint16_t)b->items);
	put_le16(b->data + at + 4, (uint16_t)head_size(number));
	for (unsigned i = 0; i < b->items; i++)
		put_le16(b->data + at + 6 + 2 * (size_t)i, b->ends[i]);
}

static void put_level(struct heap_writer *h, uint32_t number, size_t free_bytes)
{
	struct heap_block *holder = number < FIRST_LEVELS ? (h->first ? h->first : h->current) : h->bitmap;
	uint32_t i = number < FIRST_LEVELS ? number : (number - FIRST_LEVELS) % BITMAP_LEVELS;
	uint8_t *at = holder->data + (number < FIRST_LEVELS ? 8 : 2) + i / 2;

	*at |= (uint8_t)(fill_level(free_bytes) << (i % 2 ? 4 : 0));
}

static status release_bitmap(struct heap_writer *h)
{
	status s = h->bitmap ? file_fill(h->file, &h->bitmap->place, h->bitmap->data) : ecNone;

	free(h->bitmap);
	h->bitmap = NULL;
	return s;
}

/* Ends the current block with `size` bytes; block 0 and bitmap blocks only get their place. */
static status end_block(struct heap_writer *h, size_t size)
{
	struct heap_block *b = h->current;
	status s = ecNone;

	if (has_bitmap(h->number)) {
		s = release_bitmap(h);
		h->bitmap = b;
	}
	if (!h->number)
		h->first = b;
	put_map(b, h->number);
	put_level(h, h->number, BLOCK_DATA_MAX - map_end(b->used, b->items));
	if (!s)
		s = file_reserve(h->file, size, false, &b->place);
	if (!s)
		s = block_list_add(&h->list, b->place.bid, size);
	if (!s && b != h->first && b != h->bitmap)
		s = file_fill(h->file, &b->place, b->data);
	return s;
}

static status next_block(struct heap_writer *h)
{
	status s = end_block(h, BLOCK_DATA_MAX);

	if (s)
		return s;
	if (h->number >= UINT16_MAX)
		return reason_set(&h->file->why, ecTooBig, "a table or property list needs more than 65,536 blocks");
	struct heap_block *b = new_block(h->number + 1);
	if (!b)
		return ecMemory;
	if (h->current != h->first && h->current != h->bitmap)
		free(h->current);
	h->current = b;
	h->number++;
	return ecNone;
}

status heap_writer_add(struct heap_writer *h, struct bytes item, uint32_t *hid)
{
	if (!item.n) {
		*hid = 0;
		return ecNone;
	}
	if (item.n > HEAP_ITEM_MAX)
		return reason_set(&h->file->why, ecInvalidParam, "a heap item of %zu bytes", item.n);
	if (map_end(h->current->used + item.n, h->current->items + 1) > BLOCK_DATA_MAX || h->current->items == INDEX_MAX) {
		status s = next_block(h);
		if (s)
			return s;
	}
	struct heap_block *b = h->current;
	memcpy(b->data + b->used, item.p, item.n);
	b->used += item.n;
	b->ends[b->items++] = (uint16_t)b->used;
	*hid = b->items << 5 | h->number << 16;
	return ecNone;
}

void heap_writer_replace(struct heap_writer *h, uint32_t hid, struct bytes item)
{
	struct heap_block *b = h->first ? h->first : h->current;
	unsigned index = hid >> 5 & INDEX_MAX;
	size_t at = index > 1 ? b->ends[index - 2] : HEAD_FIRST;

	memcpy(b->data + at, item.p, item.n);
}

status heap_writer_finish(struct heap_writer *h, uint32_t user_root, pst_bid *data)
{
	status s = end_block(h, map_end(h->current->used, h->current->items));

	if (s)
		return s;
	h->first->data[2] = 0xEC;
	h->first->data[3] = h->client;
	put_le32(h->first->data + 4, user_root);
	s = file_fill(h->file, &h->first->place, h->first->data);
	if (!s && h->bitmap) {
		bool current = h->bitmap == h->current;

		s = file_fill(h->file, &h->bitmap->place, h->bitmap->data);
		if (!current)
			free(h->bitmap);
		h->bitmap = NULL;
	}
	return s ? s : block_list_finish(&h->list, data);
}

/* B-trees on a heap --------------------------------------------------------------------------------------- */

status bth_header_add(struct heap_writer *heap, uint32_t *hid)
{
	static const uint8_t header[8];

	return heap_writer_add(heap, bytes_of(header, sizeof header), hid);
}

void bth_writer_init(struct bth_writer *b, struct heap_writer *heap, uint32_t header, unsigned key_size, unsigned value_size)
{
	b->heap = heap;
	b->header = header;
	b->key_size = key_size;
	b->value_size = value_size;
	for (unsigned i = 0; i < BTH_WRITE_LEVELS; i++)
		b->level[i].n = b->level[i].emitted = 0;
}

static status add_record(struct bth_writer *b, unsigned level, const void *key, const void *value);

static status emit_level(struct bth_writer *b, unsigned level, uint32_t *hid)
{
	struct bth_level *l = &b->level[level];
	status s = heap_writer_add(b->heap, bytes_of(l->data, l->n), hid);

	l->n = 0;
	l->emitted++;
	return s;
}

static status emit_up(struct bth_writer *b, unsigned level)
{
	uint8_t key[8], value[4];
	uint32_t hid;

	if (level + 1 == BTH_WRITE_LEVELS)
		return reason_set(&b->heap->file->why, ecTooBig, "a table has too many rows");
	memcpy(key, b->level[level].data, b->key_size);
	status s = emit_level(b, level, &hid);
	if (s)
		return s;
	put_le32(value, hid);
	return add_record(b, level + 1, key, value);
}

static status add_record(struct bth_writer *b, unsigned level, const void *key, const void *value)
{
	struct bth_level *l = &b->level[level];
	size_t value_size = level ? 4 : b->value_size;

	if (l->n + b->key_size + value_size > HEAP_ITEM_MAX) {
		status s = emit_up(b, level);
		if (s)
			return s;
	}
	memcpy(l->data + l->n, key, b->key_size);
	memcpy(l->data + l->n + b->key_size, value, value_size);
	l->n += b->key_size + value_size;
	return ecNone;
}

status bth_writer_add(struct bth_writer *b, const void *key, const void *value)
{
	return add_record(b, 0, key, value);
}

status bth_writer_finish(struct bth_writer *b)
{
	uint8_t header[8] = { 0xB5, (uint8_t)b->key_size, (uint8_t)b->value_size };

	for (unsigned level = 0; level < BTH_WRITE_LEVELS; level++) {
		bool top = b->level[level].emitted == 0;
		uint32_t root = 0;
		status s = top ? emit_level(b, level, &root) : b->level[level].n ? emit_up(b, level) : ecNone;

		if (s)
			return s;
		if (top) {
			header[3] = (uint8_t)level;
			put_le32(header + 4, root);
			heap_writer_replace(b->heap, b->header, bytes_of(header, sizeof header));
			return ecNone;
		}
	}
	return reason_set(&b->heap->file->why, ecTooBig, "a table has too many rows");
}
