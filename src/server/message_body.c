/*
 * The body of a message in the form a client asks for: text, HTML or RTF ([MS-OXCMSG] 3.2.4.1).  What the message has stands; another
 * form is made of the best that it has, in the order HTML, RTF, text.
 */
#include "server/message_private.h"

#include "base/utf16.h"
#include "mapi/rtf_compressed.h"
#include "mapi/rtf_html.h"
#include "mapi/string_kind.h"
#include "store/html_text.h"

#define BODY_MAX ((size_t)64 << 20)
#define UTF8 65001u

bool message_body_tag(uint32_t tag)
{
	uint16_t id = tag_id(tag);

	return id == tag_id(PidTagBody) || id == tag_id(PidTagHtml) || id == tag_id(PidTagRtfCompressed);
}

uint32_t message_native_body(const struct property_set *p)
{
	if (property_set_find(p, tag_id(PidTagHtml)))
		return 3;
	if (property_set_find(p, tag_id(PidTagRtfCompressed)))
		return 2;
	return property_set_find(p, tag_id(PidTagBody)) ? 1 : 0;
}

struct body {
	const struct property_set *props;
	struct mailbox *m;
	struct arena *arena;
	unsigned codepage, internet_codepage;
};

static status value_of(const struct body *b, uint32_t tag, struct prop *out)
{
	return property_set_value(b->props, tag_id(tag), b->m, b->arena, out);
}

static status keep(const struct body *b, const struct buf *from, struct bytes *out)
{
	const void *p = from->failed ? NULL : arena_memdup(b->arena, from->p ? from->p : (const uint8_t *)"", from->n);

	*out = bytes_of(p, p ? from->n : 0);
	return p ? ecNone : ecMemory;
}

/* HTML as UTF-8, of whichever type the property has. */
static status html_utf8(const struct body *b, struct bytes *out)
{
	CLEANUP_BUF struct buf text = BUF_MAX(2 * BODY_MAX);
	struct prop p;
	status s = value_of(b, PidTagHtml, &p);

	if (s)
		return s;
	if (prop_type(&p) == PT_UNICODE)
		utf16_to_utf8(p.value, &text);
	else
		codepage_to_utf8(prop_type(&p) == PT_BINARY ? b->internet_codepage : b->codepage, p.value, &text);
	return keep(b, &text, out);
}

static status rtf_plain(const struct body *b, struct bytes *out)
{
	CLEANUP_BUF struct buf rtf = BUF_MAX(BODY_MAX);
	struct prop p;
	unsigned flags = 0;
	status s = value_of(b, PidTagRtfCompressed, &p);

	if (!s)
		s = rtf_decompress(p.value, BODY_MAX, &rtf, &flags, NULL);
	return s ? s : keep(b, &rtf, out);
}

/* The text, as UTF-8. */
static status text_utf8(const struct body *b, struct bytes *out)
{
	CLEANUP_BUF struct buf text = BUF_MAX(2 * BODY_MAX);
	struct bytes from;
	struct prop p;
	status s = html_utf8(b, &from);

	if (!s) {
		html_to_text(from, &text);
		return keep(b, &text, out);
	}
	s = rtf_plain(b, &from);
	if (!s)
		s = rtf_to_text(from, &text, NULL);
	if (!s)
		return keep(b, &text, out);
	buf_clear(&text);
	s = value_of(b, PidTagBody, &p);
	if (!s)
		s = string_kind_set(&p, PT_UNICODE, b->codepage, b->arena);
	if (s)
		return s;
	utf16_to_utf8(p.value, &text);
	return keep(b, &text, out);
}

/* HTML that says what the text says. */
static status text_as_html(const struct body *b, struct buf *html)
{
	struct bytes text;
	status s = text_utf8(b, &text);

	if (!s)
		html_from_text(text, html);
	return s;
}

static status make_html(const struct body *b, struct bytes *utf8)
{
	CLEANUP_BUF struct buf html = BUF_MAX(2 * BODY_MAX);
	struct bytes rtf;
	status s = html_utf8(b, utf8);

	if (s != ecNotFound)
		return s;
	s = rtf_plain(b, &rtf);
	if (!s)
		s = rtf_to_html(rtf, &html, NULL);
	if (s) {
		buf_clear(&html);
		s = text_as_html(b, &html);
	}
	return s ? s : keep(b, &html, utf8);
}

static status make_rtf(const struct body *b, struct bytes *compressed)
{
	CLEANUP_BUF struct buf rtf = BUF_MAX(2 * BODY_MAX), packed = BUF_MAX(2 * BODY_MAX);
	struct bytes from;
	status s = html_utf8(b, &from);

	if (!s)
		rtf_from_html(from, &rtf);
	if (s == ecNotFound) {
		s = text_utf8(b, &from);
		if (!s)
			rtf_from_text(from, &rtf);
	}
	if (!s && rtf.failed)
		s = ecMemory;
	if (!s)
		s = rtf_compress(buf_bytes(&rtf), &packed);
	return s ? s : keep(b, &packed, compressed);
}

static status append_utf16(const struct body *b, uint32_t tag, struct bytes utf8, struct bag *out)
{
	CLEANUP_BUF struct buf wide = BUF_MAX(4 * BODY_MAX);
	struct prop p = { .tag = tag, .count = 1 };
	status s;

	utf16_from_utf8(utf8, &wide);
	s = keep(b, &wide, &p.value);
	p.size = p.value.n;
	return s ? s : bag_append(out, &p) ? ecNone : ecMemory;
}

/* HTML as bytes is in the code page that the message says, which is UTF-8 where it does not. */
static status append_html_bytes(const struct body *b, struct bytes utf8, struct bag *out)
{
	struct prop p = { .tag = PidTagHtml, .count = 1, .size = utf8.n, .value = utf8 };
	status s = ecNone;

	if (b->internet_codepage != UTF8) {
		struct bag wide;

		bag_init(&wide, b->arena);
		s = append_utf16(b, tag_make(tag_id(PidTagHtml), PT_UNICODE), utf8, &wide);
		if (!s)
			s = string_kind_set(&wide.v[0], PT_STRING8, b->internet_codepage, b->arena);
		if (!s)
			p.value = wide.v[0].value;
		p.size = p.value.n;
	}
	return s ? s : bag_append(out, &p) ? ecNone : ecMemory;
}

static status make(const struct body *b, uint32_t tag, struct bag *out)
{
	struct prop p = { .tag = PidTagRtfCompressed, .count = 1 };
	struct bytes v;
	status s;

	if (tag_id(tag) == tag_id(PidTagBody)) {
		s = text_utf8(b, &v);
		return s ? s : append_utf16(b, PidTagBody, v, out);
	}
	if (tag_id(tag) == tag_id(PidTagHtml)) {
		s = make_html(b, &v);
		if (s)
			return s;
		return tag_type(tag) == PT_UNICODE || tag_type(tag) == PT_STRING8 ? append_utf16(b, PidTagBodyHtml, v, out) :
										      append_html_bytes(b, v, out);
	}
	s = make_rtf(b, &p.value);
	p.size = p.value.n;
	return s ? s : bag_append(out, &p) ? ecNone : ecMemory;
}

status message_body_make(struct object *o, uint32_t tag, struct bag *out)
{
	const struct message_object *m = message_object_of(o);
	const struct property_set *props = &m->part->props;
	unsigned codepage = property_set_u32(props, tag_id(PidTagMessageCodepage), object_codepage(o));
	const struct body b = {
		.props = props,
		.m = logon_mailbox(o->logon),
		.arena = out->arena,
		.codepage = codepage,
		.internet_codepage = property_set_u32(props, tag_id(PidTagInternetCodepage), UTF8),
	};

	return message_native_body(props) ? make(&b, tag, out) : ecNotFound;
}
