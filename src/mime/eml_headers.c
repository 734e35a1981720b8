/* The header of a mail [MS-OXCMAIL] 2.1.3: what it came with, and from its properties what that lacks. */
#include "mime/eml.h"

#include "base/reader.h"
#include "base/utf16.h"

#include <stdio.h>
#include <strings.h>

#define RECIPIENT_TO 1
#define RECIPIENT_CC 2
#define RECIPIENT_BCC 3

static void put_one_address(struct eml *w, const char *field, const struct address *a)
{
	struct header h;

	header_begin(&h, w->e, field);
	header_address(&h, a, true);
	header_end(&h);
}

static bool sender(struct eml *w, struct address *out)
{
	return address_of(&w->m->view, &tags_of_sender, out);
}

static bool representing(struct eml *w, struct address *out)
{
	return address_of(&w->m->view, &tags_of_representing, out);
}

static void put_from(struct eml *w)
{
	struct address a;

	if (representing(w, &a) || sender(w, &a))
		put_one_address(w, "From", &a);
}

static void put_sender(struct eml *w)
{
	struct address from, by;

	if (representing(w, &from) && sender(w, &by) && strcasecmp(from.address, by.address) != 0)
		put_one_address(w, "Sender", &by);
}

static uint32_t kind_of(const struct mail_recipient *r)
{
	uint32_t type = bag_u32(&r->props, tag_id(PidTagRecipientType), RECIPIENT_TO) & 0x0F;

	return type == RECIPIENT_CC || type == RECIPIENT_BCC ? type : RECIPIENT_TO;
}

/* The sender, whom some stores list with the recipients. */
static bool is_originator(const struct mail_recipient *r)
{
	return bag_u32(&r->props, tag_id(PidTagRecipientType), RECIPIENT_TO) == 0;
}

static const struct mail_recipient *next_of_kind(const struct mail_recipient *r, uint32_t kind)
{
	while (r && (kind_of(r) != kind || is_originator(r)))
		r = r->next;
	return r;
}

static void put_recipients(struct eml *w, const char *field, uint32_t kind, uint32_t display)
{
	const struct mail_recipient *r = next_of_kind(w->m->recipients, kind), *next;
	struct header h;

	if (!r) {
		/* Nobody in the list, but a name in the text that people see. */
		const char *shown = view_text(&w->m->view, display);
		struct address a;

		if (shown && !w->m->recipients && address_from(&w->g->arena, shown, NULL, NULL, &a))
			put_one_address(w, field, &a);
		return;
	}
	header_begin(&h, w->e, field);
	for (; r; r = next) {
		struct view v = { &r->props, w->g->names, w->m->view.codepage, &w->g->arena };
		struct arena_mark mark = arena_mark(&w->g->arena);
		struct address a;

		next = next_of_kind(r->next, kind);
		if (address_of(&v, &tags_of_recipient, &a) || address_from(&w->g->arena, "unknown", NULL, NULL, &a))
			header_address(&h, &a, !next);
		arena_rewind(&w->g->arena, mark);
	}
	header_end(&h);
}

static void put_to(struct eml *w)
{
	put_recipients(w, "To", RECIPIENT_TO, PidTagDisplayTo);
}

static void put_cc(struct eml *w)
{
	put_recipients(w, "Cc", RECIPIENT_CC, PidTagDisplayCc);
}

static void put_bcc(struct eml *w)
{
	put_recipients(w, "Bcc", RECIPIENT_BCC, PidTagDisplayBcc);
}

/* PidTagReplyRecipientEntries is a FlatEntryList [MS-OXCDATA] 2.3.3: of one-off ids we know the address. */
static void put_reply_to(struct eml *w)
{
	struct bytes list = bag_bytes(&w->m->o.props, tag_id(PidTagReplyRecipientEntries));
	struct reader r = reader_of(list);
	uint32_t count = reader_u32(&r);
	struct header h;
	bool any = false;
	struct address a, last = { "", "" };

	(void)reader_u32(&r);
	for (uint32_t i = 0; i < count && !r.failed && reader_left(&r) >= 4; i++) {
		uint32_t size = reader_u32(&r);
		struct bytes id = reader_bytes(&r, size);

		(void)reader_bytes(&r, reader_left(&r) < (4 - size % 4) % 4 ? 0 : (4 - size % 4) % 4);
		if (r.failed || !address_from_one_off(&w->g->arena, w->m->view.codepage, id, &a))
			continue;
		if (any)
			header_address(&h, &last, false);
		else
			header_begin(&h, w->e, "Reply-To");
		any = true;
		last = a;
	}
	if (any) {
		header_address(&h, &last, true);
		header_end(&h);
	}
}

static void put_subject(struct eml *w)
{
	header_text(w->e, "Subject", view_subject(&w->m->view));
}

static uint64_t time_of(const struct eml *w, uint32_t tag)
{
	return bag_u64(&w->m->o.props, tag_id(tag), 0);
}

static void put_date(struct eml *w)
{
	uint64_t t = time_of(w, PidTagClientSubmitTime);

	t = t ? t : time_of(w, PidTagMessageDeliveryTime);
	t = t ? t : time_of(w, PidTagCreationTime);
	header_date(w->e, "Date", t ? t : time_of(w, PidTagLastModificationTime));
}

static void put_message_id(struct eml *w)
{
	header_tokens(w->e, "Message-ID", view_text(&w->m->view, PidTagInternetMessageId));
}

static void put_in_reply_to(struct eml *w)
{
	header_tokens(w->e, "In-Reply-To", view_text(&w->m->view, PidTagInReplyToId));
}

static void put_references(struct eml *w)
{
	header_tokens(w->e, "References", view_text(&w->m->view, PidTagInternetReferences));
}

static void put_importance(struct eml *w)
{
	uint32_t v = bag_u32(&w->m->o.props, tag_id(PidTagImportance), 1);

	if (v == 0)
		emit_str(w->e, "Importance: low\r\nX-Priority: 5\r\n");
	else if (v == 2)
		emit_str(w->e, "Importance: high\r\nX-Priority: 1\r\n");
}

static void put_sensitivity(struct eml *w)
{
	static const char *const words[] = { NULL, "personal", "private", "company-confidential" };
	uint32_t v = bag_u32(&w->m->o.props, tag_id(PidTagSensitivity), 0);

	if (v && v < 4)
		header_text(w->e, "Sensitivity", words[v]);
}

static void put_receipt_to(struct eml *w)
{
	struct address a;

	if (bag_bool(&w->m->o.props, tag_id(PidTagReadReceiptRequested), false) && (sender(w, &a) || representing(w, &a)))
		put_one_address(w, "Disposition-Notification-To", &a);
}

static void put_thread_index(struct eml *w)
{
	struct bytes index = bag_bytes(&w->m->o.props, tag_id(PidTagConversationIndex));
	struct value v = { .present = false };

	if (index.n >= 22)
		v = kept_value(w->g, &w->m->o, PidTagConversationIndex);
	if (!v.present)
		return;
	emit_str(w->e, "Thread-Index: ");
	emit_base64_folded(w->e, &v.data, 14);
	emit_str(w->e, "\r\n");
}

static void put_thread_topic(struct eml *w)
{
	header_text(w->e, "Thread-Topic", view_text(&w->m->view, PidTagConversationTopic));
}

static void put_keywords(struct eml *w)
{
	const struct prop *p = view_string_named(&w->m->view, &PS_PUBLIC_STRINGS, "Keywords");
	struct header h;

	if (!p || !p->count || !view_element(&w->m->view, p, 0))
		return;
	header_begin(&h, w->e, "Keywords");
	for (uint32_t i = 0; i < p->count; i++) {
		const char *word = view_element(&w->m->view, p, i);

		if (i)
			emit_str(w->e, ",");
		if (word && *word)
			header_phrase(&h, word);
	}
	header_end(&h);
}

static void put_class(struct eml *w)
{
	if (strcasecmp(w->m->class_name, "IPM.Note") != 0)
		header_text(w->e, "X-Message-Class", w->m->class_name);
}

static void put_flag(struct eml *w)
{
	header_text(w->e, "X-Message-Flag", view_named_text(&w->m->view, &PSETID_Common, PidLidFlagRequest));
}

/* As mbox programs have it: R read, O old; A answered, F flagged, T draft. */
static void put_status(struct eml *w)
{
	const struct bag *props = &w->m->o.props;
	uint32_t flags = bag_u32(props, tag_id(PidTagMessageFlags), 1);
	uint32_t verb = bag_u32(props, tag_id(PidTagLastVerbExecuted), 0);
	bool flagged = bag_u32(props, tag_id(PidTagFlagStatus), 0) == 2, answered = verb == 102 || verb == 103;

	if (w->m->depth)
		return;
	emit_printf(w->e, "Status: %s\r\n", flags & 1 ? "RO" : "O");
	if (flagged || answered || flags & 8)
		emit_printf(w->e, "X-Status: %s%s%s\r\n", answered ? "A" : "", flagged ? "F" : "", flags & 8 ? "T" : "");
}

static void (*const put_field[FIELD_COUNT])(struct eml *w) = {
	[FIELD_FROM] = put_from,
	[FIELD_SENDER] = put_sender,
	[FIELD_TO] = put_to,
	[FIELD_CC] = put_cc,
	[FIELD_BCC] = put_bcc,
	[FIELD_REPLY_TO] = put_reply_to,
	[FIELD_SUBJECT] = put_subject,
	[FIELD_DATE] = put_date,
	[FIELD_MESSAGE_ID] = put_message_id,
	[FIELD_IN_REPLY_TO] = put_in_reply_to,
	[FIELD_REFERENCES] = put_references,
	[FIELD_IMPORTANCE] = put_importance,
	[FIELD_SENSITIVITY] = put_sensitivity,
	[FIELD_RECEIPT_TO] = put_receipt_to,
	[FIELD_THREAD_INDEX] = put_thread_index,
	[FIELD_THREAD_TOPIC] = put_thread_topic,
	[FIELD_KEYWORDS] = put_keywords,
	[FIELD_CLASS] = put_class,
	[FIELD_FLAG] = put_flag,
	[FIELD_STATUS] = put_status,
};

/* Fields that have no property of their own stand as named properties of this set [MS-OXCMAIL] 2.2.3.2.11. */
static void put_internet_headers(struct eml *w)
{
	const struct bag *props = &w->m->o.props;

	for (size_t i = 0; i < props->n; i++) {
		uint16_t id = prop_id(&props->v[i]);
		const struct prop_name *n = id >= NAMED_ID_FIRST && w->g->names ? name_map_name(w->g->names, id) : NULL;
		const char *name, *value;

		if (!n || !n->by_string || !guid_equal(&n->set, &PS_INTERNET_HEADERS))
			continue;
		name = utf16_text(&w->g->arena, n->string);
		value = prop_text(&props->v[i], w->m->view.codepage, &w->g->arena);
		if (!name || !value || !*name || strncasecmp(name, "content-", 8) == 0 || strcasecmp(name, "mime-version") == 0 ||
		    eml_field_of(name, strlen(name)) != FIELD_COUNT)
			continue;
		for (const char *c = name; name && *c; c++)
			if (*c <= 32 || *c >= 127 || *c == ':')
				name = NULL;
		if (name)
			header_text(w->e, name, value);
	}
}

void eml_headers(struct eml *w)
{
	uint64_t seen = eml_transport_headers(w);

	/* Threads are a thing of some clients: a header that came without them stays so. */
	if (seen)
		seen |= 1ull << FIELD_THREAD_INDEX | 1ull << FIELD_THREAD_TOPIC;
	for (unsigned i = 0; i < FIELD_COUNT; i++)
		if (!(seen >> i & 1))
			put_field[i](w);
	if (!seen)
		put_internet_headers(w);
}
