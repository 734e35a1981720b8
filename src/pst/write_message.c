/* Messages [MS-PST] 2.4.5, their recipients, attachments and embedded messages, written as their events arrive. */
#include "base/reader.h"
#include "pst/ltp.h"
#include "pst/writer_private.h"

#include <stdlib.h>

#define MSGFLAG_READ 1u
#define MSGFLAG_HASATTACH 0x10u
#define VALUE_NID_FIRST 0x401u
/* Higher ones of a source are not kept: new ids are counted from the highest. */
#define NID_ATTACHMENT_LAST 0x7FFFFFFFu

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
	pst_nid nid = 0;
	status s = writer_expect(w, w->top && w->top->kind == (e->embedded ? OBJECT_ATTACHMENT : OBJECT_FOLDER));

	if (!s)
		s = message_nid(w, e, &nid);
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
	return w->failed ? ecNone : writer_item_error(w, begin_message(w, e));
}

/* Recipients ---------------------------------------------------------------------------------------------------- */

/*
 * A table has to know its columns before its first row, so the recipients of a message wait, packed, until it ends:
 * in memory while they are few, else in a scratch file.
 */
#define RECIPIENTS_IN_MEMORY ((size_t)2 << 20)
#define RECIPIENT_MAX ((size_t)16 << 20)

struct recipients {
	uint32_t tags[TC_WRITE_COLUMNS]; /* the template's columns, then every other that some recipient has */
	unsigned n_tags;
	uint32_t n;
	struct buf packed;      /* those that are not in the scratch file yet */
	struct output *scratch;
	uint64_t at;            /* while they are read back */
};

void recipients_free(struct recipients *r)
{
	if (!r)
		return;
	buf_free(&r->packed);
	output_close(r->scratch);
	free(r);
}

static struct recipients *recipients_of(struct open_object *o)
{
	if (o->recipients)
		return o->recipients;
	o->recipients = calloc(1, sizeof *o->recipients);
	if (!o->recipients)
		return NULL;
	buf_init(&o->recipients->packed, RECIPIENTS_IN_MEMORY + 2 * RECIPIENT_MAX);
	for (unsigned i = 0; i < template_recipients.n; i++)
		o->recipients->tags[i] = template_recipients.tags[i];
	o->recipients->n_tags = template_recipients.n;
	return o->recipients;
}

static status need_column(struct pst_writer *w, struct recipients *r, uint32_t tag)
{
	for (unsigned i = 0; i < r->n_tags; i++)
		if (r->tags[i] == tag)
			return ecNone;
	if (r->n_tags == TC_WRITE_COLUMNS - 2)
		return reason_set(&w->file.why, ecTooBig, "the recipients have more than %u different properties",
				  TC_WRITE_COLUMNS - 2);
	r->tags[r->n_tags++] = tag;
	return ecNone;
}

static void pack(struct buf *out, const struct prop *p)
{
	bool list = prop_is_list(p->tag);

	buf_add_u32(out, p->tag);
	buf_add_u32(out, p->count);
	for (uint32_t i = 0; i < (list ? p->count : 1); i++) {
		struct bytes v = list ? p->values[i] : p->value;

		buf_add_u32(out, (uint32_t)v.n);
		buf_add(out, v.p, v.n);
	}
}

static bool unpack(struct reader *in, struct arena *arena, struct prop *p)
{
	*p = (struct prop){ .tag = reader_u32(in) };
	p->count = reader_u32(in);
	if (!prop_is_list(p->tag)) {
		p->value = reader_bytes(in, reader_u32(in));
		p->size = p->value.n;
		return !in->failed;
	}
	struct bytes *list = arena_array(arena, p->count ? p->count : 1, sizeof *list);
	for (uint32_t i = 0; list && i < p->count; i++)
		list[i] = reader_bytes(in, reader_u32(in));
	p->values = list;
	return list && !in->failed;
}

static status keep_recipient(struct pst_writer *w, struct recipients *r, const struct bag *translated)
{
	size_t begin = r->packed.n;
	status s = ecNone;

	buf_add_u32(&r->packed, 0);
	for (size_t i = 0; !s && i < translated->n; i++) {
		const struct prop *p = &translated->v[i];

		if (p->tag == LTP_ROW_ID || p->tag == LTP_ROW_VER || p->flags & PROP_LARGE)
			continue;
		s = need_column(w, r, p->tag);
		pack(&r->packed, p);
	}
	if (!s)
		s = buf_status(&r->packed);
	if (s)
		return s;
	put_le32(r->packed.p + begin, (uint32_t)(r->packed.n - begin - 4));
	r->n++;
	if (r->packed.n - begin > RECIPIENT_MAX)
		return reason_set(&w->file.why, ecTooBig, "a recipient of more than %zu bytes", RECIPIENT_MAX);
	if (r->packed.n < RECIPIENTS_IN_MEMORY)
		return ecNone;
	if (!r->scratch)
		s = output_scratch(output_path(w->out), &r->scratch, &w->file.why);
	if (!s)
		s = output_append(r->scratch, r->packed.p, r->packed.n);
	buf_clear(&r->packed);
	return s;
}

static status add_recipient(struct pst_writer *w, const struct bag *props)
{
	struct open_object *o = w->top;
	struct arena_mark mark = arena_mark(&o->arena);
	struct recipients *r = recipients_of(o);
	unsigned codepage = o->codepage;
	struct bag translated;

	if (!r)
		return ecMemory;
	status s = object_translate(w, o, props, &translated);
	if (!s)
		s = keep_recipient(w, r, &translated);
	o->codepage = codepage;
	arena_rewind(&o->arena, mark);
	return s;
}

status writer_recipient(struct item_sink *sink, const struct bag *props)
{
	struct pst_writer *w = (struct pst_writer *)sink;

	if (w->failed)
		return ecNone;
	status s = writer_expect(w, w->top && w->top->kind == OBJECT_MESSAGE);
	return writer_item_error(w, s ? s : add_recipient(w, props));
}

/* The next packed recipient, valid until the call after. */
static status next_recipient(struct recipients *r, struct bytes *out)
{
	uint8_t size[4];

	if (!r->scratch) {
		*out = bytes_of(r->packed.p + r->at + 4, le32(r->packed.p + r->at));
		r->at += 4 + out->n;
		return ecNone;
	}
	status s = output_read_at(r->scratch, r->at, size, sizeof size);
	buf_clear(&r->packed);
	uint8_t *to = s ? NULL : buf_extend(&r->packed, le32(size));
	if (!s)
		s = to ? output_read_at(r->scratch, r->at + 4, to, le32(size)) : ecMemory;
	r->at += 4 + r->packed.n;
	*out = buf_bytes(&r->packed);
	return s;
}

static status write_recipient(struct open_object *o, struct tc_writer *t, uint32_t row_id, struct bytes packed)
{
	struct arena_mark mark = arena_mark(&o->arena);
	struct reader in = reader_of(packed);
	status s = ecNone;
	struct bag cells;

	bag_init(&cells, &o->arena);
	while (!s && reader_left(&in)) {
		struct prop p;

		s = unpack(&in, &o->arena, &p) && bag_append(&cells, &p) ? ecNone : ecMemory;
	}
	if (!s)
		s = tc_writer_add(t, row_id, &cells);
	arena_rewind(&o->arena, mark);
	return s;
}

static status write_rows(struct open_object *o, struct tc_writer *t)
{
	struct recipients *r = o->recipients;
	status s = ecNone;

	if (r->scratch) {
		s = output_append(r->scratch, r->packed.p, r->packed.n);
		buf_clear(&r->packed);
	}
	for (uint32_t i = 0; !s && i < r->n; i++) {
		struct bytes packed;

		s = next_recipient(r, &packed);
		if (!s)
			s = write_recipient(o, t, i + 1, packed);
	}
	return s;
}

static status write_recipients(struct pst_writer *w, struct open_object *o)
{
	struct recipients *r = o->recipients;
	struct tc_writer *t = malloc(sizeof *t);
	pst_bid data = 0, sub = 0;

	if (!t)
		return ecMemory;
	status s = tc_writer_init(t, &w->file, r ? r->tags : template_recipients.tags, r ? r->n_tags : template_recipients.n);
	if (!s && r)
		s = write_rows(o, t);
	if (!s)
		s = tc_writer_finish(t, &data, &sub);
	tc_writer_free(t);
	free(t);
	return s ? s : subnode_list_add(&o->pc.subs, NID_RECIPIENT_TABLE, data, sub);
}

/* The end of a message -------------------------------------------------------------------------------------------- */

/* What tables and readers count on, where the source has none. */
static status add_missing(struct open_object *o)
{
	uint32_t size = o->size > INT32_MAX ? INT32_MAX : (uint32_t)o->size;
	status s = ecNone;

	if (!o->embedded && !pc_writer_has(&o->pc, tag_id(PidTagMessageFlags))) {
		o->flags = MSGFLAG_READ | (o->attachments ? MSGFLAG_HASATTACH : 0);
		s = object_set_u32(o, PidTagMessageFlags, o->flags);
		if (!s)
			s = bag_set_u32(&o->cells, PidTagMessageFlags, o->flags);
	}
	if (s || pc_writer_has(&o->pc, tag_id(PidTagMessageSize)))
		return s;
	s = object_set_u32(o, PidTagMessageSize, size);
	return s ? s : bag_set_u32(&o->cells, PidTagMessageSize, size);
}

static status complete_message(struct pst_writer *w, struct open_object *o, pst_bid *data, pst_bid *sub)
{
	pst_bid table = 0, table_sub = 0;
	status s = add_missing(o);

	if (!s)
		s = write_recipients(w, o);
	if (!s && o->attachments) {
		s = table_end(w, &o->attachments, &template_attachments, &table, &table_sub);
		if (!s)
			s = subnode_list_add(&o->pc.subs, NID_ATTACHMENT_TABLE, table, table_sub);
	}
	return s ? s : pc_writer_finish(&o->pc, data, sub);
}

static status enter_into_folder(struct pst_writer *w, struct open_object *o, pst_bid data, pst_bid sub)
{
	struct open_object *folder = o->outer;
	const struct table_template *template = o->associated ? &template_associated : &template_contents;
	struct tc_writer **table = o->associated ? &folder->associated_contents : &folder->contents;
	status s = table_begin(w, table, template);

	if (!s)
		s = node_writer_add(&w->nodes, o->nid, data, sub, folder->nid);
	if (s)
		return s;
	s = tc_writer_add(*table, o->nid, &o->cells);
	if (s) {
		/* Nothing of an item that failed: neither a node nor a row. */
		node_writer_undo(&w->nodes);
		return s;
	}
	folder->n_associated += o->associated;
	folder->n_messages += !o->associated;
	folder->n_unread += !o->associated && !(o->flags & MSGFLAG_READ);
	return ecNone;
}

/* The attachment that holds the message points at it. */
static status enter_into_attachment(struct open_object *o, pst_bid data, pst_bid sub)
{
	struct open_object *attachment = o->outer;
	status s = subnode_list_add(&attachment->pc.subs, o->nid, data, sub);

	attachment->size += o->size;
	return s ? s : pc_writer_set_object(&attachment->pc, PidTagAttachDataObject, o->nid, o->size);
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
	status s = w->failed ? ecNone : writer_item_error(w, end_message(w));

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

/* The source's id where it is one and free. */
static pst_nid attachment_nid(struct open_object *message, uint64_t id)
{
	pst_nid nid = (pst_nid)id;

	if (id > NID_ATTACHMENT_LAST || nid_type(nid) != NID_TYPE_ATTACHMENT ||
	    (nid <= message->last_attachment && subnode_list_has(&message->pc.subs, nid)))
		nid = message->last_attachment ? message->last_attachment + 0x20 : nid_make(NID_TYPE_ATTACHMENT, VALUE_NID_FIRST);
	if (nid > message->last_attachment)
		message->last_attachment = nid;
	return nid;
}

static status begin_attachment(struct pst_writer *w, const struct attachment_event *e)
{
	struct bag translated;
	status s = writer_expect(w, w->top && w->top->kind == OBJECT_MESSAGE);

	if (!s)
		s = object_begin(w, OBJECT_ATTACHMENT, attachment_nid(w->top, e->id), e->props, &translated);
	return s ? s : object_cells(w->top, &translated, &template_attachments);
}

status writer_attachment_begin(struct item_sink *sink, const struct attachment_event *e)
{
	struct pst_writer *w = (struct pst_writer *)sink;

	w->depth++;
	return w->failed ? ecNone : writer_item_error(w, begin_attachment(w, e));
}

static status end_attachment(struct pst_writer *w)
{
	struct open_object *o = w->top, *message = o->outer;
	uint32_t size = o->size > INT32_MAX ? INT32_MAX : (uint32_t)o->size;
	pst_bid data, sub;
	status s = pc_writer_finish(&o->pc, &data, &sub);

	if (!s)
		s = subnode_list_add(&message->pc.subs, o->nid, data, sub);
	/* What programs show beside the name. */
	if (!s && !bag_find(&o->cells, tag_id(PidTagAttachSize)))
		s = bag_set_u32(&o->cells, PidTagAttachSize, size);
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

	status s = w->failed ? ecNone : writer_item_error(w, end_attachment(w));

	w->depth--;
	if (!s && !w->failed)
		object_close(w);
	return s;
}
