/* Messages [MS-PST] 2.4.5, their recipients, attachments and embedded messages, written as their events arrive. */
#include "pst/ltp.h"
#include "pst/writer_private.h"

#include <stdlib.h>

#define MSGFLAG_READ 1u
#define VALUE_NID_FIRST 0x401u

/* Failures of one item ------------------------------------------------------------------------------------- */

/* An item that the format cannot hold is that item's failure; a full disk is everybody's. */
static status item_error(struct pst_writer *w, status s)
{
	if (!s || !w->depth || (s != ecTooBig && s != ecTooComplex && s != ecMemory)) {
		if (s)
			w->sink.why = w->file.why;
		return s;
	}
	w->failed = true;
	w->item_why = w->file.why;
	if (s == ecMemory)
		(void)reason_set(&w->item_why, s, "the item needs more memory than any item may");
	return ecNone;
}

/* Messages ---------------------------------------------------------------------------------------------------- */

static pst_nid embedded_nid(const struct pst_writer *w, uint64_t id)
{
	pst_nid nid = (pst_nid)id;

	if (nid_type(nid) == NID_TYPE_MESSAGE && !subnode_list_has(&w->top->pc.subs, nid))
		return nid;
	for (nid = nid_make(NID_TYPE_MESSAGE, VALUE_NID_FIRST); subnode_list_has(&w->top->pc.subs, nid); nid += 0x20)
		;
	return nid;
}

static status message_nid(struct pst_writer *w, const struct message_event *e, pst_nid *nid)
{
	if (e->embedded) {
		*nid = embedded_nid(w, e->id);
		return ecNone;
	}
	return node_writer_take(&w->nodes, e->associated ? NID_TYPE_ASSOC_MESSAGE : NID_TYPE_MESSAGE,
				w->options.keep_ids ? (pst_nid)e->id : 0, nid);
}

static status begin_message(struct pst_writer *w, const struct message_event *e)
{
	struct bag translated;
	pst_nid nid;
	status s = message_nid(w, e, &nid);

	if (!s)
		s = object_begin(w, OBJECT_MESSAGE, nid, e->props, &translated);
	if (s)
		return s;
	w->top->associated = e->associated;
	w->top->embedded = e->embedded;
	w->top->flags = bag_u32(&translated, tag_id(PidTagMessageFlags), 0);
	return e->embedded ? ecNone : object_cells(w->top, &translated, e->associated ? &template_associated : &template_contents);
}

status writer_message_begin(struct item_sink *sink, const struct message_event *e)
{
	struct pst_writer *w = (struct pst_writer *)sink;

	w->depth++;
	return w->failed ? ecNone : item_error(w, begin_message(w, e));
}

/* Recipients ---------------------------------------------------------------------------------------------------- */

static status keep_recipient(struct pst_writer *w, const struct bag *props)
{
	struct open_object *o = w->top;
	struct bag translated, *copy;

	if (o->n_recipients == o->cap_recipients) {
		size_t cap = o->cap_recipients ? o->cap_recipients * 2 : 8;
		struct bag *v = arena_array(&o->arena, cap, sizeof *v);

		if (!v)
			return ecMemory;
		if (o->n_recipients)
			memcpy(v, o->recipients, o->n_recipients * sizeof *v);
		o->recipients = v;
		o->cap_recipients = cap;
	}
	unsigned codepage = o->codepage;
	status s = object_translate(w, o, props, &translated);
	o->codepage = codepage;
	copy = &o->recipients[o->n_recipients];
	bag_init(copy, &o->arena);
	for (size_t i = 0; !s && i < translated.n; i++) {
		struct prop p = translated.v[i];

		if (prop_id(&p) == tag_id(LTP_ROW_ID) || prop_id(&p) == tag_id(LTP_ROW_VER) || p.flags & PROP_LARGE)
			continue;
		s = bag_copy(copy, &p);
	}
	o->n_recipients += !s;
	return s;
}

status writer_recipient(struct item_sink *sink, const struct bag *props)
{
	struct pst_writer *w = (struct pst_writer *)sink;

	return w->failed ? ecNone : item_error(w, keep_recipient(w, props));
}

/* The template's columns, then every other property that some recipient has. */
static unsigned recipient_columns(const struct open_object *o, uint32_t tags[TC_WRITE_COLUMNS])
{
	unsigned n = 0;

	for (; n < template_recipients.n; n++)
		tags[n] = template_recipients.tags[n];
	for (size_t r = 0; r < o->n_recipients; r++)
		for (size_t i = 0; i < o->recipients[r].n; i++) {
			uint32_t tag = o->recipients[r].v[i].tag;
			unsigned k = 0;

			while (k < n && tag_id(tags[k]) != tag_id(tag))
				k++;
			if (k == n && n < TC_WRITE_COLUMNS - 2)
				tags[n++] = tag;
		}
	return n;
}

static status write_recipients(struct pst_writer *w, struct open_object *o)
{
	uint32_t tags[TC_WRITE_COLUMNS];
	unsigned n = recipient_columns(o, tags);
	struct tc_writer *t = malloc(sizeof *t);
	pst_bid data = 0, sub = 0;

	if (!t)
		return ecMemory;
	status s = tc_writer_init(t, &w->file, tags, n);
	for (size_t i = 0; !s && i < o->n_recipients; i++)
		s = tc_writer_add(t, (uint32_t)i, &o->recipients[i]);
	if (!s)
		s = tc_writer_finish(t, &data, &sub);
	tc_writer_free(t);
	free(t);
	return s ? s : subnode_list_add(&o->pc.subs, NID_RECIPIENT_TABLE, data, sub);
}

/* The end of a message -------------------------------------------------------------------------------------------- */

static status complete_message(struct pst_writer *w, struct open_object *o, pst_bid *data, pst_bid *sub)
{
	pst_bid table = 0, table_sub = 0;
	status s = write_recipients(w, o);

	if (!s && o->attachments) {
		s = table_end(w, &o->attachments, &template_attachments, &table, &table_sub);
		if (!s)
			s = subnode_list_add(&o->pc.subs, NID_ATTACHMENT_TABLE, table, table_sub);
	}
	if (!s)
		s = object_set_u32(o, PidTagMessageSize, o->size > INT32_MAX ? INT32_MAX : (uint32_t)o->size);
	return s ? s : pc_writer_finish(&o->pc, data, sub);
}

static status enter_into_folder(struct pst_writer *w, struct open_object *o, pst_bid data, pst_bid sub)
{
	struct open_object *folder = o->outer;
	const struct table_template *template = o->associated ? &template_associated : &template_contents;
	struct tc_writer **table = o->associated ? &folder->associated_contents : &folder->contents;
	status s = node_writer_add(&w->nodes, o->nid, data, sub, folder->nid);

	if (!s)
		s = table_begin(w, table, template);
	if (!s)
		s = tc_writer_add(*table, o->nid, &o->cells);
	if (o->associated) {
		folder->n_associated++;
	} else {
		folder->n_messages++;
		folder->n_unread += !(o->flags & MSGFLAG_READ);
	}
	return s;
}

/* The attachment that holds the message points at it. */
static status enter_into_attachment(struct open_object *o, pst_bid data, pst_bid sub)
{
	struct open_object *attachment = o->outer;
	status s = subnode_list_add(&attachment->pc.subs, o->nid, data, sub);

	attachment->size += o->size;
	return s ? s : pc_writer_add_object(&attachment->pc, PidTagAttachDataObject, o->nid,
					    o->size > INT32_MAX ? INT32_MAX : (uint32_t)o->size);
}

static status end_message(struct pst_writer *w)
{
	struct open_object *o = w->top;
	pst_bid data, sub;
	status s = complete_message(w, o, &data, &sub);

	if (s)
		return s;
	return o->embedded ? enter_into_attachment(o, data, sub) : enter_into_folder(w, o, data, sub);
}

/* Once the message of the folder ends, all that its failure left open is closed. */
static void end_failure(struct pst_writer *w, struct item_result *result)
{
	result->outcome = OUTCOME_FAILED;
	result->why = w->item_why;
	if (w->depth)
		return;
	while (w->top && (w->top->kind == OBJECT_ATTACHMENT || w->top->kind == OBJECT_MESSAGE))
		object_close(w);
	w->failed = false;
}

status writer_message_end(struct item_sink *sink, struct item_result *result)
{
	struct pst_writer *w = (struct pst_writer *)sink;
	status s = w->failed ? ecNone : item_error(w, end_message(w));

	w->depth--;
	if (s)
		return s;
	if (w->failed) {
		end_failure(w, result);
		return ecNone;
	}
	object_close(w);
	result->outcome = OUTCOME_WRITTEN;
	return ecNone;
}

/* Attachments ------------------------------------------------------------------------------------------------------- */

static status begin_attachment(struct pst_writer *w, const struct attachment_event *e)
{
	struct open_object *message = w->top;
	pst_nid nid = (pst_nid)e->id;
	struct bag translated;

	if (!nid || nid_type(nid) != NID_TYPE_ATTACHMENT || subnode_list_has(&message->pc.subs, nid))
		for (nid = nid_make(NID_TYPE_ATTACHMENT, VALUE_NID_FIRST); subnode_list_has(&message->pc.subs, nid); nid += 0x20)
			;
	status s = object_begin(w, OBJECT_ATTACHMENT, nid, e->props, &translated);
	return s ? s : object_cells(w->top, &translated, &template_attachments);
}

status writer_attachment_begin(struct item_sink *sink, const struct attachment_event *e)
{
	struct pst_writer *w = (struct pst_writer *)sink;

	w->depth++;
	return w->failed ? ecNone : item_error(w, begin_attachment(w, e));
}

static status end_attachment(struct pst_writer *w)
{
	struct open_object *o = w->top, *message = o->outer;
	pst_bid data, sub;
	status s = pc_writer_finish(&o->pc, &data, &sub);

	if (!s)
		s = subnode_list_add(&message->pc.subs, o->nid, data, sub);
	if (!s)
		s = table_begin(w, &message->attachments, &template_attachments);
	if (!s)
		s = tc_writer_add(message->attachments, o->nid, &o->cells);
	message->size += o->size;
	return s;
}

status writer_attachment_end(struct item_sink *sink)
{
	struct pst_writer *w = (struct pst_writer *)sink;

	status s = w->failed ? ecNone : item_error(w, end_attachment(w));

	w->depth--;
	if (!s && !w->failed)
		object_close(w);
	return s;
}

/* Large values -------------------------------------------------------------------------------------------------------- */

status writer_value_begin(struct item_sink *sink, const struct prop *p)
{
	struct pst_writer *w = (struct pst_writer *)sink;
	struct open_object *o = w->top;

	if (w->failed)
		return ecNone;
	o->value = malloc(sizeof *o->value);
	if (!o->value)
		return item_error(w, ecMemory);
	tree_writer_init(o->value, &w->file);
	/* Ids of named properties were mapped when the bag was; the map answers alike for the value. */
	o->value_tag = p->tag;
	if (prop_id(p) >= NAMED_ID_FIRST && prop_id(p) <= NAMED_ID_LAST && w->remap[prop_id(p) - NAMED_ID_FIRST])
		o->value_tag = tag_make(w->remap[prop_id(p) - NAMED_ID_FIRST], prop_type(p));
	return ecNone;
}

status writer_value_chunk(struct item_sink *sink, struct bytes chunk)
{
	struct pst_writer *w = (struct pst_writer *)sink;

	if (w->failed)
		return ecNone;
	return item_error(w, tree_writer_add(w->top->value, chunk));
}

static status end_value(struct pst_writer *w)
{
	struct open_object *o = w->top;
	pst_bid root;
	uint64_t size;
	status s = tree_writer_finish(o->value, &root, &size);

	return s ? s : pc_writer_add_tree(&o->pc, o->value_tag, root, size);
}

status writer_value_end(struct item_sink *sink, bool complete)
{
	struct pst_writer *w = (struct pst_writer *)sink;

	(void)complete; /* what there is of a value is kept; the ledger tells that it is not whole */
	if (w->failed)
		return ecNone;
	status s = item_error(w, end_value(w));
	tree_writer_free(w->top->value);
	free(w->top->value);
	w->top->value = NULL;
	return s;
}
