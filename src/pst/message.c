/* Message objects [MS-PST] 2.4.5 and what nests in them, as item events. */
#include "pst/pst_private.h"

#include <stdio.h>

status emit_problem(struct emitter *e, enum problem_kind kind, uint64_t id, status code, const char *text)
{
	struct item_problem p = { .kind = kind, .id = id, .count = 1, .code = code, .text = text ? text : e->db->why.text };

	e->problem = true;
	return item_problem(e->sink, &p);
}

static status emit_value_problem(struct emitter *e, enum problem_kind kind, pst_nid nid, uint32_t tag, const char *text)
{
	struct item_problem p = { .kind = kind, .id = nid, .tag = tag, .count = 1, .code = ecCorruptData, .text = text };

	e->problem = true;
	return item_problem(e->sink, &p);
}

/* What was odd about the properties of an object. Terminators and odd sizes only stand in the flags of the value. */
static status report_properties(struct emitter *e, const struct pc *pc, pst_nid nid)
{
	status s = ecNone;

	if (pc->flags & NDB_BAD_CRC)
		s = emit_problem(e, PROBLEM_VALUE, nid, ecCorruptData,
				 "a block of its properties has a wrong checksum: values may be wrong");
	else if (pc->flags)
		s = emit_problem(e, PROBLEM_FLAGGED, nid, ecCorruptData,
				 "a block of its properties has a wrong signature, size or id; its checksum is right");
	for (size_t i = 0; !s && i < pc->bag.n; i++) {
		const struct prop *p = &pc->bag.v[i];

		if (p->flags & PROP_DAMAGED)
			s = emit_value_problem(e, PROBLEM_VALUE, nid, p->tag, "the value is missing or incomplete");
		else if (p->flags & PROP_UNKNOWN_TYPE)
			s = emit_value_problem(e, PROBLEM_FLAGGED, nid, p->tag, "the property has a type that does not exist; kept as found");
	}
	return s;
}

static status chunk_to_sink(void *context, struct bytes chunk)
{
	struct item_sink *sink = context;
	status s = ecNone;

	for (size_t i = 0; !s && i < chunk.n; i += ITEM_CHUNK_MAX)
		s = item_value_chunk(sink, bytes_of(chunk.p + i, chunk.n - i < ITEM_CHUNK_MAX ? chunk.n - i : ITEM_CHUNK_MAX));
	return s;
}

/* Tells an error of the sink, which stops everything, from one of the source, which costs one value. */
struct large_chunk {
	struct item_sink *sink;
	status sink_error;
};

static status large_chunk(void *context, struct bytes chunk)
{
	struct large_chunk *l = context;

	l->sink_error = chunk_to_sink(l->sink, chunk);
	return l->sink_error;
}

static status emit_large(struct emitter *e, const struct prop *p, const struct node_ref *node, pst_nid owner)
{
	struct arena_mark mark = arena_mark(&e->arena);
	struct large_chunk l = { e->sink, ecNone };
	unsigned flags = 0;
	status s = item_value_begin(e->sink, p);

	if (s)
		return s;
	status read = value_stream(e->db, &e->arena, node->data, large_chunk, &l, &flags);
	arena_rewind(&e->arena, mark);
	if (l.sink_error)
		return l.sink_error;
	bool whole = !read && !(flags & (NDB_BAD_CRC | NDB_BAD_ZLIB));
	s = item_value_end(e->sink, whole);
	if (!s && !whole)
		s = emit_value_problem(e, PROBLEM_VALUE, owner, p->tag, read ? e->db->why.text : "the value has a wrong checksum");
	return s;
}

static status emit_large_values(struct emitter *e, const struct pc *pc, pst_nid owner)
{
	size_t next = 0;
	status s = ecNone;

	for (size_t i = 0; !s && i < pc->bag.n; i++) {
		if (!(pc->bag.v[i].flags & PROP_LARGE))
			continue;
		while (next < pc->n_large && pc->large[next].tag != pc->bag.v[i].tag)
			next++;
		if (next < pc->n_large)
			s = emit_large(e, &pc->bag.v[i], &pc->large[next++].node, owner);
	}
	return s;
}

status emit_properties(struct emitter *e, const struct pc *pc, pst_nid owner)
{
	status s = report_properties(e, pc, owner);

	return s ? s : emit_large_values(e, pc, owner);
}

/* Recipients -------------------------------------------------------------------------------------------- */

struct recipient_walk {
	struct emitter *e;
	struct tc *table;
	uint64_t lost;
	unsigned flags;
};

static status emit_recipient(void *context, uint32_t row_id, uint32_t row)
{
	struct recipient_walk *w = context;
	struct arena_mark mark = arena_mark(&w->e->arena);
	struct bag bag;

	(void)row_id;
	bag_init(&bag, &w->e->arena);
	status s = tc_row_bag(w->table, row, &bag, &w->flags);
	if (s) {
		w->lost++;
		s = ecNone;
	} else {
		s = item_recipient(w->e->sink, &bag);
	}
	arena_rewind(&w->e->arena, mark);
	return s;
}

static status recipients_lost(struct emitter *e, pst_nid nid, uint64_t count, const char *text)
{
	struct item_problem p = { .kind = PROBLEM_RECIPIENTS, .id = nid, .count = count ? count : 1, .code = ecCorruptData,
				  .text = text };

	e->problem = true;
	return item_problem(e->sink, &p);
}

/* Messages without the table are common; one that names its recipients and has no table is not. */
static status without_recipient_table(struct emitter *e, const struct pc *pc, pst_nid nid)
{
	if (!bag_bytes(&pc->bag, tag_id(PidTagDisplayTo)).n)
		return ecNone;
	return emit_problem(e, PROBLEM_FLAGGED, nid, ecNotFound, "the recipient table is missing; only the display names are left");
}

static status emit_recipients(struct emitter *e, const struct pc *pc, const struct node_ref *message)
{
	struct tc table;
	struct node_ref node;
	status s = subnode_find(e->db, message->sub, NID_RECIPIENT_TABLE, &node);

	if (s == ecNotFound)
		return without_recipient_table(e, pc, message->nid);
	if (!s)
		s = tc_open(&table, e->db, &e->arena, &node);
	if (s)
		return recipients_lost(e, message->nid, 0, e->db->why.text);
	struct recipient_walk w = { .e = e, .table = &table };
	status walked = tc_walk(&table, emit_recipient, &w);
	if (walked && walked != ecCorruptData && walked != ecNotFound)
		return walked;
	if (walked || w.lost)
		return recipients_lost(e, message->nid, w.lost, e->db->why.text);
	if (w.flags & NDB_BAD_CRC)
		return recipients_lost(e, message->nid, 0, "the recipient table has a wrong checksum");
	return ecNone;
}

/* Attachments ------------------------------------------------------------------------------------------- */

static status emit_object(struct emitter *e, const struct node_ref *node, const struct message_event *as);

static status emit_embedded(struct emitter *e, const struct node_ref *node, unsigned depth)
{
	struct message_event event = { .id = node->nid, .embedded = true, .depth = depth, .confidence = 100 };

	if (depth > ITEM_DEPTH_MAX)
		return emit_problem(e, PROBLEM_ATTACHMENT, node->nid, ecTooComplex, "messages nest deeper than can be followed");
	return emit_object(e, node, &event);
}

static status emit_attachment(struct emitter *e, const struct node_ref *node, unsigned depth)
{
	struct attachment_event event = { .id = node->nid };
	struct node_ref embedded;
	struct pc pc;
	status s = pc_load(&pc, e->db, &e->arena, node);

	if (s)
		return emit_problem(e, PROBLEM_ATTACHMENT, node->nid, s, NULL);
	bool nested = bag_u32(&pc.bag, tag_id(PidTagAttachMethod), ATTACH_NONE) == ATTACH_EMBEDDED_MESSAGE &&
		      !pc_object(&pc, PidTagAttachDataObject, &embedded);
	if (nested)
		bag_remove(&pc.bag, tag_id(PidTagAttachDataObject));
	event.props = &pc.bag;
	s = item_attachment_begin(e->sink, &event);
	if (!s)
		s = emit_properties(e, &pc, node->nid);
	if (!s && nested)
		s = emit_embedded(e, &embedded, depth + 1);
	return s ? s : item_attachment_end(e->sink);
}

/* Rows of the attachment table that have no subnode are attachments that are gone. */
struct attachment_walk {
	struct emitter *e;
	const struct node_ref *message;
	uint64_t rows, lost;
};

static status count_attachment_row(void *context, uint32_t row_id, uint32_t row)
{
	struct attachment_walk *w = context;
	struct node_ref node;

	(void)row;
	w->rows++;
	w->lost += subnode_find(w->e->db, w->message->sub, row_id, &node) != ecNone;
	return ecNone;
}

static status compare_attachment_table(struct emitter *e, const struct node_ref *message, uint64_t emitted)
{
	struct attachment_walk w = { .e = e, .message = message };
	struct node_ref node;
	struct tc table;
	status s = subnode_find(e->db, message->sub, NID_ATTACHMENT_TABLE, &node);

	if (s == ecNotFound)
		return emitted ? emit_problem(e, PROBLEM_FLAGGED, message->nid, s, "the attachment table is missing; the attachments are there") :
				 ecNone;
	if (!s)
		s = tc_open(&table, e->db, &e->arena, &node);
	if (!s)
		s = tc_walk(&table, count_attachment_row, &w);
	if (s)
		return emit_problem(e, emitted ? PROBLEM_FLAGGED : PROBLEM_ATTACHMENT, message->nid, s, NULL);
	if (!w.lost)
		return ecNone;
	struct item_problem p = { .kind = PROBLEM_ATTACHMENT, .id = message->nid, .count = w.lost, .code = ecNotFound,
				  .text = "the attachment table names attachments that are not there" };
	e->problem = true;
	return item_problem(e->sink, &p);
}

static status emit_attachments(struct emitter *e, const struct node_ref *message, unsigned depth)
{
	uint64_t emitted = 0;
	struct node_ref node;
	status s = ecNone;

	for (uint64_t from = 0; !s; from = (uint64_t)node.nid + 1) {
		struct arena_mark mark = arena_mark(&e->arena);

		s = subnode_next(e->db, message->sub, from, &node);
		if (s == ecNotFound)
			return compare_attachment_table(e, message, emitted);
		if (s)
			return emit_problem(e, PROBLEM_ATTACHMENT, message->nid, s, NULL);
		if (nid_type(node.nid) == NID_TYPE_ATTACHMENT) {
			s = emit_attachment(e, &node, depth);
			emitted++;
		}
		arena_rewind(&e->arena, mark);
	}
	return s;
}

/* Messages ---------------------------------------------------------------------------------------------- */

static status emit_parts(struct emitter *e, const struct pc *pc, const struct node_ref *node, unsigned depth)
{
	status s = emit_properties(e, pc, node->nid);

	if (!s && node->sub)
		s = emit_recipients(e, pc, node);
	if (!s && !node->sub)
		s = without_recipient_table(e, pc, node->nid);
	if (!s && node->sub)
		s = emit_attachments(e, node, depth);
	return s;
}

static status emit_object(struct emitter *e, const struct node_ref *node, const struct message_event *as)
{
	struct arena_mark mark = arena_mark(&e->arena);
	struct message_event event = *as;
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	struct pc pc;
	status s = pc_load(&pc, e->db, &e->arena, node);

	if (s) {
		arena_rewind(&e->arena, mark);
		return emit_problem(e, as->embedded ? PROBLEM_ATTACHMENT : PROBLEM_MESSAGE, node->nid, s, NULL);
	}
	if (!event.embedded && e->sync)
		event.origin = ost_origin(e, &pc.bag);
	event.props = &pc.bag;
	s = item_message_begin(e->sink, &event);
	if (!s)
		s = emit_parts(e, &pc, node, event.depth);
	if (!s)
		s = item_message_end(e->sink, &result);
	arena_rewind(&e->arena, mark);
	return s;
}

status emit_message(struct emitter *e, const struct node_ref *node, bool associated, unsigned confidence)
{
	struct message_event event = { .id = node->nid, .associated = associated, .confidence = confidence };

	return emit_object(e, node, &event);
}
