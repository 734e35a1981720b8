#include "pst/ndb.h"

#include "base/crc32.h"
#include "pst/crypt.h"
#include "pst/pst.h"

#include <libdeflate.h>
#include <stdlib.h>

#define BLOCK_SLOTS 16

struct block_slot {
	pst_bid key;
	uint64_t used; /* tick of the last use; 0: empty */
	size_t n;
	unsigned flags;
	uint8_t *p;
};

status ndb_pages_init(struct ndb *db);
void ndb_pages_free(struct ndb *db);

status ndb_init(struct ndb *db, struct input *in, const struct pst_header *header)
{
	*db = (struct ndb){ .in = in, .format = pst_format_of_version(header->version), .header = *header,
			    .index = &ndb_btree_index };
	db->raw = malloc(2 * PST_BLOCK_MAX);
	db->blocks = calloc(BLOCK_SLOTS, sizeof *db->blocks);
	db->inflater = libdeflate_alloc_decompressor();
	if (!db->raw || !db->blocks || !db->inflater || ndb_pages_init(db)) {
		ndb_free(db);
		return ecMemory;
	}
	return ecNone;
}

void ndb_free(struct ndb *db)
{
	for (unsigned i = 0; db->blocks && i < BLOCK_SLOTS; i++)
		free(db->blocks[i].p);
	free(db->blocks);
	free(db->raw);
	if (db->inflater)
		libdeflate_free_decompressor(db->inflater);
	ndb_pages_free(db);
	*db = (struct ndb){ 0 };
}

/* The trailer of a block [MS-PST] 2.2.2.8.1; the 4K form adds the size before compression. */
struct block_trailer {
	uint32_t size, inflated;
	uint16_t signature;
	uint32_t crc;
	pst_bid bid;
};

static struct block_trailer decode_trailer(const struct pst_format *f, const uint8_t *p)
{
	struct block_trailer t = { .size = le16(p), .signature = le16(p + 2) };

	t.crc = le32(f->wide ? p + 4 : p + 8);
	t.bid = f->wide ? le64(p + 8) : le32(p + 4);
	t.inflated = f->zlib ? le16(p + 18) : t.size;
	return t;
}

static unsigned verify(const struct block_ref *ref, const struct block_trailer *t, const uint8_t *data)
{
	unsigned flags = 0;

	if (t->size != ref->size)
		flags |= NDB_BAD_SIZE;
	if (bid_key(t->bid) != bid_key(ref->bid))
		flags |= NDB_BAD_ID;
	if (t->signature != pst_signature(ref->at, t->bid))
		flags |= NDB_BAD_SIGNATURE;
	if (t->crc != crc32_pst(0, bytes_of(data, ref->size)))
		flags |= NDB_BAD_CRC;
	return flags;
}

static void decode(const struct ndb *db, pst_bid bid, uint8_t *p, size_t n)
{
	if (bid_internal(bid))
		return;
	if (db->header.encryption == PST_ENCRYPT_PERMUTE)
		pst_permute_decode(p, n);
	else if (db->header.encryption == PST_ENCRYPT_CYCLIC)
		pst_cyclic(p, n, (uint32_t)bid);
}

static status inflate_block(struct ndb *db, struct bytes raw, uint32_t inflated, uint8_t *to, size_t *n)
{
	size_t got = 0;
	enum libdeflate_result r = libdeflate_zlib_decompress(db->inflater, raw.p, raw.n, to, PST_BLOCK_MAX, &got);

	if (r != LIBDEFLATE_SUCCESS)
		return ecCorruptData;
	*n = got;
	return got == inflated ? ecNone : ecComputed;
}

static status read_raw(struct ndb *db, const struct block_ref *ref, struct block_trailer *t)
{
	const struct pst_format *f = db->format;
	uint64_t disk = block_disk_size(f, ref->size);

	if (ref->size == 0 || disk > 2 * PST_BLOCK_MAX)
		return reason_set(&db->why, ecCorruptData, "block 0x%llx: impossible size %u", (unsigned long long)ref->bid,
				  ref->size);
	status s = input_read(db->in, ref->at, db->raw, (size_t)disk);
	if (s)
		return reason_set(&db->why, s, "block 0x%llx at 0x%llx lies beyond the end of the file or cannot be read",
				  (unsigned long long)ref->bid, (unsigned long long)ref->at);
	*t = decode_trailer(f, db->raw + disk - f->block_trailer);
	return ecNone;
}

status ndb_read_block(struct ndb *db, const struct block_ref *ref, uint8_t *to, size_t *n, unsigned *flags)
{
	struct block_trailer t;
	status s = read_raw(db, ref, &t);

	if (s)
		return s;
	*flags = verify(ref, &t, db->raw);
	if (db->format->zlib && t.inflated != ref->size && !(*flags & (NDB_BAD_ID | NDB_BAD_SIZE))) {
		s = inflate_block(db, bytes_of(db->raw, ref->size), t.inflated, to, n);
		if (s == ecComputed)
			*flags |= NDB_BAD_ZLIB;
		if (s == ecCorruptData)
			return reason_set(&db->why, s, "block 0x%llx at 0x%llx: its compressed data is damaged",
					  (unsigned long long)ref->bid, (unsigned long long)ref->at);
		return ecNone;
	}
	memcpy(to, db->raw, ref->size);
	decode(db, ref->bid, to, ref->size);
	*n = ref->size;
	return ecNone;
}

/* The slot that holds the block, else the one longest unused. */
static struct block_slot *find_slot(struct ndb *db, pst_bid key)
{
	struct block_slot *oldest = db->blocks;

	for (unsigned i = 0; i < BLOCK_SLOTS; i++) {
		struct block_slot *s = &db->blocks[i];

		if (s->used && s->key == key)
			return s;
		if (s->used < oldest->used)
			oldest = s;
	}
	return oldest;
}

static status fill_slot(struct ndb *db, struct block_slot *slot, pst_bid bid)
{
	struct block_ref ref;
	status s = db->index->block(db, bid, &ref);

	if (s)
		return s;
	slot->used = 0;
	if (!slot->p && !(slot->p = malloc(PST_BLOCK_MAX)))
		return reason_set(&db->why, ecMemory, "out of memory");
	s = ndb_read_block(db, &ref, slot->p, &slot->n, &slot->flags);
	if (!s)
		slot->key = bid_key(bid);
	return s;
}

status ndb_block(struct ndb *db, pst_bid bid, struct bytes *out, unsigned *flags)
{
	struct block_slot *slot = find_slot(db, bid_key(bid));

	if (!slot->used || slot->key != bid_key(bid)) {
		status s = fill_slot(db, slot, bid);
		if (s)
			return s;
	}
	slot->used = ++db->ticks;
	*out = bytes_of(slot->p, slot->n);
	*flags = slot->flags;
	return ecNone;
}
