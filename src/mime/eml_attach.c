/* Attachments as MIME parts [MS-OXCMAIL] 2.1.3.4. */
#include "mime/eml.h"

#include "mime/file_type.h"

#include <strings.h>

#define FLAG_RENDERED_IN_BODY 4u

static uint32_t method_of(const struct mail_attachment *a)
{
	return bag_u32(&a->o.props, tag_id(PidTagAttachMethod), ATTACH_BY_VALUE);
}

const char *attachment_name(struct gather *g, const struct mail_attachment *a)
{
	static const uint32_t tags[] = { PidTagAttachLongFilename, PidTagAttachFilename, PidTagDisplayName, PidTagAttachTransportName };
	struct view v = kept_view(g, &a->o);

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
		const char *name = view_text(&v, tags[i]);

		if (name)
			return name;
	}
	if (a->has_message && a->subject && *a->subject)
		return a->subject;
	return a->has_message ? "message" : "attachment";
}

/* type "/" subtype of tokens, as a peer may have put anything there. */
static bool is_mime_type(const char *s)
{
	size_t slash = strcspn(s, "/"), n = strlen(s);

	if (!slash || slash + 1 >= n || n > 120)
		return false;
	for (size_t i = 0; i < n; i++)
		if (i != slash && (s[i] <= 32 || s[i] >= 127 || strchr("()<>@,;:\\\"/[]?=", s[i])))
			return false;
	return true;
}

/* These say how the content is cut into parts: they suit only what was written as such. */
static bool is_composite(const char *type)
{
	return strncasecmp(type, "multipart/", 10) == 0 || strncasecmp(type, "message/", 8) == 0;
}

const char *attachment_mime_type(struct gather *g, const struct mail_attachment *a)
{
	struct view v = kept_view(g, &a->o);
	const char *type = view_text(&v, PidTagAttachMimeTag);

	if (method_of(a) == ATTACH_STORAGE)
		return "application/ole";
	if (type && is_mime_type(type) && !is_composite(type))
		return type;
	return file_type_of_name(attachment_name(g, a));
}

bool attachment_is_inline(struct gather *g, const struct mail_attachment *a)
{
	struct view v = kept_view(g, &a->o);
	bool named = view_text(&v, PidTagAttachContentId) || view_text(&v, PidTagAttachContentLocation);

	if (!named || a->has_message)
		return false;
	return (bag_u32(v.props, tag_id(PidTagAttachFlags), 0) & FLAG_RENDERED_IN_BODY) ||
	       bag_bool(v.props, tag_id(PidTagAttachmentHidden), false) ||
	       strncasecmp(attachment_mime_type(g, a), "image/", 6) == 0;
}

static void put_disposition(struct eml *w, const struct mail_attachment *a, const char *name)
{
	struct view v = kept_view(w->g, &a->o);
	uint64_t modified = bag_u64(v.props, tag_id(PidTagLastModificationTime), 0);
	const char *id = view_text(&v, PidTagAttachContentId), *location = view_text(&v, PidTagAttachContentLocation);
	struct header h;

	header_begin(&h, w->e, "Content-Disposition");
	header_token(&h, attachment_is_inline(w->g, a) ? "inline" : "attachment");
	header_parameter(&h, "filename", name);
	if (modified) {
		char date[MAIL_DATE_SIZE];

		mail_date(modified, date);
		header_parameter(&h, "modification-date", date);
	}
	header_end(&h);
	if (id) {
		bool bare = id[0] != '<';

		header_tokens(w->e, "Content-ID", arena_printf(&w->g->arena, bare ? "<%s>" : "%s", id));
	}
	header_text(w->e, "Content-Location", location);
}

static void put_type(struct eml *w, const char *type, const char *name)
{
	struct header h;

	header_begin(&h, w->e, "Content-Type");
	header_token(&h, type);
	if (name)
		header_parameter(&h, "name", name);
	header_end(&h);
}

static void put_message(struct eml *w, const struct mail_attachment *a, const char *name)
{
	size_t n = strlen(name);
	bool named = n > 4 && strcasecmp(name + n - 4, ".eml") == 0;
	const char *file = named ? name : arena_printf(&w->g->arena, "%s.eml", name);

	put_type(w, "message/rfc822", NULL);
	emit_str(w->e, "Content-Transfer-Encoding: 8bit\r\n");
	put_disposition(w, a, file ? file : "message.eml");
	emit_str(w->e, "\r\n");
	emit_extent(w->e, &a->message);
}

/* There is no content: says in words why, and where it is if that is known. */
static void put_reference(struct eml *w, const struct mail_attachment *a, const char *name)
{
	struct view v = kept_view(w->g, &a->o);
	const char *path = view_text(&v, PidTagAttachLongPathname);

	if (!path)
		path = view_text(&v, PidTagAttachPathname);
	header_tokens(w->e, "Content-Type", "text/plain; charset=utf-8");
	emit_str(w->e, "Content-Transfer-Encoding: 8bit\r\n");
	header_text(w->e, "X-Attachment-Reference", path ? path : "none");
	put_disposition(w, a, name);
	emit_str(w->e, "\r\n");
	if (path) {
		emit_str(w->e, "This attachment is not part of the message. It is kept at:\r\n");
		for (; *path; path++)
			emit_bytes(w->e, (unsigned char)*path < 32 ? bytes_of(" ", 1) : bytes_of(path, 1));
		emit_str(w->e, "\r\n");
	} else {
		emit_str(w->e, "This attachment had no content where the message was kept.\r\n");
	}
}

void eml_attachment(struct eml *w, const struct mail_attachment *a)
{
	const char *name = attachment_name(w->g, a);
	struct value data = kept_value(w->g, &a->o, PidTagAttachDataBinary);

	if (a->has_message) {
		put_message(w, a, name);
		return;
	}
	if (!data.present) {
		put_reference(w, a, name);
		return;
	}
	put_type(w, attachment_mime_type(w->g, a), name);
	emit_str(w->e, "Content-Transfer-Encoding: base64\r\n");
	put_disposition(w, a, name);
	emit_str(w->e, "\r\n");
	emit_base64(w->e, &data.data);
}

/* S/MIME [MS-OXOSMIME] 2.1 ------------------------------------------------------------------------------ */

const struct mail_attachment *eml_secure_content(struct gather *g, const struct mail *m)
{
	const struct mail_attachment *a = m->attachments;

	if (!class_is(m->class_name, "IPM.Note.SMIME") || !a || a->next || a->has_message)
		return NULL;
	return kept_value(g, &a->o, PidTagAttachDataBinary).present ? a : NULL;
}

static bool begins_with(const struct extent *x, const char *what)
{
	char head[64];
	size_t got = 0, n = strlen(what);

	return !extent_read(x, 0, head, n < sizeof head ? n : sizeof head, &got) && got == n && strncasecmp(head, what, n) == 0;
}

void eml_secure(struct eml *w, const struct mail_attachment *a)
{
	struct value data = kept_value(w->g, &a->o, PidTagAttachDataBinary);
	struct view v = kept_view(w->g, &a->o);
	const char *type = view_text(&v, PidTagAttachMimeTag);

	if (begins_with(&data.data, "MIME-Version:")) {
		emit_extent(w->e, &data.data);
		return;
	}
	emit_str(w->e, "MIME-Version: 1.0\r\n");
	if (begins_with(&data.data, "Content-")) {
		/* The content with its own header: byte for byte, or the signature is void. */
		emit_extent(w->e, &data.data);
		return;
	}
	/* A tag "multipart/signed" says nothing here: what follows is the PKCS #7 object. */
	if (!type || !is_mime_type(type) || is_composite(type))
		type = "application/pkcs7-mime";
	put_type(w, type, attachment_name(w->g, a));
	emit_str(w->e, "Content-Transfer-Encoding: base64\r\n");
	put_disposition(w, a, attachment_name(w->g, a));
	emit_str(w->e, "\r\n");
	emit_base64(w->e, &data.data);
}
