/* The bodies of an item: what it has as text and as HTML, and what its RTF adds [MS-OXCMAIL] 2.1.3.2, [MS-OXRTFEX]. */
#include "mime/eml.h"

#include "base/utf16.h"
#include "mapi/rtf_compressed.h"
#include "mapi/rtf_html.h"

/* Longer RTF is passed on as it is: memory has a limit. */
#define RTF_IN_MAX ((size_t)4 << 20)
#define RTF_OUT_MAX ((size_t)8 << 20)

static struct body text_body(struct gather *g, const struct kept_object *o)
{
	struct value v = kept_value(g, o, PidTagBody);

	return (struct body){ v.present && v.data.n, "utf-8", v.data };
}

static struct body html_body(struct gather *g, const struct kept_object *o)
{
	struct value v = kept_value(g, o, PidTagHtml);
	struct body b = { v.present && v.data.n, "utf-8", v.data };

	if (v.type == PT_BINARY) {
		const char *name = codepage_name(bag_u32(&o->props, tag_id(PidTagInternetCodepage), 65001));

		b.charset = name ? name : "utf-8";
	}
	return b;
}

/* The whole compressed RTF in memory; false when it is too large for that, or none. */
static bool load(const struct value *v, struct buf *out)
{
	uint8_t *p = v->data.n && v->data.n <= RTF_IN_MAX ? buf_extend(out, (size_t)v->data.n) : NULL;
	size_t got = 0;

	return p && !extent_read(&v->data, 0, p, (size_t)v->data.n, &got) && got == v->data.n;
}

static bool put_back(struct gather *g, struct bytes data, struct body *out)
{
	uint64_t from = spool_end(g->spool);

	if (spool_add(g->spool, data))
		return false;
	out->present = true;
	out->data = spool_since(g->spool, from);
	return true;
}

static void convert_rtf(struct gather *g, struct bytes rtf, struct bodies *out)
{
	CLEANUP_BUF struct buf made = BUF_MAX(RTF_OUT_MAX);
	enum rtf_content kind = rtf_kind(rtf);
	struct body *text = &out->part[BODY_TEXT], *html = &out->part[BODY_HTML];

	if (kind == RTF_FROM_HTML && !rtf_to_html(rtf, &made, NULL) && put_back(g, buf_bytes(&made), html))
		return;
	if (!text->present) {
		buf_clear(&made);
		if (!rtf_to_text(rtf, &made, NULL) && made.n)
			(void)put_back(g, buf_bytes(&made), text);
	}
	if (kind == RTF_FROM_TEXT)
		return; /* it says no more than the text */
	out->part[BODY_RTF].charset = "text/rtf";
	out->rtf_name = "body.rtf";
	(void)put_back(g, rtf, &out->part[BODY_RTF]);
}

static void rtf_body(struct gather *g, const struct kept_object *o, struct bodies *out)
{
	struct value v = kept_value(g, o, PidTagRtfCompressed);
	CLEANUP_BUF struct buf packed = BUF_MAX(RTF_IN_MAX);
	CLEANUP_BUF struct buf rtf = BUF_MAX(RTF_OUT_MAX);
	unsigned flags = 0;

	if (!v.present || !v.data.n)
		return;
	if (load(&v, &packed) && !rtf_decompress(buf_bytes(&packed), RTF_OUT_MAX, &rtf, &flags, NULL)) {
		buf_free(&packed);
		if (rtf.n)
			convert_rtf(g, buf_bytes(&rtf), out);
		return;
	}
	out->part[BODY_RTF] = (struct body){ true, "application/octet-stream", v.data };
	out->rtf_name = "body.rtf.compressed";
}

void eml_bodies(struct gather *g, const struct kept_object *o, struct bodies *out)
{
	*out = (struct bodies){ .rtf_name = "" };
	out->part[BODY_TEXT] = text_body(g, o);
	out->part[BODY_HTML] = html_body(g, o);
	if (!out->part[BODY_HTML].present)
		rtf_body(g, o, out);
	for (size_t i = 0; i < BODY_RTF; i++)
		if (!out->part[i].present)
			out->part[i] = (struct body){ .charset = "utf-8" };
}
