/* The header of a message as properties [MS-OXCMAIL] 2.2.3. */
#include "mime/mail_in.h"

#include "base/filetime.h"
#include "mime/mime.h"

#include <stdlib.h>
#include <strings.h>

#define FLAG_READ 0x01u
#define FLAG_UNSENT 0x08u
#define FLAG_HAS_ATTACHMENTS 0x10u
/* Of PidTagMessageStatus: marked to be deleted. */
#define MESSAGE_STATUS_DELETED 0x08u
#define DISPLAY_MAX ((size_t)32 << 10)
#define REPLY_TO_MAX 64

static const char *decoded(struct draft *d, const struct part *p, const char *name)
{
	const char *value = part_field(p, name);

	return value ? header_decode(&d->r->arena, value) : NULL;
}

static const char *plain(struct draft *d, const struct part *p, const char *name)
{
	const char *value = part_field(p, name);

	return value ? header_ascii(&d->r->arena, value) : NULL;
}

/* Recipients ------------------------------------------------------------------------------------------ */

struct recipient_list {
	struct draft *d;
	uint32_t type;
	bool cut;
};

static bool add_recipient(void *context, const char *name, const char *address)
{
	struct recipient_list *l = context;
	struct arena *a = &l->d->r->arena;

	if (l->d->recipient_count >= MIME_RECIPIENTS_MAX) {
		l->cut = true;
		return false;
	}
	return draft_add_recipient(l->d, l->type, name && *name ? arena_strdup(a, name) : NULL,
				   address ? arena_strdup(a, address) : NULL) != NULL;
}

/* "Anna; Bert": the names of one kind, as clients show them. */
static void set_display(struct draft *d, uint32_t tag, uint32_t type)
{
	CLEANUP_BUF struct buf text = BUF_MAX(DISPLAY_MAX);

	for (const struct draft_recipient *r = d->recipients; r; r = r->next) {
		const char *name = r->name ? r->name : r->address;
		size_t before = text.n;

		if (r->type != type || !name)
			continue;
		if (before)
			buf_add_str(&text, "; ");
		buf_add_str(&text, name);
		if (text.failed) {
			text.failed = false;
			buf_truncate(&text, before);
			break;
		}
	}
	draft_text(d, tag, buf_cstr(&text));
}

static void set_recipients(struct draft *d, const struct part *p)
{
	static const struct {
		const char *field;
		uint32_t type, display;
	} kinds[] = {
		{ "To", 1, PidTagDisplayTo },
		{ "Cc", 2, PidTagDisplayCc },
		{ "Bcc", 3, PidTagDisplayBcc },
	};
	struct recipient_list l = { .d = d };

	for (size_t k = 0; k < 3; k++) {
		l.type = kinds[k].type;
		for (size_t i = 0; i < p->field_count; i++)
			if (strcasecmp(p->fields[i].name, kinds[k].field) == 0)
				header_each_address(p->fields[i].value, add_recipient, &l);
		set_display(d, kinds[k].display, kinds[k].type);
	}
	if (l.cut && !d->failed)
		d->recipients_cut = true;
}

/* Senders --------------------------------------------------------------------------------------------- */

struct person {
	struct arena *arena;
	const char *name, *address;
	bool found;
};

static bool take_person(void *context, const char *name, const char *address)
{
	struct person *p = context;

	p->name = name ? arena_strdup(p->arena, name) : NULL;
	p->address = address ? arena_strdup(p->arena, address) : NULL;
	p->found = true;
	return false;
}

static struct person person_of(struct draft *d, const struct part *p, const char *field)
{
	struct person who = { .arena = &d->r->arena };
	const char *value = part_field(p, field);

	if (value)
		header_each_address(value, take_person, &who);
	/* Words that are no address are a name at least. */
	if (value && !who.found && *value) {
		who.name = header_decode(&d->r->arena, value);
		who.found = who.name && *who.name;
	}
	return who;
}

static void set_senders(struct draft *d, const struct part *p)
{
	struct person from = person_of(d, p, "From"), sender = person_of(d, p, "Sender");

	if (!from.found)
		from = sender;
	if (!sender.found)
		sender = from;
	if (!from.found)
		return;
	draft_person(d, &d->o.props, &person_of_representing, from.name, from.address);
	draft_person(d, &d->o.props, &person_of_sender, sender.name, sender.address);
}

struct reply_to {
	struct draft *d;
	struct buf entries, names;
	uint32_t count;
};

static bool add_reply_to(void *context, const char *name, const char *address)
{
	struct reply_to *r = context;
	const char *shown = name && *name ? name : address ? address : "";
	struct bytes id = one_off_entry_id(&r->d->r->arena, shown, "SMTP", address ? address : "");

	if (r->count == REPLY_TO_MAX || !id.p)
		return false;
	buf_add_u32(&r->entries, (uint32_t)id.n);
	buf_add(&r->entries, id.p, id.n);
	buf_add_zeros(&r->entries, (4 - id.n % 4) % 4);
	if (r->count++)
		buf_add_str(&r->names, ";");
	buf_add_str(&r->names, shown);
	return true;
}

/* PidTagReplyRecipientEntries is a FlatEntryList [MS-OXCDATA] 2.3.3. */
static void set_reply_to(struct draft *d, const struct part *p)
{
	struct reply_to r = { .d = d, .entries = BUF_MAX(1 << 18), .names = BUF_MAX(1 << 16) };
	const char *value = part_field(p, "Reply-To");

	buf_add_zeros(&r.entries, 8);
	if (value)
		header_each_address(value, add_reply_to, &r);
	if (r.count && !r.entries.failed && !r.names.failed) {
		put_le32(r.entries.p, r.count);
		put_le32(r.entries.p + 4, (uint32_t)(r.entries.n - 8));
		draft_bytes(d, PidTagReplyRecipientEntries, buf_bytes(&r.entries));
		draft_text(d, PidTagReplyRecipientNames, buf_cstr(&r.names));
	}
	buf_free(&r.entries);
	buf_free(&r.names);
}

/* Texts ----------------------------------------------------------------------------------------------- */

/* "RE: " and the like: up to three letters, a colon, a space [MS-OXCMSG] 3.2.4.4. */
static size_t prefix_length(const char *s)
{
	size_t n = 0;

	while (n < 4 && s[n] && s[n] != ':' && s[n] != ' ' && !(s[n] >= '0' && s[n] <= '9'))
		n++;
	return n && n < 4 && s[n] == ':' && s[n + 1] == ' ' ? n + 2 : 0;
}

static void set_subject(struct draft *d, const struct part *p)
{
	const char *subject = decoded(d, p, "Subject"), *topic = decoded(d, p, "Thread-Topic");
	size_t n = subject ? prefix_length(subject) : 0;

	draft_text(d, PidTagSubject, subject);
	if (subject) {
		draft_text(d, PidTagSubjectPrefix, arena_strndup(&d->r->arena, subject, n));
		draft_text(d, PidTagNormalizedSubject, subject + n);
	}
	draft_text(d, PidTagConversationTopic, topic ? topic : subject ? subject + n : NULL);
}

static status take_index(void *context, struct bytes piece)
{
	buf_add(context, piece.p, piece.n);
	return ecNone;
}

static void set_thread(struct draft *d, const struct part *p)
{
	const char *index = plain(d, p, "Thread-Index");
	CLEANUP_BUF struct buf out = BUF_MAX(4096);
	struct input *in;
	struct extent x;

	draft_text(d, PidTagInternetMessageId, plain(d, p, "Message-ID"));
	draft_text(d, PidTagInReplyToId, plain(d, p, "In-Reply-To"));
	draft_text(d, PidTagInternetReferences, plain(d, p, "References"));
	if (!index || strlen(index) > 4096 || input_open_memory(bytes_of(index, strlen(index)), "Thread-Index", &in))
		return;
	x = (struct extent){ in, 0, strlen(index) };
	if (!content_decode(&x, PART_BASE64, take_index, &out) && !out.failed && out.n >= 22)
		draft_bytes(d, PidTagConversationIndex, buf_bytes(&out));
	input_close(in);
}

static void set_importance(struct draft *d, const struct part *p)
{
	const char *importance = part_field(p, "Importance"), *priority = part_field(p, "X-Priority");
	const char *sensitivity = part_field(p, "Sensitivity");
	uint32_t v = 1, s = 0;

	if (importance)
		v = strncasecmp(importance, "high", 4) == 0 ? 2 : strncasecmp(importance, "low", 3) == 0 ? 0 : 1;
	else if (priority)
		v = *priority == '1' || *priority == '2' ? 2 : *priority == '4' || *priority == '5' ? 0 : 1;
	if (sensitivity)
		s = strncasecmp(sensitivity, "personal", 8) == 0 ? 1 :
		    strncasecmp(sensitivity, "private", 7) == 0	 ? 2 :
		    strncasecmp(sensitivity, "company", 7) == 0	 ? 3 :
								   0;
	draft_u32(d, PidTagImportance, v);
	draft_u32(d, PidTagPriority, v - 1);
	draft_u32(d, PidTagSensitivity, s);
	if (part_field(p, "Disposition-Notification-To"))
		draft_bool(d, PidTagReadReceiptRequested, true);
	if (part_field(p, "Return-Receipt-To"))
		draft_bool(d, PidTagOriginatorDeliveryReportRequested, true);
}

static void set_keywords(struct draft *d, const struct part *p)
{
	const char *words[64], *value = decoded(d, p, "Keywords");
	size_t n = 0;

	while (value && *value && n < 64) {
		size_t length, end;

		value += strspn(value, ", \t\"");
		length = end = strcspn(value, ",");
		while (length && strchr(" \t\"", value[length - 1]))
			length--;
		if (length)
			words[n] = arena_strndup(&d->r->arena, value, length);
		if (length && words[n])
			n++;
		value += end;
	}
	if (n)
		draft_list(d, draft_string_named(d, &PS_PUBLIC_STRINGS, "Keywords", MV_FLAG | PT_UNICODE), words, n);
	draft_text(d, draft_named(d, &PSETID_Common, PidLidFlagRequest, PT_UNICODE), decoded(d, p, "X-Message-Flag"));
}

/* State ----------------------------------------------------------------------------------------------- */

/* A message that does not say whether it was read came from where all are kept as files: it was. */
static void set_flags(struct draft *d, const struct part *p)
{
	const char *state = part_field(p, "Status"), *more = part_field(p, "X-Status");
	uint32_t flags = !state || strpbrk(state, "Rr") ? FLAG_READ : 0;

	if ((more && strchr(more, 'T')) || part_field(p, "X-Unsent"))
		flags |= FLAG_UNSENT;
	draft_u32(d, PidTagMessageFlags, flags);
	if (more && strchr(more, 'F'))
		draft_u32(d, PidTagFlagStatus, 2);
	if (more && strchr(more, 'A'))
		draft_u32(d, PidTagLastVerbExecuted, 102);
}

/* S seen, R replied, P passed on, F flagged, D draft, T trashed: what IMAP calls deleted. */
static void set_maildir_flags(struct draft *d, const char *letters)
{
	draft_u32(d, PidTagMessageFlags, (strchr(letters, 'S') ? FLAG_READ : 0) | (strchr(letters, 'D') ? FLAG_UNSENT : 0));
	if (strchr(letters, 'F'))
		draft_u32(d, PidTagFlagStatus, 2);
	if (strpbrk(letters, "RP"))
		draft_u32(d, PidTagLastVerbExecuted, strchr(letters, 'R') ? 102 : 104);
	if (strchr(letters, 'T'))
		draft_u32(d, PidTagMessageStatus, MESSAGE_STATUS_DELETED);
}

/* The newest hop is on top; its date stands behind the last semicolon. */
static uint64_t received_date(const struct part *p)
{
	const char *value = part_field(p, "Received"), *semicolon = value ? strrchr(value, ';') : NULL;

	return semicolon ? header_decode_date(semicolon + 1 + strspn(semicolon + 1, " \t")) : 0;
}

static void set_times(struct draft *d, const struct part *p, const struct mail_envelope *envelope)
{
	const char *value = part_field(p, "Date");
	uint64_t sent = value ? header_decode_date(value) : 0, received = received_date(p);

	if (!received)
		received = sent;
	if (!received && envelope)
		received = envelope->date;
	if (!sent)
		sent = received;
	draft_time(d, PidTagClientSubmitTime, sent);
	draft_time(d, PidTagMessageDeliveryTime, received);
	draft_time(d, PidTagCreationTime, received);
	draft_time(d, PidTagLastModificationTime, received);
}

/* A class that somebody wrote into a header is believed when it looks like one. */
static const char *class_of(const struct part *p)
{
	const char *name = part_field(p, "X-Message-Class");
	size_t n = name ? strlen(name) : 0;

	if (n < 3 || n > 255 || (strncasecmp(name, "IPM", 3) != 0 && strncasecmp(name, "REPORT", 6) != 0))
		return "IPM.Note";
	for (size_t i = 0; i < n; i++)
		if (name[i] <= 32 || name[i] >= 127)
			return "IPM.Note";
	return name;
}

static void set_transport_headers(struct draft *d, const struct part *p)
{
	struct part header = { .type = "text", .subtype = "plain", .body = p->header };
	struct extent text;
	status st;

	if (!p->header.n)
		return;
	st = part_utf16(d->r, &header, &text);
	if (st && !d->failed)
		d->failed = st;
	if (!st)
		draft_extent(d, PidTagTransportMessageHeaders, &text);
}

void mail_header(struct draft *d, const struct part *p, const struct mail_envelope *envelope)
{
	draft_text(d, PidTagMessageClass, class_of(p));
	if (envelope && envelope->flags)
		set_maildir_flags(d, envelope->flags);
	else
		set_flags(d, p);
	set_subject(d, p);
	set_times(d, p, envelope);
	set_senders(d, p);
	set_recipients(d, p);
	set_reply_to(d, p);
	set_thread(d, p);
	set_importance(d, p);
	set_keywords(d, p);
	set_transport_headers(d, p);
	draft_u32(d, PidTagInternetCodepage, 65001);
	draft_u32(d, PidTagMessageSize, (uint32_t)(p->whole.n < INT32_MAX ? p->whole.n : INT32_MAX));
}

void mail_finish_flags(struct draft *d)
{
	uint32_t flags = bag_u32(&d->o.props, tag_id(PidTagMessageFlags), 0);
	bool any = d->attachment_count > 0;

	draft_u32(d, PidTagMessageFlags, any ? flags | FLAG_HAS_ATTACHMENTS : flags);
	draft_bool(d, PidTagHasAttachments, any);
}
