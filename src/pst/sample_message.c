/* Synthetic items of every class. */
#include "base/filetime.h"
#include "base/utf16.h"
#include "mapi/propset.h"
#include "pst/sample_private.h"

#include <stdio.h>
#include <stdlib.h>

#define EPOCH 1577836800ll /* 2020-01-01 */

static const char *const classes[SAMPLE_KINDS] = {
	[SAMPLE_MAIL] = "IPM.Note",	     [SAMPLE_APPOINTMENT] = "IPM.Appointment", [SAMPLE_CONTACT] = "IPM.Contact",
	[SAMPLE_TASK] = "IPM.Task",	     [SAMPLE_NOTE] = "IPM.StickyNote",	       [SAMPLE_JOURNAL] = "IPM.Activity",
	[SAMPLE_MEETING] = "IPM.Schedule.Meeting.Request", [SAMPLE_DIST_LIST] = "IPM.DistList", [SAMPLE_POST] = "IPM.Post",
	[SAMPLE_REPORT] = "REPORT.IPM.Note.NDR", [SAMPLE_ALL_TYPES] = "IPM.Note",      [SAMPLE_VIEW] = "IPM.Microsoft.FolderDesign.NamedView",
};

static const char *const words[] = { "mail",   "server", "cache", "Übersicht", "report", "invoice", "日本語", "meeting", "budget", "plan",
				     "rescue", "naïve",	 "folder", "contract",	"answer", "question", "Привет", "delay",   "offline", "review" };
static const char *const people[] = { "Ada Lovelace", "Grace Hopper", "Jürgen Groß", "Katherine Johnson", "Søren Ångström", "李明", "Olga Иванова" };

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* A first error sticks, so that properties are set one after the other. */
struct making {
	struct sample *s;
	struct bag bag;
	status st;
};

static void set_text(struct making *m, uint32_t tag, const char *v)
{
	if (!m->st)
		m->st = bag_set_text(&m->bag, tag, v);
}

static void set_u32(struct making *m, uint32_t tag, uint32_t v)
{
	if (!m->st)
		m->st = bag_set_u32(&m->bag, tag, v);
}

static void set_u64(struct making *m, uint32_t tag, uint64_t v)
{
	if (!m->st)
		m->st = bag_set_u64(&m->bag, tag, v);
}

static void set_bytes(struct making *m, uint32_t tag, struct bytes v)
{
	if (!m->st)
		m->st = bag_set_bytes(&m->bag, tag, v);
}

static void set_prop(struct making *m, const struct prop *p)
{
	if (!m->st)
		m->st = bag_set(&m->bag, p);
}

static uint32_t lid(struct making *m, const struct guid *set, uint32_t id, uint16_t type)
{
	return tag_make(sample_named_id(m->s, set, id, NULL), type);
}

static const char *sentence(struct sample *s, unsigned n)
{
	struct buf b = BUF_MAX(1 << 16);

	for (unsigned i = 0; i < n; i++) {
		if (i)
			buf_add_u8(&b, i % 12 ? ' ' : '\n');
		buf_add_str(&b, words[sample_random(s, COUNT(words))]);
	}
	const char *text = arena_strdup(&s->arena, buf_cstr(&b));
	buf_free(&b);
	return text ? text : "";
}

static uint64_t some_time(struct sample *s)
{
	return filetime_from_unix(EPOCH + (int64_t)sample_random(s, 5 * 365 * 86400ull));
}

static const char *address_of(struct sample *s, unsigned person)
{
	const char *a = arena_printf(&s->arena, "person%u@example.com", person);

	return a ? a : "";
}

static struct bytes noise(struct sample *s, size_t n)
{
	return bytes_of(s->noise + sample_random(s, NOISE_SIZE - n), n);
}

/* Items ------------------------------------------------------------------------------------------------------- */

static void common_properties(struct making *m, enum sample_kind kind)
{
	struct sample *s = m->s;
	uint64_t when = some_time(s);
	unsigned who = (unsigned)sample_random(s, COUNT(people));

	set_text(m, PidTagMessageClass, classes[kind]);
	set_text(m, PidTagSubject, sentence(s, 2 + (unsigned)sample_random(s, 5)));
	set_u32(m, PidTagImportance, (uint32_t)sample_random(s, 3));
	set_u32(m, PidTagMessageFlags, (uint32_t)sample_random(s, 2));
	set_u64(m, PidTagCreationTime, when);
	set_u64(m, PidTagLastModificationTime, when + FILETIME_PER_SECOND);
	set_u64(m, PidTagMessageDeliveryTime, when);
	set_u64(m, PidTagClientSubmitTime, when - 3 * FILETIME_PER_SECOND);
	set_text(m, PidTagSenderName, people[who]);
	set_text(m, PidTagSenderAddressType, "SMTP");
	set_text(m, PidTagSenderEmailAddress, address_of(s, who));
	set_text(m, PidTagSentRepresentingName, people[who]);
	set_text(m, PidTagSentRepresentingAddressType, "SMTP");
	set_text(m, PidTagSentRepresentingEmailAddress, address_of(s, who));
	set_bytes(m, PidTagSearchKey, noise(s, 16));
	set_u32(m, PidTagMessageCodepage, 1252);
}

static void body(struct making *m)
{
	struct sample *s = m->s;
	const char *text = sentence(s, 20 + (unsigned)sample_random(s, 300));

	set_text(m, PidTagBody, text);
	if (sample_random(s, 2)) {
		const char *html = arena_printf(&s->arena, "<html><head><meta charset=\"utf-8\"></head><body><p>%s</p></body></html>", text);

		set_u32(m, PidTagInternetCodepage, 65001);
		if (html)
			set_bytes(m, PidTagHtml, bytes_of(html, strlen(html)));
	}
}

static void mail_properties(struct making *m)
{
	struct sample *s = m->s;
	const char *id = arena_printf(&s->arena, "<%016llx@example.com>", (unsigned long long)sample_random(s, UINT64_MAX));
	const char *headers = arena_printf(&s->arena,
		"Received: from a.example.com by b.example.com\r\nMessage-ID: %s\r\nX-Sample: %llu\r\n", id ? id : "",
		(unsigned long long)s->messages);

	set_text(m, PidTagInternetMessageId, id ? id : "");
	set_text(m, PidTagTransportMessageHeaders, headers ? headers : "");
	if (!sample_random(s, 4)) {
		struct bytes list[2] = { utf16_bytes(&s->arena, "Rescue"), utf16_bytes(&s->arena, "Kategorie ß") };
		uint16_t name = sample_named_id(s, &PS_PUBLIC_STRINGS, 0, "Keywords");

		set_prop(m, &(struct prop){ .tag = tag_make(name, MV_FLAG | PT_UNICODE), .count = 2,
					    .values = arena_memdup(&s->arena, list, sizeof list) });
	}
}

static void calendar_properties(struct making *m)
{
	uint64_t start = some_time(m->s);

	set_u64(m, lid(m, &PSETID_Appointment, PidLidAppointmentStartWhole, PT_SYSTIME), start);
	set_u64(m, lid(m, &PSETID_Appointment, PidLidAppointmentEndWhole, PT_SYSTIME), start + 3600 * FILETIME_PER_SECOND);
	set_text(m, lid(m, &PSETID_Appointment, PidLidLocation, PT_UNICODE), "Room 42");
	set_u32(m, lid(m, &PSETID_Appointment, PidLidBusyStatus, PT_LONG), 2);
	set_u64(m, PidTagStartDate, start);
}

static void contact_properties(struct making *m)
{
	unsigned who = (unsigned)sample_random(m->s, COUNT(people));

	set_text(m, PidTagDisplayName, people[who]);
	set_text(m, PidTagGivenName, "Given");
	set_text(m, PidTagSurname, people[who]);
	set_text(m, PidTagCompanyName, "Example & Söhne");
	set_text(m, PidTagBusinessTelephoneNumber, "+49 30 1234567");
	set_text(m, lid(m, &PSETID_Address, PidLidEmail1EmailAddress, PT_UNICODE), address_of(m->s, who));
	set_text(m, lid(m, &PSETID_Address, PidLidEmail1AddressType, PT_UNICODE), "SMTP");
}

static void other_properties(struct making *m, enum sample_kind kind)
{
	if (kind == SAMPLE_TASK)
		set_u32(m, lid(m, &PSETID_Task, PidLidTaskStatus, PT_LONG), 1);
	if (kind == SAMPLE_NOTE)
		set_u32(m, lid(m, &PSETID_Note, PidLidNoteColor, PT_LONG), 3);
	if (kind == SAMPLE_JOURNAL)
		set_text(m, lid(m, &PSETID_Log, PidLidLogType, PT_UNICODE), "Phone call");
	if (kind == SAMPLE_DIST_LIST)
		set_text(m, PidTagDisplayName, "A list");
	if (kind == SAMPLE_VIEW)
		set_bytes(m, 0x70040102, noise(m->s, 300));
}

/* One value of each type, single and multiple. */
static void all_types(struct making *m)
{
	static const uint16_t types[] = { PT_SHORT, PT_LONG, PT_FLOAT, PT_DOUBLE, PT_CURRENCY, PT_APPTIME, PT_ERROR, PT_BOOLEAN, PT_I8,
					  PT_STRING8, PT_UNICODE, PT_SYSTIME, PT_CLSID, PT_SVREID, PT_SRESTRICTION, PT_ACTIONS, PT_BINARY };
	static const uint8_t one = 1;

	for (size_t i = 0; i < COUNT(types); i++) {
		size_t size = prop_type_fixed_size(types[i]);
		uint16_t id = (uint16_t)(0x6D00 + i);
		struct bytes v = types[i] == PT_UNICODE ? utf16_bytes(&m->s->arena, "text") :
				 types[i] == PT_STRING8 ? bytes_of("caf\xE9", 4) :
				 types[i] == PT_BOOLEAN ? bytes_of(&one, 1) : noise(m->s, size ? size : 20);

		set_bytes(m, tag_make(id, types[i]), v);
		if (!prop_type_known(MV_FLAG | types[i]))
			continue;
		struct bytes list[3] = { v, bytes_of(NULL, 0), v };
		struct prop p = { .tag = tag_make((uint16_t)(id + 0x40), MV_FLAG | types[i]), .count = 3 };
		if (prop_is_list(p.tag))
			p.values = arena_memdup(&m->s->arena, list, sizeof list);
		else
			p.value = bytes_of(arena_memdup(&m->s->arena, noise(m->s, 3 * size).p, 3 * size), 3 * size);
		p.size = p.value.n;
		set_prop(m, &p);
	}
}

static void properties(struct making *m, enum sample_kind kind)
{
	common_properties(m, kind);
	body(m);
	switch (kind) {
	case SAMPLE_MAIL:
	case SAMPLE_REPORT:
	case SAMPLE_POST:
		mail_properties(m);
		break;
	case SAMPLE_APPOINTMENT:
	case SAMPLE_MEETING:
		calendar_properties(m);
		break;
	case SAMPLE_CONTACT:
		contact_properties(m);
		break;
	case SAMPLE_ALL_TYPES:
		all_types(m);
		break;
	default:
		other_properties(m, kind);
	}
}

/* Parts ---------------------------------------------------------------------------------------------------------- */

static status recipient(struct sample *s, unsigned person, uint32_t type)
{
	struct making m = { .s = s };
	struct arena_mark mark = arena_mark(&s->arena);
	const char *name = person < COUNT(people) ? people[person] : arena_printf(&s->arena, "Person %u", person);

	bag_init(&m.bag, &s->arena);
	set_u32(&m, PidTagRecipientType, type);
	set_text(&m, PidTagDisplayName, name ? name : "");
	set_text(&m, PidTagAddressType, "SMTP");
	set_text(&m, PidTagEmailAddress, address_of(s, person));
	set_text(&m, PidTagSmtpAddress, address_of(s, person));
	set_u32(&m, PidTagObjectType, 6);
	set_u32(&m, PidTagDisplayType, 0);
	status st = m.st ? m.st : item_recipient(s->sink, &m.bag);
	arena_rewind(&s->arena, mark);
	return st;
}

static status large_value(struct sample *s, const struct prop *p)
{
	status st = item_value_begin(s->sink, p);

	for (uint64_t at = 0; !st && at < p->size;) {
		size_t n = p->size - at < ITEM_CHUNK_MAX ? (size_t)(p->size - at) : ITEM_CHUNK_MAX;

		st = item_value_chunk(s->sink, noise(s, n));
		at += n;
	}
	s->emitted += p->size;
	return st ? st : item_value_end(s->sink, true);
}

static void attachment_properties(struct making *m, uint32_t method, uint64_t size)
{
	const char *name = arena_printf(&m->s->arena, "Anlage %llu ü.bin", (unsigned long long)sample_random(m->s, 1000));

	set_u32(m, PidTagAttachMethod, method);
	set_u32(m, PidTagAttachSize, (uint32_t)size);
	set_u32(m, PidTagRenderingPosition, UINT32_MAX);
	set_text(m, PidTagAttachLongFilename, name ? name : "");
	set_text(m, PidTagAttachFilename, "ANLAGE~1.BIN");
	set_text(m, PidTagAttachMimeTag, "application/octet-stream");
	if (method == ATTACH_BY_REFERENCE)
		set_text(m, PidTagAttachLongPathname, "\\\\server\\share\\file.bin");
}

/* A value by value or as an OLE object; small ones stand in the bag. */
static status attachment(struct sample *s, uint32_t method, uint64_t size)
{
	struct making m = { .s = s };
	struct arena_mark mark = arena_mark(&s->arena);
	uint32_t tag = method == ATTACH_STORAGE ? PidTagAttachDataObject : PidTagAttachDataBinary;
	struct prop data = { .tag = tag, .count = 1, .size = size, .flags = PROP_LARGE };
	bool apart = size > ITEM_INLINE_MAX || method == ATTACH_STORAGE;

	bag_init(&m.bag, &s->arena);
	attachment_properties(&m, method, size);
	if (method != ATTACH_BY_REFERENCE) {
		if (apart)
			set_prop(&m, &data);
		else
			set_bytes(&m, tag, noise(s, (size_t)size));
	}
	struct attachment_event e = { .props = &m.bag };
	status st = m.st ? m.st : item_attachment_begin(s->sink, &e);
	if (!st && apart && method != ATTACH_BY_REFERENCE)
		st = large_value(s, &data);
	s->emitted += apart ? 0 : size;
	arena_rewind(&s->arena, mark);
	return st ? st : item_attachment_end(s->sink);
}

static status nested(struct sample *s, unsigned depth, unsigned levels)
{
	struct making a = { .s = s }, m = { .s = s };
	struct arena_mark mark = arena_mark(&s->arena);
	struct item_result result;

	bag_init(&a.bag, &s->arena);
	bag_init(&m.bag, &s->arena);
	attachment_properties(&a, ATTACH_EMBEDDED_MESSAGE, 0);
	properties(&m, SAMPLE_MAIL);
	struct attachment_event e = { .props = &a.bag };
	struct message_event msg = { .embedded = true, .depth = depth, .confidence = 100, .props = &m.bag };
	status st = a.st ? a.st : m.st ? m.st : item_attachment_begin(s->sink, &e);
	if (!st)
		st = item_message_begin(s->sink, &msg);
	if (!st)
		st = recipient(s, 1, 1);
	if (!st && depth < levels)
		st = nested(s, depth + 1, levels);
	if (!st)
		st = item_message_end(s->sink, &result);
	arena_rewind(&s->arena, mark);
	return st ? st : item_attachment_end(s->sink);
}

static status mail_parts(struct sample *s)
{
	unsigned people_count = 1 + (unsigned)sample_random(s, 5), kind = (unsigned)sample_random(s, 10);
	status st = ecNone;

	for (unsigned i = 0; !st && i < people_count; i++)
		st = recipient(s, i, 1 + (uint32_t)sample_random(s, 3));
	if (!st && kind < 4)
		st = attachment(s, ATTACH_BY_VALUE, 1 + sample_random(s, kind ? 60000 : 900000));
	if (!st && kind == 4)
		st = nested(s, 1, 1 + (unsigned)sample_random(s, 3));
	if (!st && kind == 5)
		st = attachment(s, ATTACH_STORAGE, 3000 + sample_random(s, 5000));
	if (!st && kind == 6)
		st = attachment(s, ATTACH_BY_REFERENCE, 0);
	return st;
}

static uint64_t bag_bytes_total(const struct bag *b)
{
	uint64_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		n += b->v[i].size;
	return n;
}

status sample_message(struct sample *s, enum sample_kind kind)
{
	struct making m = { .s = s };
	struct item_result result;

	arena_reset(&s->arena);
	bag_init(&m.bag, &s->arena);
	properties(&m, kind);
	struct message_event e = { .associated = kind == SAMPLE_VIEW, .confidence = 100, .props = &m.bag };
	s->messages++;
	s->emitted += bag_bytes_total(&m.bag) + 2000; /* tables and the like */
	status st = m.st ? m.st : item_message_begin(s->sink, &e);
	if (!st && (kind == SAMPLE_MAIL || kind == SAMPLE_MEETING))
		st = mail_parts(s);
	return st ? st : item_message_end(s->sink, &result);
}

/* Extremes --------------------------------------------------------------------------------------------------------- */

static status many_recipients(struct sample *s)
{
	status st = ecNone;

	for (unsigned i = 0; !st && i < 2000; i++)
		st = recipient(s, i, 1);
	return st;
}

static status many_attachments(struct sample *s)
{
	status st = ecNone;

	for (unsigned i = 0; !st && i < 400; i++)
		st = attachment(s, ATTACH_BY_VALUE, 10 + i * 37);
	return st;
}

static status huge_attachment(struct sample *s)
{
	return attachment(s, ATTACH_BY_VALUE, (uint64_t)20 << 20);
}

static status deep(struct sample *s)
{
	return nested(s, 1, 24);
}

static status none(struct sample *s)
{
	(void)s;
	return ecNone;
}

static void odd_values(struct making *m)
{
	struct bytes *list = arena_array(&m->s->arena, 3000, sizeof *list);

	set_bytes(m, 0x6E000000, bytes_of("\x01\x02\x03\x04", 4)); /* a type that does not exist */
	set_bytes(m, 0x6E0A0000, noise(m->s, 5000)); /* and a long value of it */
	set_bytes(m, 0x6E01001F, bytes_of("a\0b\0\0\0\0", 8));    /* terminators that do not belong there */
	set_bytes(m, 0x6E02001F, bytes_of(NULL, 0));
	set_bytes(m, 0x6E030102, bytes_of(NULL, 0));
	set_bytes(m, 0x6E040102, noise(m->s, 3580)); /* the largest heap item, and one more */
	set_bytes(m, 0x6E050102, noise(m->s, 3581));
	set_bytes(m, 0x6E060102, noise(m->s, 8176)); /* one block, and one more byte */
	set_bytes(m, 0x6E070102, noise(m->s, 8177));
	for (unsigned i = 0; list && i < 3000; i++)
		list[i] = noise(m->s, i % 50);
	if (list)
		set_prop(m, &(struct prop){ .tag = 0x6E081102, .count = 3000, .values = list });
	set_prop(m, &(struct prop){ .tag = 0x6E09101F, .count = 0, .values = list });
}

static status extreme(struct sample *s, const char *subject, status (*parts)(struct sample *), bool odd)
{
	struct making m = { .s = s };
	struct item_result result;

	arena_reset(&s->arena);
	bag_init(&m.bag, &s->arena);
	properties(&m, SAMPLE_MAIL);
	set_text(&m, PidTagSubject, subject);
	if (odd)
		odd_values(&m);
	struct message_event e = { .confidence = 100, .props = &m.bag };
	s->messages++;
	status st = m.st ? m.st : item_message_begin(s->sink, &e);
	if (!st)
		st = parts(s);
	return st ? st : item_message_end(s->sink, &result);
}

status sample_extremes(struct sample *s)
{
	status st = extreme(s, "2,000 recipients", many_recipients, false);

	if (!st)
		st = extreme(s, "400 attachments", many_attachments, false);
	if (!st)
		st = extreme(s, "An attachment of 20 MiB", huge_attachment, false);
	if (!st)
		st = extreme(s, "24 messages, each in the next", deep, false);
	return st ? st : extreme(s, "Odd values", none, true);
}
