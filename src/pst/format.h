/*
 * What differs between the four formats, as numbers: one code path reads them all.  [MS-PST] 2.2, 2.3
 *
 *   ANSI      versions 14, 15    512-byte pages, 32-bit ids and offsets
 *   Unicode   version 23         512-byte pages, 64-bit ids and offsets
 *   4K .ost   version 36         4096-byte pages, 64-bit, blocks may be zlib streams; not documented by Microsoft,
 *                                facts from files of Outlook 2013 and later
 */
#ifndef PST_FORMAT_H
#define PST_FORMAT_H

#include "base/bytes.h"
#include "base/status.h"

typedef uint32_t pst_nid; /* node id: type in the low 5 bits, index above */
typedef uint64_t pst_bid; /* block id: bit 0 reserved, bit 1 internal */

/* NID types [MS-PST] 2.2.2.1 */
enum nid_type {
	NID_TYPE_HID = 0x00,
	NID_TYPE_INTERNAL = 0x01,
	NID_TYPE_FOLDER = 0x02,
	NID_TYPE_SEARCH_FOLDER = 0x03,
	NID_TYPE_MESSAGE = 0x04,
	NID_TYPE_ATTACHMENT = 0x05,
	NID_TYPE_SEARCH_UPDATE_QUEUE = 0x06,
	NID_TYPE_SEARCH_CRITERIA = 0x07,
	NID_TYPE_ASSOC_MESSAGE = 0x08,
	NID_TYPE_CONTENTS_TABLE_INDEX = 0x0A,
	NID_TYPE_RECEIVE_FOLDER_TABLE = 0x0B,
	NID_TYPE_OUTGOING_QUEUE_TABLE = 0x0C,
	NID_TYPE_HIERARCHY_TABLE = 0x0D,
	NID_TYPE_CONTENTS_TABLE = 0x0E,
	NID_TYPE_ASSOC_CONTENTS_TABLE = 0x0F,
	NID_TYPE_SEARCH_CONTENTS_TABLE = 0x10,
	NID_TYPE_ATTACHMENT_TABLE = 0x11,
	NID_TYPE_RECIPIENT_TABLE = 0x12,
	NID_TYPE_SEARCH_TABLE_INDEX = 0x13,
	NID_TYPE_MID_MAP = 0x14,       /* .ost: MID -> message NID of a folder */
	NID_TYPE_ASSOC_MID_MAP = 0x15, /* .ost: the same for associated items */
	NID_TYPE_LTP = 0x1F,
};

/* Nodes with a fixed id [MS-PST] 2.4.1 */
#define NID_MESSAGE_STORE 0x21u
#define NID_NAME_TO_ID_MAP 0x61u
#define NID_NORMAL_FOLDER_TEMPLATE 0xA1u
#define NID_SEARCH_FOLDER_TEMPLATE 0xC1u
#define NID_ROOT_FOLDER 0x122u
#define NID_SEARCH_MANAGEMENT_QUEUE 0x1E1u
#define NID_SEARCH_ACTIVITY_LIST 0x201u
#define NID_SPAM_SEARCH_FOLDER 0x2223u
#define NID_HIERARCHY_TABLE_TEMPLATE 0x60Du
#define NID_CONTENTS_TABLE_TEMPLATE 0x60Eu
#define NID_ASSOC_CONTENTS_TABLE_TEMPLATE 0x60Fu
#define NID_SEARCH_CONTENTS_TABLE_TEMPLATE 0x610u
#define NID_ATTACHMENT_TABLE 0x671u /* subnode of a message */
#define NID_RECIPIENT_TABLE 0x692u  /* subnode of a message */
/* .ost only */
#define NID_OST_REPLID_MAP 0x801u
#define NID_OST_FID_MAP 0x821u
#define NID_OST_SYNC_TABLE 0x841u

static inline unsigned nid_type(pst_nid nid)
{
	return nid & 0x1F;
}

static inline uint32_t nid_index(pst_nid nid)
{
	return nid >> 5;
}

static inline pst_nid nid_make(unsigned type, uint32_t index)
{
	return index << 5 | type;
}

/* The node of another type with the same index: a folder's tables. */
static inline pst_nid nid_sibling(pst_nid nid, unsigned type)
{
	return (nid & ~0x1Fu) | type;
}

static inline bool bid_internal(pst_bid bid)
{
	return bid & 2;
}

/* Bit 0 is reserved and some writers set it: look-ups ignore it. */
static inline pst_bid bid_key(pst_bid bid)
{
	return bid & ~(pst_bid)1;
}

/* Page types [MS-PST] 2.2.2.7.1 */
enum page_type {
	PAGE_BBT = 0x80,
	PAGE_NBT = 0x81,
	PAGE_FMAP = 0x82,
	PAGE_PMAP = 0x83,
	PAGE_AMAP = 0x84,
	PAGE_FPMAP = 0x85,
	PAGE_DLIST = 0x86,
};

#define BLOCK_TYPE_X 1 /* XBLOCK (level 1), XXBLOCK (level 2) */
#define BLOCK_TYPE_S 2 /* SLBLOCK (level 0), SIBLOCK (level 1) */

/* Client signatures of heaps [MS-PST] 2.3.1.2 */
#define HEAP_CLIENT_TC 0x7C
#define HEAP_CLIENT_BTH 0xB5
#define HEAP_CLIENT_PC 0xBC
#define HEAP_CLIENT_REPLIDS 0x6C /* .ost */
#define HEAP_CLIENT_ID_MAP 0x8C  /* .ost: FID and MID maps */

#define PST_PAGE_MAX 4096
#define PST_BLOCK_MAX 65536 /* room for one block of any format with its trailer, raw or inflated */
#define PST_HEADER_SIZE 564

struct pst_format {
	const char *name;
	bool wide; /* 64-bit ids and offsets */
	uint16_t page_size, page_trailer;       /* offset of the trailer, which is also where the CRC ends */
	uint16_t page_count_at;                 /* of cEnt in a B-tree page */
	bool page_count_wide;                   /* cEnt and cEntMax of 16 bits */
	uint8_t branch_size, nbt_leaf_size, bbt_leaf_size;
	uint8_t id_size;                        /* of BIDs and offsets: 4 or 8 */
	uint8_t block_trailer;                  /* bytes */
	uint16_t block_align;
	uint32_t block_data_max;                /* bytes of data in one block */
	uint8_t sl_header;                      /* bytes before the entries of SLBLOCK and SIBLOCK */
	uint8_t hid_index_bits;                 /* of the index part of a HID (after 5 type bits) */
	uint8_t row_index_value;                /* bytes of a row number in a table's row index: 2 or 4 */
	bool zlib;
	/* allocation maps [MS-PST] 2.2.2.7.2: the first one, the bytes that one map governs, bytes per bit, bytes of bitmap */
	uint32_t amap_first, amap_unit, amap_bytes;
	uint8_t amap_bits_at; /* where the bitmap begins in its page */
};

/* NULL for a version that is not known. */
const struct pst_format *pst_format_of_version(unsigned version);
extern const struct pst_format pst_format_ansi, pst_format_unicode, pst_format_4k;

static inline uint64_t amap_span(const struct pst_format *f)
{
	return (uint64_t)f->amap_bytes * 8 * f->amap_unit;
}

/* A block with its trailer, as it lies in the file. */
static inline uint64_t block_disk_size(const struct pst_format *f, uint32_t data)
{
	return ((uint64_t)data + f->block_trailer + f->block_align - 1) / f->block_align * f->block_align;
}

/* wSig of a page or block trailer [MS-PST] 5.5. Map pages (AMap, PMap, FMap, FPMap) carry 0 instead. */
static inline uint16_t pst_signature(uint64_t offset, pst_bid bid)
{
	uint32_t x = (uint32_t)(offset ^ bid);

	return (uint16_t)(x >> 16 ^ x);
}

static inline uint64_t load_id(const struct pst_format *f, const uint8_t *p)
{
	return f->wide ? le64(p) : le32(p);
}

/* The header, decoded [MS-PST] 2.2.2.6. */
struct pst_root {
	uint64_t file_eof, amap_last, amap_free, pmap_free;
	pst_bid nbt_bid, bbt_bid;
	uint64_t nbt_at, bbt_at;
	uint8_t amap_valid;
};

struct pst_header {
	uint16_t version, client_version, client_magic;
	uint32_t crc_partial, crc_full;      /* as stored; crc_full only in wide formats */
	bool crc_partial_ok, crc_full_ok, magic_ok, sentinel_ok;
	uint8_t encryption;
	uint32_t unique;
	pst_bid next_block, next_page;
	uint32_t next_nid[32]; /* rgnid: by type, the index that comes next */
	struct pst_root root;
};

/*
 * Decodes what stands in the first PST_HEADER_SIZE bytes (fewer: ecCorruptData).  Only an unknown version makes
 * it fail (ecVersion); the rest is told in the *_ok members, for the caller to weigh.
 */
status pst_header_decode(struct bytes data, struct pst_header *out, struct reason *why) MUST;

#endif
