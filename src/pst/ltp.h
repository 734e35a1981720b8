/*
 * Lists, tables and properties on top of nodes ([MS-PST] 2.3): a heap in the blocks of a node (HN), a B-tree in
 * the heap (BTH), and on these the property context (PC) and the table context (TC).
 */
#ifndef PST_LTP_H
#define PST_LTP_H

#include "base/utf16.h"
#include "mapi/prop.h"
#include "pst/ndb.h"

typedef uint32_t pst_hid;  /* heap item id: type 0, index, block */
typedef uint32_t pst_hnid; /* HID or NID of a subnode, told apart by the type bits */

/* Heap ------------------------------------------------------------------------------------------------ */

struct heap {
	struct ndb *db;
	struct arena *arena;
	struct data_tree tree;
	struct bytes first;  /* block 0, in the arena: its items may be pointed into */
	unsigned flags;      /* enum ndb_flag of the blocks met so far */
	uint8_t client;      /* bClientSig */
	pst_hid user_root;
};

/* Memory from the arena, which must outlive the heap. */
status heap_open(struct heap *h, struct ndb *db, struct arena *arena, pst_bid data) MUST;
/*
 * The bytes of an item: in block 0 in place; in another block in the block cache, valid until the next call of
 * any ndb, heap or table function. HID 0 is an empty item.
 */
status heap_item(struct heap *h, pst_hid hid, struct bytes *out) MUST;
/* The same, lasting as long as the arena. */
status heap_item_kept(struct heap *h, pst_hid hid, struct bytes *out) MUST;
/* Number of blocks and, of one block, its items: for checking and carving. */
status heap_page_map(const struct ndb *db, struct bytes block, bool first, struct bytes *map, unsigned *count) MUST;

/* B-tree on heap -------------------------------------------------------------------------------------- */

#define BTH_LEVELS_MAX 8

struct bth {
	struct heap *heap;
	unsigned key_size, value_size, levels;
	pst_hid root;
	bool transient; /* what the walk's callback allocates in the heap's arena need not outlive the call */
};

/* `header` is the HID of the BTHHEADER. */
status bth_open(struct bth *b, struct heap *heap, pst_hid header) MUST;

/* Calls `each` for every record in order; an error it returns ends the walk. key and value are valid during the call. */
typedef status bth_each(void *context, const uint8_t *key, const uint8_t *value);
status bth_walk(struct bth *b, bth_each *each, void *context) MUST;
/* Finds the record with this little-endian key; copies value_size bytes. ecNotFound. */
status bth_find(struct bth *b, uint64_t key, uint8_t *value) MUST;

/* Values that stand outside the heap record -------------------------------------------------------------- */

/* A value in a subnode, to be read by blocks. */
struct ltp_value {
	struct data_tree tree;
	uint64_t size;
};

/* Property context ------------------------------------------------------------------------------------- */

/* Where the value of a large property is; index as in the bag's PROP_LARGE entries. */
struct large_value {
	uint32_t tag;
	struct node_ref node;
};

struct pc {
	struct ndb *db;
	struct arena *arena;
	struct bag bag;
	pst_bid sub;              /* of the node the PC stands in */
	struct large_value *large; /* for every PROP_LARGE property of the bag, in order */
	size_t n_large;
	unsigned flags;           /* enum ndb_flag met on the way */
	size_t damaged;           /* properties flagged PROP_DAMAGED */
	size_t inline_bytes;
};

/*
 * All properties of a node.  Values up to ITEM_INLINE_MAX are in the bag, larger ones are PROP_LARGE.
 * A property whose value cannot be read is in the bag, empty and PROP_DAMAGED; only when the context itself
 * cannot be read is the result an error.
 */
status pc_load(struct pc *pc, struct ndb *db, struct arena *arena, const struct node_ref *node) MUST;
/* The subnode a PT_OBJECT property points at ([MS-PST] 2.3.3.5); ecNotFound when it is none. */
status pc_object(const struct pc *pc, uint32_t tag, struct node_ref *out) MUST;

/* Feeds a value in a subnode to `each` block by block. `flags` gathers what was odd. */
typedef status value_each(void *context, struct bytes chunk);
status value_stream(struct ndb *db, struct arena *arena, pst_bid data, value_each *each, void *context, unsigned *flags) MUST;

/* Turns the bytes of the file into the canonical form of mapi/prop.h; sets value, count and flags. */
status prop_decode(struct prop *p, struct bytes raw, struct arena *arena) MUST;

/* Table context ---------------------------------------------------------------------------------------- */

#define TC_COLUMNS_MAX 1024u
#define LTP_ROW_ID 0x67F20003u
#define LTP_ROW_VER 0x67F30003u

struct tc_column {
	uint32_t tag;
	uint16_t offset; /* of the cell in the row */
	uint8_t size;    /* of the cell */
	uint8_t bit;     /* in the cell existence block */
};

struct tc {
	struct ndb *db;
	struct arena *arena;
	struct heap heap;
	struct bth index;      /* row id -> row number */
	pst_bid sub;
	struct tc_column *columns;
	unsigned n_columns;
	unsigned row_size, ceb_at; /* bytes of a row; where its cell existence block begins */
	unsigned rows_per_block;
	pst_hnid rows;         /* where the row matrix is: 0 none, a HID, or a subnode */
	struct data_tree matrix;
	uint64_t n_rows;       /* rows there is data for */
	unsigned flags;
};

status tc_open(struct tc *t, struct ndb *db, struct arena *arena, const struct node_ref *node) MUST;
/* The row ids in index order: for a contents table, the NIDs of its messages. */
typedef status tc_row_each(void *context, uint32_t row_id, uint32_t row);
status tc_walk(struct tc *t, tc_row_each *each, void *context) MUST;
/* One row's bytes, valid until the next call of any ndb, heap or table function. */
status tc_row(struct tc *t, uint32_t row, struct bytes *out) MUST;
/* The cells of a row as properties (columns that exist in it), in a bag with memory from `arena`. */
status tc_row_bag(struct tc *t, uint32_t row, struct bag *bag, unsigned *flags) MUST;

#endif
