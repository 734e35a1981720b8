/* Table context [MS-PST] 2.3.4: rows of fixed size, with cells that may point into the heap or to subnodes. */
#include "mapi/item.h"
#include "pst/ltp.h"

#define TC_SIGNATURE 0x7C
#define TC_HEADER 22

static status bad_table(struct tc *t, const char *what)
{
	return reason_set(&t->db->why, ecCorruptData, "a table is damaged: %s", what);
}

static status read_columns(struct tc *t, struct bytes info)
{
	t->columns = arena_array(t->arena, t->n_columns ? t->n_columns : 1, sizeof *t->columns);
	if (!t->columns)
		return reason_set(&t->db->why, ecMemory, "out of memory");
	for (unsigned i = 0; i < t->n_columns; i++) {
		const uint8_t *d = info.p + TC_HEADER + 8 * (size_t)i;
		struct tc_column c = { le32(d), le16(d + 4), d[6], d[7] };

		if ((uint32_t)c.offset + c.size > t->ceb_at || (unsigned)c.bit / 8 >= t->row_size - t->ceb_at)
			return bad_table(t, "a column lies outside the row");
		t->columns[i] = c;
	}
	return ecNone;
}

static status read_info(struct tc *t)
{
	struct bytes info;
	status s = heap_item_kept(&t->heap, t->heap.user_root, &info);

	if (s)
		return s;
	if (info.n < TC_HEADER || info.p[0] != TC_SIGNATURE)
		return bad_table(t, "its description is missing");
	t->n_columns = info.p[1];
	t->ceb_at = le16(info.p + 6); /* rgib[TCI_1b]: where the cells end and the existence block begins */
	t->row_size = le16(info.p + 8); /* rgib[TCI_bm] */
	t->rows = le32(info.p + 14);
	if (info.n < TC_HEADER + 8 * (size_t)t->n_columns || t->ceb_at > t->row_size || t->row_size < 4)
		return bad_table(t, "its description is cut short or contradicts itself");
	s = read_columns(t, info);
	return s ? s : bth_open(&t->index, &t->heap, le32(info.p + 10));
}

/* Rows never cross a block, so each block, all as large as the first, holds a whole number of them. */
static status size_matrix(struct tc *t)
{
	struct bytes first;
	unsigned flags;
	pst_bid bid;

	if (!t->matrix.size)
		return ecNone;
	status s = data_tree_block(&t->matrix, 0, &bid);
	if (!s)
		s = ndb_block(t->db, bid, &first, &flags);
	if (s)
		return s;
	t->flags |= flags;
	t->rows_per_block = (unsigned)(first.n / t->row_size);
	if (!t->rows_per_block)
		return bad_table(t, "a row is larger than a block");
	t->n_rows = t->matrix.size / first.n * t->rows_per_block + t->matrix.size % first.n / t->row_size;
	return ecNone;
}

static status open_matrix(struct tc *t)
{
	struct node_ref node;
	struct bytes item;
	status s;

	if (!t->rows)
		return ecNone;
	if (nid_type(t->rows) == NID_TYPE_HID) {
		s = heap_item(&t->heap, t->rows, &item);
		t->n_rows = s ? 0 : item.n / t->row_size;
		return s;
	}
	s = subnode_find(t->db, t->sub, t->rows, &node);
	if (!s)
		s = data_tree_open(&t->matrix, t->db, t->arena, node.data);
	if (s)
		return s;
	return size_matrix(t);
}

status tc_open(struct tc *t, struct ndb *db, struct arena *arena, const struct node_ref *node)
{
	*t = (struct tc){ .db = db, .arena = arena, .sub = node->sub };
	status s = heap_open(&t->heap, db, arena, node->data);
	if (s)
		return s;
	if (t->heap.client != HEAP_CLIENT_TC)
		return reason_set(&db->why, ecCorruptData, "node 0x%x should hold a table and holds something else (0x%02x)",
				  node->nid, t->heap.client);
	s = read_info(t);
	if (!s && (t->index.key_size != 4 || t->index.value_size != db->format->row_index_value))
		s = bad_table(t, "its row index has odd record sizes");
	if (s)
		return s;
	t->index.transient = true;
	return open_matrix(t);
}

struct row_walk {
	const struct tc *t;
	tc_row_each *each;
	void *context;
};

static status row_record(void *context, const uint8_t *key, const uint8_t *value)
{
	struct row_walk *w = context;

	return w->each(w->context, le32(key), w->t->index.value_size == 2 ? le16(value) : le32(value));
}

status tc_walk(struct tc *t, tc_row_each *each, void *context)
{
	return bth_walk(&t->index, row_record, &(struct row_walk){ t, each, context });
}

static status matrix_row(struct tc *t, uint32_t row, struct bytes *out)
{
	struct bytes block = bytes_of(NULL, 0);
	pst_bid bid;
	unsigned flags = 0;
	size_t at = (size_t)(row % t->rows_per_block) * t->row_size;
	status s = data_tree_block(&t->matrix, row / t->rows_per_block, &bid);

	if (!s)
		s = ndb_block(t->db, bid, &block, &flags);
	t->flags |= flags;
	if (s && s != ecNotFound)
		return s;
	if (s || at + t->row_size > block.n)
		return bad_table(t, "a row is missing");
	*out = bytes_of(block.p + at, t->row_size);
	return ecNone;
}

status tc_row(struct tc *t, uint32_t row, struct bytes *out)
{
	struct bytes item;

	if (row >= t->n_rows)
		return bad_table(t, "a row number beyond the last row");
	if (nid_type(t->rows) != NID_TYPE_HID)
		return matrix_row(t, row, out);
	status s = heap_item(&t->heap, t->rows, &item);
	if (!s)
		*out = bytes_of(item.p + (size_t)row * t->row_size, t->row_size);
	return s;
}

static bool cell_holds_value(const struct tc_column *c)
{
	size_t size = c->tag & MV_FLAG ? 0 : prop_type_fixed_size(tag_type(c->tag));

	return size && size <= 8 && c->size >= size;
}

struct cell_gather {
	uint8_t *p;
	size_t n, max;
};

static status gather_cell(void *context, struct bytes chunk)
{
	struct cell_gather *g = context;

	if (chunk.n > g->max - g->n)
		return ecTooBig;
	memcpy(g->p + g->n, chunk.p, chunk.n);
	g->n += chunk.n;
	return ecNone;
}

static status cell_from_subnode(struct tc *t, struct prop *p, pst_nid nid, struct arena *arena)
{
	struct node_ref node;
	struct data_tree tree;
	unsigned flags = 0;
	status s = subnode_find(t->db, t->sub, nid, &node);

	if (!s)
		s = data_tree_open(&tree, t->db, arena, node.data);
	if (s)
		return s;
	struct cell_gather g = { arena_alloc(arena, (size_t)tree.size + 1), 0, (size_t)tree.size };
	s = g.p ? value_stream(t->db, arena, node.data, gather_cell, &g, &flags) : ecMemory;
	t->flags |= flags;
	return s ? s : prop_decode(p, bytes_of(g.p, g.n), arena);
}

static status cell_value(struct tc *t, const struct tc_column *c, const uint8_t *cell, struct prop *p, struct arena *arena)
{
	struct bytes item;

	if (cell_holds_value(c)) {
		size_t size = prop_type_fixed_size(tag_type(c->tag));

		return prop_decode(p, bytes_of(arena_memdup(arena, cell, size), size), arena);
	}
	pst_hnid hnid = c->size >= 4 ? le32(cell) : 0;
	if (hnid && nid_type(hnid) != NID_TYPE_HID)
		return cell_from_subnode(t, p, hnid, arena);
	status s = heap_item(&t->heap, hnid, &item);
	if (s)
		return s;
	void *copy = arena_memdup(arena, item.p, item.n);
	return copy ? prop_decode(p, bytes_of(copy, item.n), arena) : ecMemory;
}

status tc_row_bag(struct tc *t, uint32_t row, struct bag *bag, unsigned *flags)
{
	struct bytes raw;
	status s = tc_row(t, row, &raw);

	if (s)
		return s;
	uint8_t *copy = arena_memdup(bag->arena, raw.p, raw.n);
	for (unsigned i = 0; copy && !s && i < t->n_columns; i++) {
		const struct tc_column *c = &t->columns[i];
		struct prop p = { .tag = c->tag, .count = 1 };

		if (!(copy[t->ceb_at + c->bit / 8] & (0x80 >> c->bit % 8)))
			continue;
		s = cell_value(t, c, copy + c->offset, &p, bag->arena);
		if (s && s != ecMemory) {
			p.flags |= PROP_DAMAGED;
			p.count = prop_is_list(p.tag) ? 0 : 1;
			p.value = bytes_of(NULL, 0);
			s = ecNone;
		}
		if (!s && !bag_append(bag, &p))
			s = ecMemory;
	}
	*flags |= t->heap.flags | t->flags;
	return copy ? s : ecMemory;
}
