#include "pst/write_pc.h"

#include <stdlib.h>

#define VALUE_MAX ((size_t)64 << 20)
#define FIRST_VALUE_INDEX 0x401u

static void encode_list(const struct prop *p, struct buf *out)
{
	size_t at = 4 + 4 * (size_t)p->count;

	buf_add_u32(out, p->count);
	for (uint32_t i = 0; i < p->count; i++) {
		buf_add_u32(out, (uint32_t)at);
		at += p->values[i].n;
	}
	for (uint32_t i = 0; i < p->count; i++)
		buf_add(out, p->values[i].p, p->values[i].n);
}

status value_encode(const struct prop *p, struct buf *out)
{
	if (prop_is_list(p->tag))
		encode_list(p, out);
	else
		buf_add(out, p->value.p, p->value.n);
	return buf_status(out);
}

status pc_writer_init(struct pc_writer *pc, struct file_writer *file)
{
	*pc = (struct pc_writer){ .file = file, .next_value = FIRST_VALUE_INDEX };
	buf_init(&pc->scratch, VALUE_MAX);
	status s = heap_writer_init(&pc->heap, file, 0xBC);
	if (!s)
		s = bth_header_add(&pc->heap, &pc->header);
	if (s)
		pc_writer_free(pc);
	return s;
}

void pc_writer_free(struct pc_writer *pc)
{
	heap_writer_free(&pc->heap);
	subnode_list_free(&pc->subs);
	free(pc->records);
	buf_free(&pc->scratch);
	*pc = (struct pc_writer){ 0 };
}

bool pc_writer_has(const struct pc_writer *pc, uint16_t id)
{
	for (size_t i = 0; i < pc->n; i++)
		if (pc->records[i].id == id)
			return true;
	return false;
}

static status add_record(struct pc_writer *pc, uint32_t tag, uint32_t hnid)
{
	if (pc->n == pc->cap) {
		size_t cap = pc->cap ? pc->cap * 2 : 128;
		void *v = realloc(pc->records, cap * sizeof *pc->records);

		if (!v)
			return ecMemory;
		pc->records = v;
		pc->cap = cap;
	}
	pc->records[pc->n++] = (struct pc_record){ tag_id(tag), tag_type(tag), hnid };
	return ecNone;
}

pst_nid pc_writer_new_nid(struct pc_writer *pc)
{
	return nid_make(NID_TYPE_LTP, pc->next_value++);
}

/* PtypObject: a subnode and its size. [MS-PST] 2.3.3.5 */
static status add_object(struct pc_writer *pc, uint32_t tag, pst_nid nid, uint64_t size)
{
	uint8_t object[8];
	uint32_t hid;

	put_le32(object, nid);
	put_le32(object + 4, size > INT32_MAX ? INT32_MAX : (uint32_t)size);
	status s = heap_writer_add(&pc->heap, bytes_of(object, sizeof object), &hid);
	return s ? s : add_record(pc, tag, hid);
}

status pc_writer_set_object(struct pc_writer *pc, uint32_t tag, pst_nid nid, uint64_t size)
{
	size_t kept = 0;

	for (size_t i = 0; i < pc->n; i++)
		if (pc->records[i].id != tag_id(tag))
			pc->records[kept++] = pc->records[i];
	pc->n = kept;
	return add_object(pc, tag, nid, size);
}

status pc_writer_add_tree(struct pc_writer *pc, uint32_t tag, pst_bid root, uint64_t size)
{
	bool object = tag_type(tag) == PT_OBJECT;

	if (pc_writer_has(pc, tag_id(tag)))
		return ecNone;
	if (!root && !object)
		return add_record(pc, tag, 0);
	pst_nid nid = pc_writer_new_nid(pc);
	status s = subnode_list_add(&pc->subs, nid, root, 0);
	if (s)
		return s;
	return object ? add_object(pc, tag, nid, size) : add_record(pc, tag, nid);
}

/* The values that stand in the record itself; whatever of them was odd is made even. */
static uint32_t inline_value(const struct prop *p)
{
	uint8_t le[4] = { 0 };

	memcpy(le, p->value.p ? p->value.p : le, p->value.n < 4 ? p->value.n : 4);
	return le32(le);
}

static status add_value(struct pc_writer *pc, const struct prop *p)
{
	uint32_t hid;
	pst_bid root = 0;

	buf_clear(&pc->scratch);
	status s = value_encode(p, &pc->scratch);
	if (s)
		return s;
	if (pc->scratch.n > HEAP_ITEM_MAX || (pc->scratch.n && prop_type(p) == PT_OBJECT)) {
		s = tree_write(pc->file, buf_bytes(&pc->scratch), &root);
		return s ? s : pc_writer_add_tree(pc, p->tag, root, pc->scratch.n);
	}
	s = heap_writer_add(&pc->heap, buf_bytes(&pc->scratch), &hid);
	return s ? s : add_record(pc, p->tag, hid);
}

status pc_writer_add(struct pc_writer *pc, const struct prop *p)
{
	size_t size = prop_type_fixed_size(prop_type(p));

	if (p->flags & PROP_LARGE || pc_writer_has(pc, prop_id(p)))
		return ecNone;
	if (size && size <= 4 && !(prop_type(p) & MV_FLAG))
		return add_record(pc, p->tag, inline_value(p));
	return add_value(pc, p);
}

status pc_writer_add_bag(struct pc_writer *pc, const struct bag *bag)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < bag->n; i++)
		s = pc_writer_add(pc, &bag->v[i]);
	return s;
}

static int by_id(const void *a, const void *b)
{
	return ((const struct pc_record *)a)->id - ((const struct pc_record *)b)->id;
}

static status write_records(struct pc_writer *pc, struct bth_writer *bth)
{
	status s = ecNone;

	bth_writer_init(bth, &pc->heap, pc->header, 2, 6);
	for (size_t i = 0; !s && i < pc->n; i++) {
		uint8_t key[2], value[6];

		put_le16(key, pc->records[i].id);
		put_le16(value, pc->records[i].type);
		put_le32(value + 2, pc->records[i].hnid);
		s = bth_writer_add(bth, key, value);
	}
	return s ? s : bth_writer_finish(bth);
}

status pc_writer_finish(struct pc_writer *pc, pst_bid *data, pst_bid *sub)
{
	struct bth_writer *bth = malloc(sizeof *bth);

	if (!bth)
		return ecMemory;
	if (pc->n)
		qsort(pc->records, pc->n, sizeof *pc->records, by_id);
	status s = write_records(pc, bth);
	free(bth);
	if (!s)
		s = heap_writer_finish(&pc->heap, pc->header, data);
	return s ? s : subnode_list_write(&pc->subs, pc->file, sub);
}
