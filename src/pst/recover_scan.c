#include "pst/recover_scan.h"

#include "base/crc32.h"

#include <stdlib.h>

#define CHUNK ((size_t)1 << 20)
/* What may lie before the chunk's start and still end in it: one block of the largest kind. */
#define OVERLAP ((size_t)1 << 17)

static bool grow(void **v, size_t *cap, size_t size)
{
	size_t n = *cap ? *cap + *cap / 2 : 1024;
	void *p = realloc(*v, n * size);

	if (!p)
		return false;
	*v = p;
	*cap = n;
	return true;
}

static status add_block(struct scan *s, pst_bid bid, uint64_t at, uint32_t size)
{
	if (s->n_blocks == s->cap_blocks) {
		void *v = s->blocks;

		if (!grow(&v, &s->cap_blocks, sizeof *s->blocks))
			return ecMemory;
		s->blocks = v;
	}
	s->blocks[s->n_blocks++] = (struct found_block){ bid_key(bid), at >> 6 << 16 | size };
	return ecNone;
}

status scan_add(struct scan *s, const struct block_ref *ref)
{
	return add_block(s, ref->bid, ref->at, ref->size);
}

static status add_page(struct found_pages *pages, uint64_t at, pst_bid bid)
{
	if (pages->n == pages->cap) {
		void *v = pages->v;

		if (!grow(&v, &pages->cap, sizeof *pages->v))
			return ecMemory;
		pages->v = v;
	}
	pages->v[pages->n++] = (struct found_page){ at, bid };
	return ecNone;
}

/* `page` is one whole page at a place where pages may be. */
static status look_at_page(struct scan *s, const uint8_t *page, uint64_t at)
{
	const uint8_t *t = page + s->format->page_trailer;
	struct btree_page b;

	if (t[0] != t[1] || t[0] < PAGE_BBT || t[0] > PAGE_DLIST)
		return ecNone;
	s->pages++;
	if (t[0] != PAGE_NBT && t[0] != PAGE_BBT)
		return ecNone;
	if (btree_page_parse(s->format, page, at, t[0], 0, &b) || b.flags & NDB_BAD_CRC) {
		s->bad_pages++;
		return ecNone;
	}
	if (b.level)
		return ecNone;
	return add_page(t[0] == PAGE_NBT ? &s->nbt : &s->bbt, at, b.bid);
}

/* Does a block end at `end`? `before` bytes in front of it are in memory. */
static status look_at_block(struct scan *s, const uint8_t *end, size_t before, uint64_t end_at)
{
	const struct pst_format *f = s->format;
	const uint8_t *t = end - f->block_trailer;
	uint32_t size = le16(t);
	pst_bid bid = f->wide ? le64(t + 8) : le32(t + 4);

	if (!size || size > f->block_data_max || !bid)
		return ecNone;
	uint64_t disk = block_disk_size(f, size);
	if (disk > before || disk > end_at)
		return ecNone;
	uint64_t at = end_at - disk;
	if (le16(t + 2) != pst_signature(at, bid))
		return ecNone;
	if ((f->wide ? le32(t + 4) : le32(t + 8)) != crc32_pst(0, bytes_of(end - disk, size)))
		return ecNone;
	return add_block(s, bid, at, size);
}

/* The part [from, n) of the buffer, whose first byte lies at `base` in the file. */
static status look_at(struct scan *s, const uint8_t *buffer, size_t from, size_t n, uint64_t base)
{
	const struct pst_format *f = s->format;
	status st = ecNone;

	for (size_t end = from + f->block_align; !st && end <= n; end += f->block_align) {
		st = look_at_block(s, buffer + end, end, base + end);
		if (!st && end >= f->page_size && (base + end) % f->page_size == 0)
			st = look_at_page(s, buffer + end - f->page_size, base + end - f->page_size);
	}
	return st;
}

static int by_bid(const void *a, const void *b)
{
	const struct found_block *x = a, *y = b;

	if (x->bid != y->bid)
		return x->bid < y->bid ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

void scan_sort(struct scan *s)
{
	size_t kept = 0;

	if (s->n_blocks)
		qsort(s->blocks, s->n_blocks, sizeof *s->blocks, by_bid);
	/* The same id in two places is the same block, moved: either will do. */
	for (size_t i = 0; i < s->n_blocks; i++)
		if (!kept || s->blocks[i].bid != s->blocks[kept - 1].bid)
			s->blocks[kept++] = s->blocks[i];
	s->n_blocks = kept;
}

status scan_file(struct scan *s, struct input *in, const struct pst_format *f, uint64_t limit, scan_progress *progress,
		 void *context)
{
	uint64_t total = in->size < limit ? in->size : limit, at = 0;
	uint8_t *buffer = malloc(OVERLAP + CHUNK);
	status st = buffer ? ecNone : ecMemory;
	size_t kept = 0;

	*s = (struct scan){ .format = f };
	while (!st && at < total) {
		size_t want = total - at < CHUNK ? (size_t)(total - at) : CHUNK, got = 0;

		st = input_read_some(in, at, buffer + kept, want, &got);
		if (st || !got)
			break;
		st = look_at(s, buffer, kept, kept + got, at - kept);
		at += got;
		size_t n = kept + got, keep = n < OVERLAP ? n : OVERLAP;
		/* Slots are counted from the file's start, so only whole ones may be dropped. */
		keep = keep / PST_PAGE_MAX * PST_PAGE_MAX + n % PST_PAGE_MAX;
		keep = keep > n ? n : keep;
		memmove(buffer, buffer + n - keep, keep);
		kept = keep;
		if (progress)
			progress(context, at, total);
	}
	free(buffer);
	s->bytes = at;
	scan_sort(s);
	return st;
}

void scan_free(struct scan *s)
{
	free(s->blocks);
	free(s->nbt.v);
	free(s->bbt.v);
	*s = (struct scan){ 0 };
}

const struct found_block *scan_find(const struct scan *s, pst_bid bid)
{
	struct found_block key = { .bid = bid_key(bid) };
	size_t low = 0, high = s->n_blocks;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (s->blocks[middle].bid < key.bid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->n_blocks && s->blocks[low].bid == key.bid ? &s->blocks[low] : NULL;
}
