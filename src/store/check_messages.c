/* Every message: is it what was written, can it be read, do its columns say what it says? */
#include "base/crc32.h"
#include "store/check_private.h"

#include <stdlib.h>

#define PAGE 256
#define WORK_BUDGET (3 * MESSAGE_BODY_MAX)

/* One message under inspection. */
struct inspection {
	struct checking *c;
	struct arena *arena;
	struct message_row row;     /* as the table has it */
	struct content content;
	struct message_row columns; /* as the content says */
	bool as_written;
	bool whole;                 /* the stream can be read to its end */
	size_t good;                /* up to here it can be cut without leaving something open */
	size_t good_large;          /* values that have their place in it */
	uint64_t unknown_names, visible;
	bool plain;
	bool mended; /* its content: what follows from it is looked at again */
	struct reason why;
};

static unsigned long long id_of(const struct inspection *i)
{
	return i->row.info.id;
}

static struct found finding(const struct inspection *i, enum mailbox_check_kind kind, bool lossless)
{
	return (struct found){
		.kind = kind, .folder = i->row.info.folder, .message = i->row.info.id, .lossless = lossless, .fixable = true
	};
}

static status no_memory(struct checking *c)
{
	return reason_set(&c->m->why, ecMemory, "out of memory");
}

/* Reading ------------------------------------------------------------------------------------------------------------ */

struct reading {
	unsigned depth;
	unsigned codepage;
	bool hidden, numbered, first_of_attachment;
};

static status take_column(struct inspection *i, struct reading *r, const struct prop *p)
{
	if (prop_id(p) == tag_id(PidTagMessageCodepage) && prop_type(p) == PT_LONG && p->value.n == 4)
		r->codepage = le32(p->value.p);
	return message_columns_take(&i->columns, p, r->codepage, i->arena) ? no_memory(i->c) : ecNone;
}

static void on_marker(struct inspection *i, struct reading *r, const struct content_walk *w, uint32_t marker)
{
	unsigned before = r->depth;

	r->depth = w->lexer.depth;
	if (marker == FT_NEW_ATTACH) {
		r->hidden = before ? r->hidden : false;
		r->numbered = false;
		r->first_of_attachment = true;
	}
	if (!r->depth && marker == FT_END_ATTACH)
		i->visible += !r->hidden;
}

/* The number comes first, or it is missing. */
static void on_attachment_property(struct inspection *i, struct reading *r, const struct prop *p)
{
	if (r->first_of_attachment) {
		r->first_of_attachment = false;
		i->plain = i->plain && p->tag == PidTagAttachNumber;
	}
	if (r->depth == 1 && p->tag == PidTagAttachmentHidden && p->value.n == 1)
		r->hidden = p->value.p[0] != 0;
}

static status read_content(struct inspection *i)
{
	CLEANUP_CONTENT_WALK struct content_walk w;
	struct reading r = { .codepage = 1252 };
	const struct content_large *large;
	struct ft_event e = { .kind = FT_PROP };
	status s = ecNone;

	content_walk_begin(&w, i->c->m, &i->content);
	w.any_name = true;
	i->plain = true;
	while (!s) {
		s = content_walk_next(&w, i->arena, &e, &large);
		if (s || e.kind == FT_MORE)
			break;
		if (e.kind == FT_MARKER) {
			on_marker(i, &r, &w, e.marker);
		} else {
			i->plain = i->plain && !e.escaped;
			if (r.depth)
				on_attachment_property(i, &r, &e.prop);
			else
				s = take_column(i, &r, &e.prop);
		}
		if (!w.lexer.depth) {
			i->good = (size_t)w.lexer.used + w.lexer.terminator;
			i->good_large = w.next_large;
		}
	}
	i->unknown_names = w.unknown_names;
	i->whole = !s;
	i->why = i->c->m->why;
	return s == ecMemory ? s : ecNone;
}

/* Large values ------------------------------------------------------------------------------------------------------------ */

/* A piece as it should be: what is missing is zeros. */
static status mend_piece(struct inspection *i, const struct content_large *l, uint64_t part, uint32_t *checksum)
{
	struct mailbox *m = i->c->m;
	size_t want = l->size - part * PIECE_SIZE < PIECE_SIZE ? (size_t)(l->size - part * PIECE_SIZE) : PIECE_SIZE;
	CLEANUP_BUF struct buf data = BUF_MAX(PIECE_SIZE);
	bool row = false;
	CLEANUP_STATEMENT struct sql_statement *s =
		sql_prepare(m->db, "SELECT data FROM piece WHERE content = $1 AND seq = $2 AND part = $3");

	bind_u64(s, 1, i->content.id);
	bind_u64(s, 2, l->seq);
	bind_u64(s, 3, part);
	status st = sql_step(s, &row);
	if (st)
		return mailbox_error(m, st);
	if (row)
		buf_add(&data, sql_blob(s, 0).p, sql_blob(s, 0).n < want ? sql_blob(s, 0).n : want);
	bool good = row && sql_blob(s, 0).n == want;
	buf_add_zeros(&data, want - data.n);
	if (data.failed)
		return no_memory(i->c);
	*checksum = crc32_pst(*checksum, buf_bytes(&data));
	if (good)
		return ecNone;
	struct sql_statement *put = sql_prepare(m->db, "INSERT INTO piece (content, seq, part, data) VALUES ($1, $2, $3, $4)"
						       " ON CONFLICT (content, seq, part) DO UPDATE SET data = excluded.data");
	bind_u64(put, 1, i->content.id);
	bind_u64(put, 2, l->seq);
	bind_u64(put, 3, part);
	sql_bind_blob(put, 4, buf_bytes(&data));
	return mailbox_error(m, sql_run(put));
}

static status mend_large(struct inspection *i, const struct content_large *l)
{
	uint32_t checksum = 0;
	status s = ecNone;

	for (uint64_t part = 0; !s && part * PIECE_SIZE < l->size; part++)
		s = mend_piece(i, l, part, &checksum);
	if (s)
		return s;
	struct sql_statement *st = sql_prepare(i->c->m->db, "UPDATE large SET checksum = $1 WHERE content = $2 AND seq = $3");
	bind_u64(st, 1, checksum);
	bind_u64(st, 2, i->content.id);
	bind_u64(st, 3, l->seq);
	return mailbox_error(i->c->m, sql_run(st));
}

static status check_large(struct inspection *i)
{
	struct mailbox *m = i->c->m;
	status s = ecNone;

	for (size_t n = 0; !s && n < i->content.n_large; n++) {
		const struct content_large *l = &i->content.large[n];
		const struct found f = finding(i, MAILBOX_CHECK_CONTENT, false);
		status read = content_stream(m, i->content.id, l, NULL, NULL);

		if (read && read != ecCorruptData)
			return read;
		if (read && check_found(i->c, &f, "message %llx, a large value: %.200s; what is missing becomes zeros", id_of(i), m->why.text))
			s = mend_large(i, l);
	}
	return s;
}

/* Mending ------------------------------------------------------------------------------------------------------------------- */

static status replace_body(struct inspection *i, struct bytes body)
{
	struct mailbox *m = i->c->m;

	i->mended = true;
	struct sql_statement *s = sql_prepare(m->db, "INSERT INTO content (id, checksum, body) VALUES ($1, $2, $3)"
						     " ON CONFLICT (id) DO UPDATE SET checksum = excluded.checksum, body = excluded.body");

	bind_u64(s, 1, i->content.id);
	sql_bind_i64(s, 2, crc32_pst(0, body));
	sql_bind_blob(s, 3, body);
	return mailbox_error(m, sql_run(s));
}

/* Large values that have no place any more. */
static status drop_large_from(struct inspection *i, size_t first)
{
	static const char *const texts[] = {
		"DELETE FROM piece WHERE content = $1 AND seq = $2",
		"DELETE FROM large WHERE content = $1 AND seq = $2",
	};
	status st = ecNone;

	for (size_t n = first; !st && n < i->content.n_large; n++)
		for (size_t t = 0; !st && t < 2; t++) {
			struct sql_statement *s = sql_prepare(i->c->m->db, texts[t]);

			bind_u64(s, 1, i->content.id);
			bind_u64(s, 2, i->content.large[n].seq);
			st = mailbox_error(i->c->m, sql_run(s));
		}
	return st;
}

/* What the list shows of a message whose content is gone. */
static status body_of_columns(struct inspection *i)
{
	const struct message_info *info = &i->row.info;
	CLEANUP_BUF struct buf b = BUF_MAX((size_t)1 << 20);
	struct bag bag;

	bag_init(&bag, i->arena);
	if (bag_set_text(&bag, PidTagMessageClass, info->class_name) || bag_set_text(&bag, PidTagSubject, info->subject) ||
	    bag_set_text(&bag, PidTagSenderName, info->sender) || bag_set_text(&bag, PidTagDisplayTo, info->to) ||
	    bag_set_u64(&bag, PidTagMessageDeliveryTime, info->received) || bag_set_u32(&bag, PidTagMessageFlags, info->flags))
		return no_memory(i->c);
	status s = content_encode_bag(i->c->m, &bag, &b);
	return s ? s : replace_body(i, buf_bytes(&b));
}

static status mend_missing(struct inspection *i)
{
	const struct found f = finding(i, MAILBOX_CHECK_CONTENT, false);

	if (!check_found(i->c, &f, "the content of message %llx \"%.80s\" is gone; what lists show of it is kept", id_of(i),
			 i->row.info.subject))
		return ecNone;
	status s = content_delete(i->c->m, i->content.id);
	return s ? s : body_of_columns(i);
}

static status mend_body(struct inspection *i)
{
	const struct found f = finding(i, MAILBOX_CHECK_CONTENT, false);

	if (i->whole) {
		if (!check_found(i->c, &f,
				 "message %llx \"%.80s\" is not what was written (its checksum is another), but can be read;"
				 " it is kept as it is",
				 id_of(i), i->row.info.subject))
			return ecNone;
		return replace_body(i, i->content.body);
	}
	if (!check_found(i->c, &f,
			 "message %llx \"%.80s\" cannot be read to its end: %.120s;"
			 " what stands before that is kept (%zu of %zu bytes)",
			 id_of(i), i->row.info.subject, i->why.text, i->good, i->content.body.n))
		return ecNone;
	status s = drop_large_from(i, i->good_large);
	return s ? s : replace_body(i, bytes_of(i->content.body.p, i->good));
}

/* Names -------------------------------------------------------------------------------------------------------------------- */

/* The names of a message are added to the list that lacks them. */
static status learn_names(struct inspection *i)
{
	CLEANUP_CONTENT_WALK struct content_walk w;
	const struct content_large *large;
	struct ft_event e = { .kind = FT_PROP };
	uint16_t id;
	status s = ecNone;

	content_walk_begin(&w, i->c->m, &i->content);
	w.any_name = true;
	while (!s) {
		s = content_walk_next(&w, i->arena, &e, &large);
		if (s || e.kind == FT_MORE)
			break;
		if (e.kind == FT_PROP && e.named)
			s = mailbox_name_as(i->c->m, &e.name, prop_id(&e.prop), &id);
	}
	return s;
}

static status check_names(struct inspection *i)
{
	const struct found f = finding(i, MAILBOX_CHECK_NAMES, true);

	if (!i->unknown_names || !i->whole)
		return ecNone;
	if (!check_found(i->c, &f, "message %llx has %llu named properties that the list of names does not know; the list learns them",
			 id_of(i), (unsigned long long)i->unknown_names))
		return ecNone;
	return learn_names(i);
}

/* Columns ------------------------------------------------------------------------------------------------------------------- */

static uint64_t size_of(const struct content *c)
{
	uint64_t size = c->body.n;

	for (size_t n = 0; n < c->n_large; n++)
		size += c->large[n].size;
	return size;
}

static bool same_columns(const struct message_info *a, const struct message_info *b)
{
	return a->size == b->size && a->received == b->received && a->submitted == b->submitted && a->created == b->created &&
	       a->importance == b->importance && a->sensitivity == b->sensitivity && a->flag_status == b->flag_status &&
	       a->has_attachments == b->has_attachments && strcmp(a->class_name, b->class_name) == 0 &&
	       strcmp(a->subject, b->subject) == 0 && strcmp(a->topic, b->topic) == 0 && strcmp(a->sender, b->sender) == 0 &&
	       strcmp(a->to, b->to) == 0 && strcmp(a->message_id, b->message_id) == 0 &&
	       bytes_equal(a->search_key, b->search_key) && bytes_equal(a->conversation, b->conversation);
}

/* What a message's content does not say stays as the row has it. */
static status expected_columns(struct inspection *i)
{
	struct message_info *is = &i->columns.info;
	const struct message_info *was = &i->row.info;

	i->columns.content = i->row.content;
	is->id = was->id;
	is->folder = was->folder;
	is->cn = was->cn;
	is->read_cn = was->read_cn;
	is->deleted = was->deleted;
	is->associated = was->associated;
	is->has_attachments = i->visible > 0;
	is->size = size_of(&i->content);
	is->plain = was->plain && i->plain;
	is->fingerprint = was->fingerprint;
	is->change_key = was->change_key;
	is->predecessors = was->predecessors;
	if (message_columns_end(&i->columns, was->modified, i->arena))
		return no_memory(i->c);
	is->flags = (is->flags & ~MSGFLAG_READ) | (was->flags & MSGFLAG_READ);
	is->read = was->read;
	return ecNone;
}

static status check_columns(struct inspection *i)
{
	const struct found f = finding(i, MAILBOX_CHECK_COLUMNS, true);
	status s = expected_columns(i);

	if (s || same_columns(&i->columns.info, &i->row.info))
		return s;
	if (!check_found(i->c, &f, "lists show message %llx \"%.80s\" otherwise than it is; they are brought up to date", id_of(i),
			 i->row.info.subject))
		return ecNone;
	s = message_row_delete(i->c->m, i->row.info.id);
	return s ? s : message_row_insert(i->c->m, &i->columns);
}

/* All of it ------------------------------------------------------------------------------------------------------ */

static status inspect(struct inspection *i)
{
	status s = content_load_any(i->c->m, i->row.content, i->arena, &i->content, &i->as_written);

	i->content.id = i->row.content;
	if (s == ecNotFound)
		return mend_missing(i);
	if (!s)
		s = read_content(i);
	if (s)
		return s;
	if (!i->as_written || !i->whole)
		return mend_body(i);
	s = check_names(i);
	if (!s)
		s = check_large(i);
	return s ? s : check_columns(i);
}

static status inspect_once(struct checking *c, uint64_t id, bool *mended)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(WORK_BUDGET);
	struct inspection i = { .c = c, .arena = &arena };
	status s = message_row_get(c->m, id, &arena, &i.row);

	if (!s)
		s = inspect(&i);
	*mended = !s && i.mended;
	c->summary->bytes += *mended ? 0 : size_of(&i.content);
	return s;
}

static status check_one(struct checking *c, uint64_t id)
{
	bool mended = false;
	status s = inspect_once(c, id, &mended);

	if (!s && mended)
		s = inspect_once(c, id, &mended);
	/* Pages of the database that cannot be read: said, and gone on. */
	if (s == ecCorruptData && !c->options->repair) {
		const struct found f = { .kind = MAILBOX_CHECK_CONTENT, .message = id };

		(void)check_found(c, &f, "message %llx cannot be read: %.200s", (unsigned long long)id, c->m->why.text);
		return ecNone;
	}
	return s;
}

static status page_of_ids(struct mailbox *m, uint64_t after, uint64_t ids[static PAGE], size_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT id FROM message WHERE id > $1 ORDER BY id LIMIT 256");
	bool row = false;
	status st;

	bind_u64(s, 1, after);
	*n = 0;
	while (!(st = sql_step(s, &row)) && row && *n < PAGE)
		ids[(*n)++] = (uint64_t)sql_i64(s, 0);
	return mailbox_error(m, st);
}

static status count_messages(struct mailbox *m, uint64_t *n)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT COUNT(*) FROM message");
	bool row = false;
	status st = sql_step(s, &row);

	*n = !st && row ? (uint64_t)sql_i64(s, 0) : 0;
	return mailbox_error(m, st);
}

status check_messages(struct checking *c)
{
	uint64_t ids[PAGE], after = 0, all = 0;
	size_t n = PAGE;
	status s = count_messages(c->m, &all);

	while (!s && n == PAGE) {
		s = page_of_ids(c->m, after, ids, &n);
		for (size_t i = 0; !s && i < n; i++) {
			s = check_one(c, ids[i]);
			c->summary->messages++;
			if (c->options->progress)
				c->options->progress(c->options->context, c->summary->messages, all);
		}
		after = n ? ids[n - 1] : after;
	}
	return s;
}
