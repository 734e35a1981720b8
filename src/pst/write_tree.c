#include "pst/write_tree.h"

#include <stdlib.h>

#define SL_ENTRIES 340u
#define SI_ENTRIES 510u

/* Lists of blocks ---------------------------------------------------------------------------------------- */

void block_list_init(struct block_list *l, struct file_writer *file)
{
	*l = (struct block_list){ .file = file };
}

void block_list_free(struct block_list *l)
{
	free(l->ids);
	free(l->lists);
	*l = (struct block_list){ .file = l->file };
}

static status write_list(struct block_list *l, unsigned level, const pst_bid *ids, unsigned n, uint64_t total, pst_bid *bid)
{
	uint8_t block[BLOCK_DATA_MAX];

	block[0] = BLOCK_TYPE_X;
	block[1] = (uint8_t)level;
	put_le16(block + 2, (uint16_t)n);
	put_le32(block + 4, (uint32_t)total);
	for (unsigned i = 0; i < n; i++)
		put_le64(block + 8 + 8 * (size_t)i, ids[i]);
	return file_block(l->file, block, 8 + 8 * (size_t)n, true, bid);
}

static pst_bid *room(pst_bid **ids)
{
	if (!*ids)
		*ids = malloc(LIST_BIDS * sizeof **ids);
	return *ids;
}

static status end_xblock(struct block_list *l)
{
	pst_bid bid;

	if (!room(&l->lists))
		return ecMemory;
	if (l->n_lists == LIST_BIDS)
		return reason_set(&l->file->why, ecTooBig, "a value is larger than the format allows");
	status s = write_list(l, 1, l->ids, l->n_ids, l->list_total, &bid);
	if (s)
		return s;
	l->lists[l->n_lists++] = bid;
	l->n_ids = 0;
	l->list_total = 0;
	return ecNone;
}

status block_list_add(struct block_list *l, pst_bid bid, size_t n)
{
	if (l->total + n > UINT32_MAX)
		return reason_set(&l->file->why, ecTooBig, "a value of 4 GiB or more does not fit into the format");
	l->total += n;
	l->blocks++;
	if (l->blocks == 1) {
		l->single = bid;
		l->list_total = n;
		return ecNone;
	}
	if (!room(&l->ids))
		return ecMemory;
	if (l->blocks == 2)
		l->ids[l->n_ids++] = l->single;
	if (l->n_ids == LIST_BIDS) {
		status s = end_xblock(l);
		if (s)
			return s;
	}
	l->ids[l->n_ids++] = bid;
	l->list_total += n;
	return ecNone;
}

status block_list_finish(struct block_list *l, pst_bid *root)
{
	status s = ecNone;

	if (l->blocks <= 1) {
		*root = l->single;
		return ecNone;
	}
	if (!l->n_lists)
		return write_list(l, 1, l->ids, l->n_ids, l->total, root);
	if (l->n_ids)
		s = end_xblock(l);
	return s ? s : write_list(l, 2, l->lists, l->n_lists, l->total, root);
}

/* Values ---------------------------------------------------------------------------------------------------- */

void tree_writer_init(struct tree_writer *t, struct file_writer *file)
{
	block_list_init(&t->list, file);
	t->n = 0;
}

void tree_writer_free(struct tree_writer *t)
{
	block_list_free(&t->list);
}

static status end_block(struct tree_writer *t)
{
	pst_bid bid;
	status s = file_block(t->list.file, t->block, t->n, false, &bid);

	if (!s)
		s = block_list_add(&t->list, bid, t->n);
	t->n = 0;
	return s;
}

status tree_writer_add(struct tree_writer *t, struct bytes data)
{
	status s = ecNone;

	while (!s && data.n) {
		size_t part = BLOCK_DATA_MAX - t->n < data.n ? BLOCK_DATA_MAX - t->n : data.n;

		memcpy(t->block + t->n, data.p, part);
		t->n += part;
		data = bytes_of(data.p + part, data.n - part);
		if (t->n == BLOCK_DATA_MAX)
			s = end_block(t);
	}
	return s;
}

status tree_writer_finish(struct tree_writer *t, pst_bid *root, uint64_t *size)
{
	status s = t->n ? end_block(t) : ecNone;

	*size = t->list.total;
	return s ? s : block_list_finish(&t->list, root);
}

status tree_write(struct file_writer *file, struct bytes data, pst_bid *root)
{
	struct tree_writer *t = malloc(sizeof *t);
	uint64_t size;

	if (!t)
		return ecMemory;
	tree_writer_init(t, file);
	status s = tree_writer_add(t, data);
	if (!s)
		s = tree_writer_finish(t, root, &size);
	tree_writer_free(t);
	free(t);
	return s;
}

/* Subnodes --------------------------------------------------------------------------------------------------- */

void subnode_list_free(struct subnode_list *l)
{
	free(l->v);
	*l = (struct subnode_list){ 0 };
}

status subnode_list_add(struct subnode_list *l, pst_nid nid, pst_bid data, pst_bid sub)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 8;
		void *v = realloc(l->v, cap * sizeof *l->v);

		if (!v)
			return ecMemory;
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n++] = (struct node_ref_out){ nid, data, sub };
	return ecNone;
}

bool subnode_list_has(const struct subnode_list *l, pst_nid nid)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].nid == nid)
			return true;
	return false;
}

static int by_nid(const void *a, const void *b)
{
	const struct node_ref_out *x = a, *y = b;

	return x->nid < y->nid ? -1 : x->nid > y->nid;
}

static status write_leaf(struct file_writer *file, const struct node_ref_out *v, size_t n, pst_bid *bid)
{
	uint8_t block[BLOCK_DATA_MAX] = { BLOCK_TYPE_S, 0 };

	put_le16(block + 2, (uint16_t)n);
	for (size_t i = 0; i < n; i++) {
		put_le64(block + 8 + 24 * i, v[i].nid);
		put_le64(block + 16 + 24 * i, v[i].data);
		put_le64(block + 24 + 24 * i, v[i].sub);
	}
	return file_block(file, block, 8 + 24 * n, true, bid);
}

status subnode_list_write(struct subnode_list *l, struct file_writer *file, pst_bid *root)
{
	uint8_t index[BLOCK_DATA_MAX] = { BLOCK_TYPE_S, 1 };
	size_t leaves = 0;
	status s = ecNone;

	*root = 0;
	if (!l->n)
		return ecNone;
	qsort(l->v, l->n, sizeof *l->v, by_nid);
	if (l->n <= SL_ENTRIES)
		return write_leaf(file, l->v, l->n, root);
	if (l->n > (size_t)SL_ENTRIES * SI_ENTRIES)
		return reason_set(&file->why, ecTooBig, "more than %u subnodes (attachments and large values) in one item",
				  SL_ENTRIES * SI_ENTRIES);
	for (size_t i = 0; !s && i < l->n; i += SL_ENTRIES) {
		pst_bid bid = 0;

		s = write_leaf(file, l->v + i, l->n - i < SL_ENTRIES ? l->n - i : SL_ENTRIES, &bid);
		put_le64(index + 8 + 16 * leaves, l->v[i].nid);
		put_le64(index + 16 + 16 * leaves, bid);
		leaves++;
	}
	put_le16(index + 2, (uint16_t)leaves);
	return s ? s : file_block(file, index, 8 + 16 * leaves, true, root);
}
