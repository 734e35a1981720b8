#include "mime/vcard_out.h"

#include "base/filetime.h"
#include "base/hex.h"
#include "base/reader.h"
#include "mime/addresses.h"
#include "mime/card_fields.h"
#include "mime/content_line.h"
#include "mime/eml.h"

#include <strings.h>

/* A card as it is being written. */
struct card {
	struct emit *e;
	struct gather *g;
	const struct mail *m;
};

bool vcard_is_item(const char *class_name)
{
	return class_is(class_name, "IPM.Contact") || class_is(class_name, "IPM.DistList");
}

static const char *text_of(struct card *c, struct card_prop p)
{
	if (!p.tag)
		return NULL;
	return p.set ? view_named_text(&c->m->view, p.set, p.tag) : view_text(&c->m->view, p.tag);
}

/* What people call it; "?" when there is nothing, for FN must be there. */
static const char *name_of(struct card *c)
{
	const char *name = view_text(&c->m->view, PidTagDisplayName);

	if (!name && *view_subject(&c->m->view))
		name = view_subject(&c->m->view);
	if (!name)
		name = view_named_text(&c->m->view, &PSETID_Address, PidLidFileUnder);
	if (!name)
		name = view_text(&c->m->view, PidTagCompanyName);
	return name ? name : "?";
}

static void begin_typed(struct content_line *l, struct card *c, const char *name, const char *type)
{
	line_begin(l, c->e, name);
	if (type) {
		/* A list of types is several values, not one that needs quotes. */
		line_raw(l, ";TYPE=");
		line_raw(l, type);
	}
	line_value(l);
}

static void put_lists(struct card *c)
{
	for (size_t i = 0; i < card_list_count; i++) {
		const struct card_list *list = &card_lists[i];
		const char *text[7] = { NULL };
		bool any = i == 0; /* N must be there */
		struct content_line l;

		for (unsigned k = 0; k < list->count; k++) {
			text[k] = text_of(c, list->part[k]);
			any = any || text[k];
		}
		if (!any)
			continue;
		begin_typed(&l, c, list->name, list->type);
		for (unsigned k = 0; k < list->count; k++) {
			line_raw(&l, k ? ";" : "");
			line_text(&l, text[k] ? text[k] : "");
		}
		line_end(&l);
	}
}

static void put_texts(struct card *c)
{
	for (size_t i = 0; i < card_text_count; i++) {
		const char *text = text_of(c, card_texts[i].prop);
		struct content_line l;

		if (!text || card_texts[i].alias)
			continue;
		begin_typed(&l, c, card_texts[i].name, card_texts[i].type);
		line_text(&l, text);
		line_end(&l);
	}
}

static void put_emails(struct card *c)
{
	static const char *const names[] = { "X-MS-EMAIL-NAME-1", "X-MS-EMAIL-NAME-2", "X-MS-EMAIL-NAME-3" };
	const struct view *v = &c->m->view;

	for (size_t i = 0; i < 3; i++) {
		const struct card_email *m = &card_emails[i];
		const char *type = view_named_text(v, &PSETID_Address, m->type);
		const char *email = view_named_text(v, &PSETID_Address, m->address);
		const char *original = view_named_text(v, &PSETID_Address, m->original);
		struct address a;
		struct content_line l;

		/* Somebody of the own organization: what was typed is often the address of the Internet. */
		if (original && strchr(original, '@') && (!email || (type && strcasecmp(type, "EX") == 0))) {
			email = original;
			type = "SMTP";
		}
		if (!address_from(v->arena, NULL, type, email, &a))
			continue;
		begin_typed(&l, c, "EMAIL", i ? "INTERNET" : "INTERNET,PREF");
		line_text(&l, a.address);
		line_end(&l);
		put_line_text(c->e, names[i], view_named_text(v, &PSETID_Address, m->name));
	}
}

/* A day that may be given as midnight of some place, or noon: the nearest one. */
static void put_day(struct card *c, const char *name, uint32_t tag)
{
	uint64_t t = bag_u64(c->m->view.props, tag_id(tag), 0);
	char stamp[UTC_STAMP_SIZE], day[] = "0000-00-00";

	if (!t)
		return;
	utc_stamp(t + 12 * 3600 * FILETIME_PER_SECOND, stamp);
	memcpy(day, stamp, 4);
	memcpy(day + 5, stamp + 4, 2);
	memcpy(day + 8, stamp + 6, 2);
	put_line_raw(c->e, name, day);
}

static void put_strings(struct card *c, const char *name, const struct prop *p)
{
	struct content_line l;

	if (!p || !p->count || !view_element(&c->m->view, p, 0))
		return;
	line_begin(&l, c->e, name);
	line_value(&l);
	for (uint32_t i = 0; i < p->count; i++) {
		const char *word = view_element(&c->m->view, p, i);

		line_raw(&l, i ? "," : "");
		line_text(&l, word ? word : "");
	}
	line_end(&l);
}

static void put_attachments(struct card *c)
{
	for (const struct mail_attachment *a = c->m->attachments; a; a = a->next) {
		struct value data = kept_value(c->g, &a->o, PidTagAttachDataBinary);
		bool photo = bag_bool(&a->o.props, tag_id(PidTagAttachmentContactPhoto), false);
		const char *type = attachment_mime_type(c->g, a);
		struct content_line l;

		if (!a->has_message && !data.present)
			continue;
		line_begin(&l, c->e, photo ? "PHOTO" : "X-MS-ATTACH");
		line_parameter(&l, "ENCODING", "b");
		if (photo)
			line_parameter(&l, "TYPE", strncasecmp(type, "image/", 6) == 0 ? type + 6 : "JPEG");
		else
			line_parameter(&l, "X-FILENAME", attachment_name(c->g, a));
		line_value(&l);
		line_base64(&l, a->has_message ? &a->message : &data.data);
		line_end(&l);
	}
}

static void put_note(struct card *c)
{
	struct bodies bodies;
	struct content_line l;

	eml_bodies(c->g, &c->m->o, &bodies);
	if (!bodies.part[BODY_TEXT].present)
		return;
	line_begin(&l, c->e, "NOTE");
	line_value(&l);
	line_text_extent(&l, &bodies.part[BODY_TEXT].data);
	line_end(&l);
}

static void put_tail(struct card *c)
{
	static const char *const classes[] = { NULL, "X-PERSONAL", "PRIVATE", "CONFIDENTIAL" };
	uint32_t sensitivity = bag_u32(c->m->view.props, tag_id(PidTagSensitivity), 0);

	put_strings(c, "CATEGORIES", view_string_named(&c->m->view, &PS_PUBLIC_STRINGS, "Keywords"));
	put_note(c);
	put_attachments(c);
	put_line_raw(c->e, "CLASS", classes[sensitivity < 4 ? sensitivity : 0]);
	put_line_time(c->e, "REV", bag_u64(c->m->view.props, tag_id(PidTagLastModificationTime), 0));
	emit_str(c->e, "END:VCARD\r\n");
}

static void write_contact(struct card *c)
{
	emit_str(c->e, "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Postern//mime//EN\r\n");
	put_line_text(c->e, "FN", name_of(c));
	put_lists(c);
	put_texts(c);
	put_emails(c);
	put_day(c, "BDAY", PidTagBirthday);
	put_day(c, "X-MS-ANNIVERSARY", PidTagWeddingAnniversary);
	put_strings(c, "X-MS-CHILD", bag_find(c->m->view.props, tag_id(PidTagChildrensNames)));
	put_tail(c);
}

/* Groups [MS-OXOCNTC] 2.2.2.2 --------------------------------------------------------------------------- */

/* A wrapped entry id (flags, provider, type) may hold a one-off. */
static struct bytes unwrapped(struct bytes id)
{
	static const uint8_t provider[16] = { 0xc0, 0x91, 0xad, 0xd3, 0x51, 0x9d, 0xcf, 0x11,
					      0xa4, 0xa9, 0x00, 0xaa, 0x00, 0x47, 0xfa, 0xa4 };

	if (id.n > 21 && memcmp(id.p + 4, provider, sizeof provider) == 0)
		return bytes_of(id.p + 21, id.n - 21);
	return id;
}

static void put_hex(struct content_line *l, struct bytes b)
{
	char two[3] = "";

	for (size_t i = 0; i < b.n; i++) {
		(void)hex_put(two, HEX_UPPER, b.p[i]);
		line_raw(l, two);
	}
}

/* A member that is a contact or entry of an address book nobody here can open is named by its id. */
static void put_member(struct card *c, struct bytes one_off, struct bytes id)
{
	unsigned codepage = c->m->view.codepage;
	struct arena *arena = &c->g->arena;
	struct content_line l;
	struct address a;

	line_begin(&l, c->e, "MEMBER");
	if (address_from_one_off(arena, codepage, unwrapped(one_off), &a) || address_from_one_off(arena, codepage, unwrapped(id), &a)) {
		if (*a.name)
			line_parameter(&l, "X-CN", a.name);
		line_value(&l);
		line_raw(&l, "mailto:");
		line_raw(&l, a.address);
	} else {
		line_value(&l);
		line_raw(&l, "urn:x-mapi-entryid:");
		put_hex(&l, id.n ? id : one_off);
	}
	line_end(&l);
}

static void write_group(struct card *c)
{
	const struct prop *members = view_named(&c->m->view, &PSETID_Address, PidLidDistributionListMembers);
	const struct prop *one_offs = view_named(&c->m->view, &PSETID_Address, PidLidDistributionListOneOffMembers);
	uint32_t n_members = members && prop_is_list(members->tag) ? members->count : 0;
	uint32_t n_one_offs = one_offs && prop_is_list(one_offs->tag) ? one_offs->count : 0;
	const char *name = view_named_text(&c->m->view, &PSETID_Address, PidLidDistributionListName);

	emit_str(c->e, "BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:group\r\nPRODID:-//Postern//mime//EN\r\n");
	put_line_text(c->e, "FN", name ? name : name_of(c));
	for (uint32_t i = 0; i < n_members || i < n_one_offs; i++)
		put_member(c, i < n_one_offs ? one_offs->values[i] : bytes_of(NULL, 0),
			   i < n_members ? members->values[i] : bytes_of(NULL, 0));
	put_tail(c);
}

void vcard_write(struct emit *e, struct gather *g, const struct mail *m)
{
	struct card c = { e, g, m };

	if (class_is(m->class_name, "IPM.DistList"))
		write_group(&c);
	else
		write_contact(&c);
}
