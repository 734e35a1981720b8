/* Item events into finished mails, cards and calendars, and those into a destination. */
#include <stdio.h>
#include <stdlib.h>

#include "mime/destinations.h"
#include "mime/eml.h"
#include "mime/ical.h"
#include "mime/vcard_out.h"

#define PATH_TEXT_MAX ((size_t)16 << 10)
#define EXTRA_MAX ((size_t)64 << 10)

struct open_folder {
	bool begun;        /* the destination knows it */
	size_t path;       /* length of the path before it */
	size_t name;       /* where its name stands in the path */
	bool nameless;     /* the root of the store and the top people see: their contents go one up */
};

struct mime_sink {
	struct item_sink sink;
	struct mime_destination *d;
	struct gather g;
	struct emit e;
	char flags[8]; /* of the item at hand */
	struct buf path;
	struct open_folder folders[ITEM_FOLDER_DEPTH_MAX + 4];
	size_t depth;
};

static struct mime_sink *of(struct item_sink *s)
{
	return (struct mime_sink *)s;
}

static status store_begin(struct item_sink *s, const struct store_event *e)
{
	struct mime_sink *m = of(s);

	m->g.names = e->names;
	m->g.codepage = e->codepage ? e->codepage : 1252;
	return ecNone;
}

/* Folders --------------------------------------------------------------------------------------------- */

static void add_name(struct mime_sink *m, const char *name)
{
	if (m->path.n)
		buf_add_u8(&m->path, '/');
	m->folders[m->depth].name = m->path.n;
	for (; *name; name++)
		buf_add_u8(&m->path, *name == '/' ? '_' : (uint8_t)*name);
}

/* Search folders and what holds them come into being with their first item: mostly never. */
static bool begins_late(enum folder_role role)
{
	return role == FOLDER_FINDER || role == FOLDER_SEARCH;
}

static status begin_folder(struct mime_sink *m, size_t i)
{
	struct open_folder *f = &m->folders[i];
	size_t end = i + 1 < m->depth ? m->folders[i + 1].path : m->path.n;
	char name[512];
	size_t n = end - f->name < sizeof name - 1 ? end - f->name : sizeof name - 1;

	if (f->begun)
		return ecNone;
	f->begun = true;
	if (f->nameless || !m->d->folder_begin)
		return ecNone;
	if (n)
		memcpy(name, m->path.p + f->name, n);
	name[n] = '\0';
	return m->d->folder_begin(m->d, name, &m->sink.why);
}

static status begin_folders(struct mime_sink *m)
{
	for (size_t i = 0; i < m->depth; i++) {
		status st = begin_folder(m, i);

		if (st)
			return st;
	}
	return ecNone;
}

static status folder_begin(struct item_sink *s, const struct folder_event *e)
{
	struct mime_sink *m = of(s);
	struct open_folder *f = &m->folders[m->depth];
	const char *name;

	if (m->depth >= ITEM_FOLDER_DEPTH_MAX + 4)
		return reason_set(&s->why, ecTooComplex, "folders nest deeper than %d", ITEM_FOLDER_DEPTH_MAX);
	*f = (struct open_folder){ .path = m->path.n, .name = m->path.n };
	name = bag_text(e->props, tag_id(PidTagDisplayName), m->g.codepage, &m->g.arena);
	f->nameless = (e->role == FOLDER_ROOT && m->depth == 0) || e->role == FOLDER_IPM_SUBTREE;
	if (!f->nameless)
		add_name(m, name && *name ? name : "folder");
	arena_reset(&m->g.arena);
	if (m->path.failed)
		return reason_set(&s->why, ecTooBig, "the names of nested folders are too long");
	m->depth++;
	return begins_late(e->role) ? ecNone : begin_folders(m);
}

static status folder_end(struct item_sink *s)
{
	struct mime_sink *m = of(s);
	struct open_folder *f;

	if (!m->depth)
		return ecNone;
	f = &m->folders[--m->depth];
	buf_truncate(&m->path, f->path);
	if (f->begun && !f->nameless && m->d->folder_end)
		return m->d->folder_end(m->d, &s->why);
	return ecNone;
}

/* Items ----------------------------------------------------------------------------------------------- */

static status answer(struct mime_sink *m, status st)
{
	if (st == ecDiskError)
		return reason_set(&m->sink.why, st, "scratch space cannot be written or read; is there room under $TMPDIR?");
	return st ? reason_set(&m->sink.why, st, "not enough memory") : ecNone;
}

static status message_begin(struct item_sink *s, const struct message_event *e)
{
	return answer(of(s), gather_message_begin(&of(s)->g, e));
}

static status recipient(struct item_sink *s, const struct bag *props)
{
	return answer(of(s), gather_recipient(&of(s)->g, props));
}

static status attachment_begin(struct item_sink *s, const struct attachment_event *e)
{
	return answer(of(s), gather_attachment_begin(&of(s)->g, e));
}

static status attachment_end(struct item_sink *s)
{
	gather_attachment_end(&of(s)->g);
	return ecNone;
}

static status value_begin(struct item_sink *s, const struct prop *p)
{
	return answer(of(s), gather_value_begin(&of(s)->g, p));
}

static status value_chunk(struct item_sink *s, struct bytes chunk)
{
	return answer(of(s), gather_value_chunk(&of(s)->g, chunk));
}

static status value_end(struct item_sink *s, bool complete)
{
	return answer(of(s), gather_value_end(&of(s)->g, complete));
}

static status into_spool(void *context, struct bytes piece)
{
	return spool_add(context, piece);
}

static status into_destination(void *context, struct bytes piece)
{
	struct mime_sink *m = context;

	return m->d->write ? m->d->write(m->d, piece, &m->sink.why) : ecNone;
}

static void fail_item(struct item_result *result)
{
	result->outcome = OUTCOME_FAILED;
	reason_write(&result->why, "it needs more than %zu MB of memory besides its large values", MIME_GATHER_MEMORY >> 20);
}

static void end_embedded(struct mime_sink *m, struct item_result *result)
{
	const struct mail *mail = m->g.mail;
	uint64_t from = spool_end(m->g.mails);
	bool exception = ical_is_exception(mail);
	char copy[256] = "";
	struct extent content;

	(void)snprintf(copy, sizeof copy, "%.255s", view_subject(&mail->view));
	emit_init(&m->e, into_spool, m->g.mails);
	if (exception)
		ical_write_exception(&m->e, &m->g, mail);
	else
		eml_write(&m->e, &m->g, mail, "");
	if (emit_flush(&m->e) || gather_exhausted(&m->g)) {
		fail_item(result);
		gather_message_end(&m->g, NULL);
		return;
	}
	content = spool_since(m->g.mails, from);
	gather_message_end(&m->g, &content);
	if (m->g.mail && m->g.mail->newest) {
		m->g.mail->newest->exception = exception;
		m->g.mail->newest->subject = arena_strdup(&m->g.arena, copy);
	}
}

static enum mime_kind kind_of(const struct mail *mail)
{
	return vcard_is_item(mail->class_name) ? MIME_CARD : ical_is_item(mail->class_name) ? MIME_CALENDAR : MIME_MAIL;
}

/* The header and, as its body, the card or calendar itself. */
static void write_wrapped(struct mime_sink *m, const struct mail *mail, const char *extra)
{
	struct eml w = { .e = &m->e, .g = &m->g, .m = mail };
	bool card = kind_of(mail) == MIME_CARD;

	emit_str(&m->e, extra);
	eml_headers(&w);
	emit_printf(&m->e, "MIME-Version: 1.0\r\nContent-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
		    card ? "vcard" : "calendar");
	if (card)
		vcard_write(&m->e, &m->g, mail);
	else
		ical_write(&m->e, &m->g, mail);
}

static status into_buf(void *context, struct bytes piece)
{
	buf_add(context, piece.p, piece.n);
	return ecNone;
}

/* "X-Folder: ..." for a destination that knows no folders. */
static void make_extra(struct mime_sink *m, struct buf *out)
{
	struct emit e;

	if (!m->d->no_folders)
		return;
	emit_init(&e, into_buf, out);
	header_text(&e, "X-Folder", buf_cstr(&m->path));
	if (emit_flush(&e))
		buf_clear(out);
}

static void write_item(struct mime_sink *m, const struct mail *mail)
{
	CLEANUP_BUF struct buf extra = BUF_MAX(EXTRA_MAX);
	enum mime_kind kind = kind_of(mail);

	make_extra(m, &extra);
	if (kind == MIME_MAIL)
		eml_write(&m->e, &m->g, mail, buf_cstr(&extra));
	else if (m->d->mail_only)
		write_wrapped(m, mail, buf_cstr(&extra));
	else if (kind == MIME_CARD)
		vcard_write(&m->e, &m->g, mail);
	else
		ical_write(&m->e, &m->g, mail);
}

/* In the order of the alphabet, as readers of Maildirs want them. */
static const char *flags_of(struct mime_sink *m, const struct mail *mail)
{
	const struct bag *b = &mail->o.props;
	uint32_t flags = bag_u32(b, tag_id(PidTagMessageFlags), 0), verb = bag_u32(b, tag_id(PidTagLastVerbExecuted), 0);
	const struct {
		char letter;
		bool set;
	} all[] = {
		{ 'D', flags & 0x08 },
		{ 'F', bag_u32(b, tag_id(PidTagFlagStatus), 0) == 2 },
		{ 'P', verb == 104 },
		{ 'R', verb == 102 || verb == 103 },
		{ 'S', flags & 0x01 },
		{ 'T', bag_u32(b, tag_id(PidTagMessageStatus), 0) & 0x08 },
	};
	size_t n = 0;

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i].set)
			m->flags[n++] = all[i].letter;
	m->flags[n] = '\0';
	return m->flags;
}

static struct mime_entry describe(struct mime_sink *m, const struct mail *mail)
{
	static const uint32_t times[] = { PidTagMessageDeliveryTime, PidTagClientSubmitTime, PidTagLastModificationTime,
					  PidTagCreationTime };
	struct mime_entry e = { .kind = kind_of(mail), .folder = buf_cstr(&m->path) };
	struct address a = { "", "" };
	const char *name = view_text(&mail->view, PidTagDisplayName);

	if (*view_subject(&mail->view))
		name = view_subject(&mail->view);
	for (size_t i = 0; i < sizeof times / sizeof *times && !e.date; i++)
		e.date = bag_u64(&mail->o.props, tag_id(times[i]), 0);
	if (!address_of(&mail->view, &tags_of_sender, &a) && !address_of(&mail->view, &tags_of_representing, &a))
		a.address = "";
	e.name = name ? name : "";
	e.sender = a.address;
	e.flags = flags_of(m, mail);
	return e;
}

static status end_item(struct mime_sink *m, struct item_result *result)
{
	const struct mail *mail = m->g.mail;
	struct mime_entry entry = describe(m, mail);
	status st = begin_folders(m);
	bool whole;

	if (!st && m->d->entry_begin)
		st = m->d->entry_begin(m->d, &entry, &m->sink.why);
	if (st)
		return st;
	emit_init(&m->e, into_destination, m);
	write_item(m, mail);
	st = emit_flush(&m->e);
	whole = !st && !gather_exhausted(&m->g);
	if (!st && m->d->entry_end)
		st = m->d->entry_end(m->d, whole, &m->sink.why);
	if (!whole)
		fail_item(result);
	return st;
}

static status message_end(struct item_sink *s, struct item_result *result)
{
	struct mime_sink *m = of(s);
	struct mail *mail = m->g.mail;
	status st = ecNone;

	if (m->g.skipped || !mail || mail->failed) {
		fail_item(result);
		if (mail)
			gather_message_end(&m->g, NULL);
	} else if (mail->associated && !mail->parent) {
		result->outcome = OUTCOME_FILTERED;
		gather_message_end(&m->g, NULL);
	} else if (mail->parent) {
		end_embedded(m, result);
	} else {
		st = end_item(m, result);
		gather_message_end(&m->g, NULL);
	}
	if (st && !s->why.text[0])
		reason_write(&s->why, "the item cannot be written");
	return st;
}

static const struct item_sink_ops operations = {
	.store_begin = store_begin,
	.folder_begin = folder_begin,
	.folder_end = folder_end,
	.message_begin = message_begin,
	.message_end = message_end,
	.recipient = recipient,
	.attachment_begin = attachment_begin,
	.attachment_end = attachment_end,
	.value_begin = value_begin,
	.value_chunk = value_chunk,
	.value_end = value_end,
};

/* The sink itself -------------------------------------------------------------------------------------- */

static void free_destination(struct mime_destination *d)
{
	if (d && d->free)
		d->free(d);
}

status mime_sink_to(struct mime_destination *d, struct mime_sink **out, struct reason *why)
{
	struct mime_sink *m = calloc(1, sizeof *m);

	if (!m || gather_init(&m->g)) {
		if (m)
			gather_free(&m->g);
		free(m);
		free_destination(d);
		return reason_set(why, ecMemory, "not enough memory");
	}
	m->sink.ops = &operations;
	m->d = d;
	buf_init(&m->path, PATH_TEXT_MAX);
	*out = m;
	return ecNone;
}

status mime_sink_new(const char *path, enum mime_form form, bool replace, struct mime_sink **out, struct reason *why)
{
	struct mime_destination *d;
	status st = form == MIME_FORM_MBOX    ? mbox_destination(path, replace, &d, why) :
		    form == MIME_FORM_MAILDIR ? maildir_destination(path, &d, why) :
						tree_destination(path, &d, why);

	return st ? st : mime_sink_to(d, out, why);
}

struct item_sink *mime_sink_sink(struct mime_sink *s)
{
	return &s->sink;
}

status mime_sink_finish(struct mime_sink *s, struct reason *why)
{
	return s->d->finish ? s->d->finish(s->d, why) : ecNone;
}

void mime_sink_free(struct mime_sink *s)
{
	if (!s)
		return;
	free_destination(s->d);
	gather_free(&s->g);
	buf_free(&s->path);
	free(s);
}
