#include "mime/mail_in.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "mime/card_in.h"
#include "mime/file_type.h"
#include "mime/mime.h"

#define ATTACH_SHOWN_IN_HTML 4u

/* Attachments ----------------------------------------------------------------------------------------- */

static void set_text(struct draft *d, struct bag *props, uint32_t tag, const char *text)
{
	status st = text && *text ? bag_set_text(props, tag, text) : ecNone;

	if (st && !d->failed)
		d->failed = st;
}

/* "LONGNAME.TXT" for those that know no other [MS-OXCMSG] 2.2.2.11. */
static const char *short_name(struct arena *a, const char *name)
{
	const char *dot = strrchr(name, '.');
	char base[9] = "", extension[5] = "";
	size_t n = 0;

	for (const char *s = name; *s && s != dot && n < 8; s++)
		if ((unsigned char)*s > 32 && (unsigned char)*s < 127 && !strchr(".\\/:*?\"<>|", *s))
			base[n++] = *s;
	if (dot)
		extension[0] = '.';
	n = 1;
	for (const char *s = dot ? dot + 1 : ""; *s && n < 4; s++)
		if ((unsigned char)*s > 32 && (unsigned char)*s < 127)
			extension[n++] = *s;
	return arena_printf(a, "%s%s", base[0] ? base : "file", extension);
}

static void set_name(struct draft *d, struct draft_attachment *a, const char *name)
{
	const char *dot = strrchr(name, '.');

	set_text(d, &a->props, PidTagAttachLongFilename, name);
	set_text(d, &a->props, PidTagDisplayName, name);
	set_text(d, &a->props, PidTagAttachFilename, short_name(&d->r->arena, name));
	if (dot && dot != name)
		set_text(d, &a->props, PidTagAttachExtension, dot);
}

/* Only the last part of a path that a sender wrote is a name. */
static const char *base_name(const char *name)
{
	const char *slash = strrchr(name, '/'), *back = strrchr(name, '\\');
	const char *last = slash > back || !back ? slash : back;

	return last && last[1] ? last + 1 : name;
}

static const char *name_of_part(struct draft *d, const struct part *p, const char *type)
{
	if (p->name && *p->name)
		return base_name(p->name);
	return arena_printf(&d->r->arena, "%s%s", part_is(p, "text", "calendar") ? "invite" : "attachment",
			    file_extension_of_type(type));
}

static void name_message(struct draft *d, struct draft_attachment *a, const struct part *p)
{
	struct arena_mark mark = arena_mark(&d->r->arena);
	char subject[256] = "";
	struct part *header;

	if (p->encoding == PART_IDENTITY && !part_parse_header(&d->r->arena, &p->body, &header)) {
		const char *value = part_field(header, "Subject"), *text = value ? header_decode(&d->r->arena, value) : NULL;

		if (text)
			(void)snprintf(subject, sizeof subject, "%.255s", text);
	}
	arena_rewind(&d->r->arena, mark);
	if (p->name && *p->name)
		set_text(d, &a->props, PidTagAttachLongFilename, base_name(p->name));
	set_text(d, &a->props, PidTagDisplayName, subject[0] ? subject : p->name);
}

static void attach(struct draft *d, const struct part *p, bool inlined, bool is_message)
{
	struct draft_attachment *a = draft_add_attachment(d);
	const char *type = arena_printf(&d->r->arena, "%s/%s", p->type, p->subtype);
	status st;

	if (!a || !type)
		return;
	a->data = p->body;
	a->encoding = p->encoding;
	a->is_message = is_message;
	if (is_message)
		name_message(d, a, p);
	else
		set_name(d, a, name_of_part(d, p, type));
	set_text(d, &a->props, PidTagAttachMimeTag, type);
	set_text(d, &a->props, PidTagAttachContentId, p->id ? header_ascii(&d->r->arena, p->id) : NULL);
	set_text(d, &a->props, PidTagAttachContentLocation, p->location ? header_ascii(&d->r->arena, p->location) : NULL);
	st = bag_set_u32(&a->props, PidTagRenderingPosition, 0xFFFFFFFF);
	if (!st)
		st = bag_set_u32(&a->props, PidTagAttachFlags, inlined ? ATTACH_SHOWN_IN_HTML : 0);
	if (!st && p->modified)
		st = bag_set_u64(&a->props, PidTagLastModificationTime, p->modified);
	if (!st && inlined)
		st = bag_set_bool(&a->props, PidTagAttachmentHidden, true);
	if (st && !d->failed)
		d->failed = st;
}

/* Choosing -------------------------------------------------------------------------------------------- */

static bool is_message(const struct part *p)
{
	return part_is(p, "message", "rfc822") || part_is(p, "message", "global");
}

static void visit_leaf(struct draft *d, const struct part *p, bool related, struct mail_parts *out)
{
	/* A multipart without parts is text that says it is more. */
	bool broken = part_is(p, "multipart", NULL), text = part_is(p, "text", "plain") || broken;

	if (text && !out->text && !p->attachment && !related)
		out->text = p;
	else if (part_is(p, "text", "html") && !out->html && !p->attachment && !related)
		out->html = p;
	else if (part_is(p, "text", "calendar") && p->method && !out->meeting && !p->attachment && !related)
		out->meeting = p;
	else
		attach(d, p, related && (p->id || p->location), is_message(p));
}

static void visit(struct draft *d, const struct part *p, bool related, struct mail_parts *out)
{
	bool first = true;

	if (!p->children) {
		visit_leaf(d, p, related, out);
		return;
	}
	for (const struct part *c = p->children; c; c = c->next) {
		/* In multipart/related the first is the text, the others belong to it [RFC 2387]. */
		bool within = related || (part_is(p, "multipart", "related") && !first);

		if (part_is(p, "multipart", "digest") && !c->typed && !c->children)
			attach(d, c, false, true);
		else
			visit(d, c, within, out);
		first = false;
	}
}

/* Another kind of signature (OpenPGP) is a part like any other: nothing that reads items knows better. */
static bool is_clear_signed(const struct part *root)
{
	const struct part *signature = part_is(root, "multipart", "signed") && root->children ? root->children->next : NULL;

	return signature && (part_is(signature, "application", "pkcs7-signature") ||
			     part_is(signature, "application", "x-pkcs7-signature"));
}

static status into_spool(void *context, struct bytes piece)
{
	return spool_add(context, piece);
}

/* The signed content with a header of its own, as it will be written again: byte for byte. */
static struct extent signed_content(struct draft *d, const struct part *root)
{
	const char *type = part_field(root, "Content-Type");
	const char *head = arena_printf(&d->r->arena, "Content-Type: %s\r\n\r\n", type ? type : "multipart/signed");
	uint64_t from = spool_end(d->r->spool);
	status st = head ? spool_add(d->r->spool, bytes_of(head, strlen(head))) : ecMemory;

	if (!st)
		st = extent_each(&root->body, into_spool, d->r->spool);
	if (st && !d->failed)
		d->failed = st;
	return spool_since(d->r->spool, from);
}

/* S/MIME: the content itself is the only attachment [MS-OXOSMIME] 2.1.2. */
static bool select_secure(struct draft *d, const struct part *root, struct mail_parts *out)
{
	bool clear = is_clear_signed(root);
	bool opaque = part_is(root, "application", "pkcs7-mime") || part_is(root, "application", "x-pkcs7-mime");
	struct part whole = *root;

	if (!clear && !opaque)
		return false;
	draft_text(d, PidTagMessageClass, clear ? "IPM.Note.SMIME.MultipartSigned" : "IPM.Note.SMIME");
	if (clear) {
		/* The texts are read for those who cannot look inside; what else is in it stays there. */
		visit(d, root->children, false, out);
		draft_drop_attachments(d);
		whole.body = signed_content(d, root);
		whole.encoding = PART_IDENTITY;
		whole.name = "smime.p7m";
	}
	whole.id = whole.location = NULL;
	attach(d, &whole, false, false);
	return true;
}

void mail_select(struct draft *d, const struct part *root, struct mail_parts *out)
{
	const char *class_name = part_field(root, "X-Message-Class");
	bool card = part_is(root, "text", "vcard") || part_is(root, "text", "calendar");

	*out = (struct mail_parts){ .text = NULL };
	if (card && class_name && card_class(class_name))
		out->card = root;
	else if (!select_secure(d, root, out))
		visit(d, root, false, out);
}

/* Emission -------------------------------------------------------------------------------------------- */

static status lost(struct reading *r, const struct mail_envelope *envelope, unsigned depth, status why)
{
	char text[512];

	snprintf(text, sizeof text, "%s: the message needs too much memory for its header and structure",
		 envelope && envelope->name ? envelope->name : "embedded message");
	return reading_problem(r, depth ? PROBLEM_ATTACHMENT : PROBLEM_MESSAGE, envelope ? envelope->id : 0, why, text);
}

/* A mail that is a card or an appointment in disguise, as one that was put into an mbox. */
static bool fill_from_card(struct draft *d, const struct part *card)
{
	struct extent text;
	status st = part_text(d->r, card, &text);

	if (st && !d->failed)
		d->failed = st;
	return !st && card_into_draft(d, &text);
}

/* What is asked for or answered becomes properties of the mail; what is none of these stays a file. */
static void fill_meeting(struct draft *d, const struct part *p)
{
	struct extent text;
	status st = part_text(d->r, p, &text);

	if (st && !d->failed)
		d->failed = st;
	if (!st && !meeting_into_draft(d, p->method, &text))
		attach(d, p, false, false);
}

static void fill(struct draft *d, const struct part *root, const struct mail_envelope *envelope)
{
	struct mail_parts parts;

	mail_header(d, root, envelope);
	mail_select(d, root, &parts);
	if (parts.card && !fill_from_card(d, parts.card))
		attach(d, parts.card, false, false);
	else if (!parts.card)
		mail_bodies(d, &parts);
	if (parts.meeting)
		fill_meeting(d, parts.meeting);
	mail_finish_flags(d);
}

static status emit(struct reading *r, const struct extent *whole, unsigned depth, const struct mail_envelope *envelope)
{
	struct part_parser parser = { .arena = &r->arena, .parts_left = &r->parts_left };
	struct draft d;
	struct part *root;
	status st = part_parse(&parser, whole, &root);

	if (st)
		return st == ecMemory ? lost(r, envelope, depth, st) : st;
	draft_init(&d, r, depth);
	d.id = envelope ? envelope->id : 0;
	fill(&d, root, envelope);
	if (d.failed)
		return d.failed == ecDiskError ? d.failed : lost(r, envelope, depth, d.failed);
	d.parts_cut = parser.cut;
	return draft_emit(&d);
}

status mail_emit(struct reading *r, const struct extent *whole, unsigned depth, const struct mail_envelope *envelope)
{
	struct arena_mark mark = arena_mark(&r->arena);
	uint64_t spool_mark = spool_end(r->spool);
	status st;

	if (!depth)
		r->parts_left = MIME_PARTS_MAX;
	st = emit(r, whole, depth, envelope);
	arena_rewind(&r->arena, mark);
	spool_rewind(r->spool, spool_mark);
	return st;
}
