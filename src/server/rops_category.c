/* Categories of a contents table: expanding, collapsing, and keeping which are open ([MS-OXCTABL] 3.2.5.16 to 3.2.5.19). */
#include "rop/rops_table.h"
#include "server/rop_call.h"
#include "server/table_object.h"

/* What the state of a table's headings may take in a response. */
#define STATE_MAX ((size_t)32 << 10)

/* The rows are queried: none go along, as in Exchange since 2013 ([MS-OXCTABL] 2.2.2.17.1, <16>). */
static status expand_row(struct rop_call *c)
{
	const struct rop_expand_row_request *q = c->request;
	struct rop_expand_row_response *r = c->response;
	struct table_object *t;
	status s = table_object_of(c, TABLE_OF_MESSAGES, &t);

	if (!s && q->max_row_count)
		s = ecNotSupported;
	if (!s)
		s = table_object_ready(c, TABLE_OF_MESSAGES, &t);
	return s ? s : table_expand(t->table, q->category_id, &r->expanded_row_count);
}

static status collapse_row(struct rop_call *c)
{
	const struct rop_collapse_row_request *q = c->request;
	struct rop_collapse_row_response *r = c->response;
	struct table_object *t;
	status s = table_object_ready(c, TABLE_OF_MESSAGES, &t);

	return s ? s : table_collapse(t->table, q->category_id, &r->collapsed_row_count);
}

static status get_collapse_state(struct rop_call *c)
{
	const struct rop_get_collapse_state_request *q = c->request;
	struct rop_get_collapse_state_response *r = c->response;
	struct table_object *t;
	struct buf *out;
	status s = table_object_ready(c, TABLE_OF_MESSAGES, &t);

	if (s)
		return s;
	out = rop_call_buffer(c);
	if (!out)
		return ecMemory;
	s = table_collapse_state(t->table, q->row_id, q->row_instance_number, out);
	if (!s && (out->failed || out->n > STATE_MAX || out->n > c->room))
		s = ecBufferTooSmall;
	r->collapse_state = buf_bytes(out);
	return s;
}

static status set_collapse_state(struct rop_call *c)
{
	const struct rop_set_collapse_state_request *q = c->request;
	struct rop_set_collapse_state_response *r = c->response;
	struct table_object *t;
	uint32_t bookmark = 0;
	status s = table_object_ready(c, TABLE_OF_MESSAGES, &t);

	if (!s)
		s = table_set_collapse_state(t->table, q->collapse_state, &bookmark);
	return s ? s : table_object_put_bookmark(c, bookmark, &r->bookmark);
}

const struct rop_entry rops_category[] = {
	{ ROP_EXPAND_ROW, OBJECT_TABLE, expand_row },
	{ ROP_COLLAPSE_ROW, OBJECT_TABLE, collapse_row },
	{ ROP_GET_COLLAPSE_STATE, OBJECT_TABLE, get_collapse_state },
	{ ROP_SET_COLLAPSE_STATE, OBJECT_TABLE, set_collapse_state },
	{ 0, 0, NULL },
};
