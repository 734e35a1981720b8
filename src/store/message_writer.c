/* A message arrives as item events. */
#include "mapi/own_ids.h"
#include "rop/xid.h"
#include "store/message_private.h"
#include "store/read_marks.h"

#include <stdlib.h>

/* Embedded messages and the attachments that hold them, and one recipient. */
#define FRAMES_MAX (2 * (ITEM_DEPTH_MAX + 1) + 2)
#define COLUMNS_MAX ((size_t)1 << 20)
#define DEFAULT_CODEPAGE 1252u

enum frame_kind { FRAME_MESSAGE, FRAME_ATTACHMENT };

struct frame {
	enum frame_kind kind;
	unsigned codepage;
	struct fingerprint sum;
	bool has_body; /* the message in this attachment was there already */
};

struct message_writer {
	struct item_sink sink;
	struct mailbox *m;
	struct message_options options;
	struct content_writer content;
	struct arena arena; /* of the columns */
	struct message_row row;
	struct frame frames[FRAMES_MAX];
	uint64_t folder_seen; /* that it is there */
	unsigned depth, nested; /* frames; those within the failure */
	bool begun, ended;
	bool summed; /* its fingerprint is wanted */
	uint32_t visible; /* attachments that are not hidden */
	struct prop_fingerprint work;
	bool in_value;
	status failed; /* of the message alone */
	struct reason failure;
};

static struct message_writer *writer_of(struct item_sink *s)
{
	return (struct message_writer *)s;
}

static struct frame *top(struct message_writer *w)
{
	return &w->frames[w->depth - 1];
}

/* What the message cannot have is its own failure; what the database cannot do is everybody's. */
static status settle(struct message_writer *w, status s)
{
	if (!s)
		return ecNone;
	if (s == ecTooBig || s == ecTooComplex || s == ecMemory || s == ecInvalidParam) {
		w->failed = s;
		w->failure = w->m->why;
		return ecNone;
	}
	w->sink.why = w->m->why;
	return s;
}

static status no_memory(struct message_writer *w)
{
	return reason_set(&w->m->why, ecMemory, "the message needs more memory than there is");
}

static status misplaced(struct message_writer *w, const char *what)
{
	return reason_set(&w->m->why, ecInvalidParam, "%s of a message where there can be none", what);
}

/* Properties ------------------------------------------------------------------------------------------------------ */

/* What may differ between two that are the same: where a store keeps it, how large that is, and whether it was read. */
static bool counts(const struct prop *p)
{
	uint16_t id = prop_id(p);

	return id != PidTagMessageSize >> 16 && id != PidTagMessageFlags >> 16 && id != 0x67F2 && id != 0x67F3;
}

static status put_prop(struct message_writer *w, const struct prop *p, bool columns)
{
	struct frame *f = top(w);
	status s = ecNone;

	if (w->summed && !(p->flags & PROP_LARGE) && counts(p))
		fingerprint_add(&f->sum, own_ids_fingerprint(&w->options.store_key, w->options.store_key != NULL, &w->work, p,
							     w->content.names, f->codepage));
	if (columns && message_columns_take(&w->row, p, f->codepage, &w->arena))
		return no_memory(w);
	s = content_put_prop(&w->content, p);
	return s;
}

static status put_bag(struct message_writer *w, const struct bag *props, bool columns, const struct prop *first)
{
	status s = first ? put_prop(w, first, columns) : ecNone;

	for (size_t i = 0; !s && i < props->n; i++)
		if (&props->v[i] != first)
			s = put_prop(w, &props->v[i], columns);
	return s;
}

static status push(struct message_writer *w, enum frame_kind kind, const struct bag *props)
{
	unsigned around = w->depth ? top(w)->codepage : w->options.codepage;

	if (w->depth == FRAMES_MAX)
		return reason_set(&w->m->why, ecTooComplex, "messages nest deeper than %d", ITEM_DEPTH_MAX);
	w->frames[w->depth++] = (struct frame){ .kind = kind, .codepage = around ? around : DEFAULT_CODEPAGE };
	if (kind == FRAME_MESSAGE)
		top(w)->codepage = bag_u32(props, tag_id(PidTagMessageCodepage), top(w)->codepage);
	return ecNone;
}

/* Seals the innermost object into the one around it. */
static struct fingerprint pop(struct message_writer *w, char kind)
{
	struct fingerprint sealed = fingerprint_seal(top(w)->sum, kind);

	w->depth--;
	if (w->depth)
		fingerprint_add(&top(w)->sum, sealed);
	return sealed;
}

/* Events ------------------------------------------------------------------------------------------------------------ */

static status begin_top(struct message_writer *w, const struct message_event *e)
{
	status s = w->begun ? misplaced(w, "a second begin") : ecNone;

	w->begun = true;
	if (!s && w->row.info.folder != w->folder_seen)
		s = message_folder_exists(w->m, w->row.info.folder);
	if (!s)
		s = push(w, FRAME_MESSAGE, e->props);
	if (!s)
		w->folder_seen = w->row.info.folder;
	return s ? s : put_bag(w, e->props, true, NULL);
}

static status begin_embedded(struct message_writer *w, const struct message_event *e)
{
	if (top(w)->kind != FRAME_ATTACHMENT || top(w)->has_body)
		return misplaced(w, "an embedded message");
	top(w)->has_body = true;
	status s = push(w, FRAME_MESSAGE, e->props);
	if (s)
		return s;
	content_put_marker(&w->content, FT_START_EMBED);
	return put_bag(w, e->props, false, NULL);
}

static status on_message_begin(struct item_sink *sink, const struct message_event *e)
{
	struct message_writer *w = writer_of(sink);

	w->nested++;
	if (w->failed)
		return ecNone;
	return settle(w, w->depth ? begin_embedded(w, e) : begin_top(w, e));
}

static status on_recipient(struct item_sink *sink, const struct bag *props)
{
	struct message_writer *w = writer_of(sink);
	status s;

	if (w->failed)
		return ecNone;
	if (!w->depth || top(w)->kind != FRAME_MESSAGE)
		return settle(w, misplaced(w, "a recipient"));
	s = push(w, FRAME_ATTACHMENT, NULL);
	if (!s) {
		content_put_marker(&w->content, FT_START_RECIP);
		s = put_bag(w, props, false, NULL);
		content_put_marker(&w->content, FT_END_TO_RECIP);
		(void)pop(w, 'R');
	}
	return settle(w, s);
}

/* The number comes first. [MS-OXCFXICS] 2.2.4.3.2 attachment */
static status begin_attachment(struct message_writer *w, const struct attachment_event *e)
{
	const struct prop *number = bag_find(e->props, tag_id(PidTagAttachNumber));

	if (!w->depth || top(w)->kind != FRAME_MESSAGE)
		return misplaced(w, "an attachment");
	w->visible += w->depth == 1 && !bag_bool(e->props, tag_id(PidTagAttachmentHidden), false);
	w->content.plain = w->content.plain && number && number->tag == PidTagAttachNumber;
	status s = push(w, FRAME_ATTACHMENT, NULL);
	if (s)
		return s;
	content_put_marker(&w->content, FT_NEW_ATTACH);
	return put_bag(w, e->props, false, number);
}

static status on_attachment_begin(struct item_sink *sink, const struct attachment_event *e)
{
	struct message_writer *w = writer_of(sink);

	return w->failed ? ecNone : settle(w, begin_attachment(w, e));
}

static status on_attachment_end(struct item_sink *sink)
{
	struct message_writer *w = writer_of(sink);

	if (w->failed)
		return ecNone;
	if (!w->depth || top(w)->kind != FRAME_ATTACHMENT)
		return settle(w, misplaced(w, "the end of an attachment"));
	content_put_marker(&w->content, FT_END_ATTACH);
	(void)pop(w, 'A');
	return ecNone;
}

static status on_value_begin(struct item_sink *sink, const struct prop *p)
{
	struct message_writer *w = writer_of(sink);

	if (w->failed)
		return ecNone;
	if (!w->depth || w->in_value)
		return settle(w, misplaced(w, "a value"));
	w->in_value = true;
	if (w->summed)
		prop_fingerprint_begin(&w->work, p, w->content.names, top(w)->codepage);
	return settle(w, content_value_begin(&w->content, p));
}

static status on_value_chunk(struct item_sink *sink, struct bytes chunk)
{
	struct message_writer *w = writer_of(sink);

	if (w->failed)
		return ecNone;
	if (!w->in_value)
		return settle(w, misplaced(w, "a piece of a value"));
	if (w->summed)
		prop_fingerprint_chunk(&w->work, chunk);
	return settle(w, content_value_chunk(&w->content, chunk));
}

static void sum_value(struct message_writer *w)
{
	struct fingerprint f = prop_fingerprint_end(&w->work);

	if (counts(&w->content.value))
		fingerprint_add(&top(w)->sum, f);
}

static status on_value_end(struct item_sink *sink, bool complete)
{
	struct message_writer *w = writer_of(sink);

	(void)complete; /* what there is of it is kept; the ledger tells that it is not whole */
	if (w->failed)
		return ecNone;
	if (!w->in_value)
		return settle(w, misplaced(w, "the end of a value"));
	w->in_value = false;
	if (w->summed)
		sum_value(w);
	return settle(w, content_value_end(&w->content));
}

/* The end -------------------------------------------------------------------------------------------------------------- */

/* A version that cannot be read is none: the message gets one of this mailbox. */
static void take_versions(struct message_writer *w)
{
	struct message_info *i = &w->row.info;
	struct xid x;
	struct pcl list;

	i->change_key = w->options.change_key;
	i->predecessors = w->options.predecessors;
	if (!i->change_key.n && w->options.keep_versions) {
		i->change_key = w->row.own_change_key;
		i->predecessors = w->row.own_predecessors;
	}
	if (!i->change_key.n || xid_decode(i->change_key, &x, NULL))
		i->change_key = i->predecessors = bytes_of(NULL, 0);
	if (i->predecessors.n && pcl_decode(i->predecessors, &w->arena, &list, NULL))
		i->predecessors = bytes_of(NULL, 0);
}

static status end_top(struct message_writer *w)
{
	struct message_info *i = &w->row.info;

	if (w->depth != 1 || w->in_value || top(w)->kind != FRAME_MESSAGE)
		return misplaced(w, "the end");
	i->fingerprint = pop(w, 'M');
	i->fingerprint.lo += i->associated;
	if (!w->summed)
		i->fingerprint = (struct fingerprint){ 0, 0 };
	i->has_attachments = w->visible > 0;
	i->size = content_size(&w->content);
	i->plain = w->content.plain;
	if (w->content.body.failed)
		return reason_set(&w->m->why, ecTooBig, "the message is larger than a mailbox takes, or there is no memory");
	if (message_columns_end(&w->row, mailbox_now(w->m), &w->arena))
		return no_memory(w);
	take_versions(w);
	w->ended = true;
	return ecNone;
}

static status end_embedded(struct message_writer *w)
{
	if (w->depth < 3 || w->in_value || top(w)->kind != FRAME_MESSAGE)
		return misplaced(w, "the end of an embedded message");
	content_put_marker(&w->content, FT_END_EMBED);
	(void)pop(w, 'M');
	return ecNone;
}

static status on_message_end(struct item_sink *sink, struct item_result *result)
{
	struct message_writer *w = writer_of(sink);
	bool last = w->nested <= 1;
	status s = ecNone;

	w->nested -= w->nested > 0;
	if (!w->failed)
		s = settle(w, last ? end_top(w) : end_embedded(w));
	result->outcome = w->failed ? OUTCOME_FAILED : OUTCOME_WRITTEN;
	if (w->failed)
		result->why = w->failure;
	return s;
}

static const struct item_sink_ops writer_ops = {
	.message_begin = on_message_begin,
	.message_end = on_message_end,
	.recipient = on_recipient,
	.attachment_begin = on_attachment_begin,
	.attachment_end = on_attachment_end,
	.value_begin = on_value_begin,
	.value_chunk = on_value_chunk,
	.value_end = on_value_end,
};

/* Rows ------------------------------------------------------------------------------------------------------------------ */

status message_writer_info(struct message_writer *w, struct message_info *out)
{
	if (!w->ended || w->failed)
		return reason_set(&w->m->why, ecInvalidParam, "the message has not ended");
	*out = w->row.info;
	return ecNone;
}

/*
 * In the mailbox where clients ask for changes, what is as it was is as old as it was.  Elsewhere, and where the old one cannot
 * be read, all of it is new: i->groups is empty.
 */
static status compare_with_old(struct message_writer *w, const struct message_row *old)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(2 * MESSAGE_BODY_MAX);
	const struct content new = { w->content.id, buf_bytes(&w->content.body), w->content.large, w->content.n_large };
	struct message_info *i = &w->row.info;
	struct content was;
	uint32_t touched = 0;
	status s;

	if (w->m->is_copy || old->info.folder != i->folder || old->info.associated != i->associated || old->info.deleted || i->deleted)
		return ecNone;
	s = content_load(w->m, old->content, &arena, &was);
	if (!s)
		s = message_groups_compare(w->m, &was, &new, &touched);
	if (!s)
		s = message_groups_next(w->m, &old->info, touched, i->cn, &w->arena, i);
	return s == ecCorruptData || s == ecTooComplex || s == ecMemory ? ecNone : s;
}

/* The message that is replaced goes, its id stays; its version is one of the predecessors. */
static status replace_old(struct message_writer *w)
{
	struct message_info *i = &w->row.info;
	struct message_row old = { .content = 0 };
	status s = mailbox_about_to_change(w->m, w->options.replaces, NULL, NULL, 0);

	if (!s)
		s = message_to_change(w->m, w->options.replaces, &w->arena, &old);

	if (!s && !i->change_key.n)
		s = mailbox_predecessors(w->m, old.info.change_key, old.info.predecessors, old.info.cn, i->cn, &w->arena, &i->predecessors);
	if (!s)
		s = compare_with_old(w, &old);
	if (!s)
		s = read_marks_follow(w->m, i, &old.info, false);
	if (!s)
		s = message_count(w->m, &old, -1);
	if (!s)
		s = content_delete(w->m, old.content);
	if (!s)
		s = message_row_delete(w->m, old.info.id);
	if (!s && old.info.folder != i->folder)
		s = message_tombstone(w->m, old.info.folder, old.info.id, i->cn);
	i->id = w->options.replaces;
	return s;
}

static status write_rows(struct message_writer *w)
{
	struct message_info *i = &w->row.info;
	bool replaces = w->options.replaces != 0;
	status s = ecNone;

	i->id = w->content.id;
	w->row.content = w->content.id;
	if (w->options.id || (w->m->is_copy && !replaces))
		s = mailbox_choose_id(w->m, w->options.id, &i->id);
	if (s)
		return s;
	i->cn = mailbox_next_cn(w->m);
	if (replaces)
		s = replace_old(w);
	if (!s)
		s = read_marks_follow(w->m, i, NULL, false);
	if (!s)
		s = content_write(&w->content);
	if (!s)
		s = message_row_insert(w->m, &w->row);
	if (!s)
		s = message_count(w->m, &w->row, 1);
	return s ? s : mailbox_note(w->m, &(struct mailbox_change){
						  .kind = replaces ? CHANGE_MESSAGE_MODIFIED : CHANGE_MESSAGE_CREATED,
						  .associated = i->associated,
						  .folder = i->folder,
						  .object = i->id,
						  .cn = i->cn,
					  });
}

status message_writer_finish(struct message_writer *w, uint64_t *id)
{
	status s = mailbox_must_write(w->m);

	if (!s && w->failed) {
		w->m->why = w->failure;
		s = w->failed;
	}
	if (!s && !w->ended)
		s = reason_set(&w->m->why, ecInvalidParam, "the message has not ended");
	if (s)
		return s;
	s = write_rows(w);
	if (s)
		return s;
	*id = w->row.info.id;
	w->begun = w->ended = false;
	/* Nothing is left to be abandoned. */
	w->content.n_large = 0;
	w->content.parts = 0;
	return ecNone;
}

/* The writer -------------------------------------------------------------------------------------------------------------- */

static void abandon(struct message_writer *w)
{
	if (w->in_value && w->summed)
		prop_fingerprint_free(&w->work);
	w->in_value = false;
	/* A failure has ended the transaction, and the pieces with it. */
	if (w->m->in_transaction)
		(void)!content_abandon(&w->content);
	w->content.n_large = 0;
	w->content.parts = 0;
}

void message_writer_again(struct message_writer *w, uint64_t folder, const struct message_options *o)
{
	abandon(w);
	w->options = *o;
	arena_reset(&w->arena);
	w->row = (struct message_row){ .info = { .folder = folder, .associated = o->associated, .deleted = o->deleted } };
	w->depth = w->nested = 0;
	w->begun = w->ended = false;
	/* What a copy is filled with is compared with something once in its life, or never: message_sums.h. */
	w->summed = !w->m->sum_later;
	w->visible = 0;
	w->failed = ecNone;
	content_begin(&w->content, mailbox_next_content(w->m), o->names);
}

status message_writer_new(struct mailbox *m, uint64_t folder, const struct message_options *o, struct message_writer **out)
{
	static const struct message_options none;
	struct message_writer *w;
	status s = mailbox_must_write(m);

	if (s)
		return s;
	w = calloc(1, sizeof *w);
	if (!w)
		return reason_set(&m->why, ecMemory, "out of memory");
	w->sink.ops = &writer_ops;
	w->m = m;
	arena_init(&w->arena, COLUMNS_MAX);
	s = content_writer_init(&w->content, m);
	if (s) {
		free(w);
		return s;
	}
	message_writer_again(w, folder, o ? o : &none);
	*out = w;
	return ecNone;
}

void message_writer_replace(struct message_writer *w, uint64_t id)
{
	w->options.replaces = id;
}

struct item_sink *message_writer_sink(struct message_writer *w)
{
	return &w->sink;
}

void message_writer_free(struct message_writer *w)
{
	if (!w)
		return;
	abandon(w);
	prop_fingerprint_free(&w->work);
	content_writer_free(&w->content);
	arena_free(&w->arena);
	free(w);
}
