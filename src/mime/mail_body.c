/* The texts of a message: out of their transfer encoding and character set. */
#include "mime/mail_in.h"

#include "mime/convert.h"
#include "mime/line_ends.h"

#include <strings.h>

#define SNIFFED ((size_t)2048)

static status into_spool(void *context, struct bytes piece)
{
	return spool_add(context, piece);
}

static status decode_into_spool(struct reading *r, const struct part *p, struct extent *out)
{
	uint64_t from = spool_end(r->spool);
	status st;

	if (p->encoding == PART_IDENTITY) {
		*out = p->body;
		return ecNone;
	}
	st = content_decode(&p->body, p->encoding, into_spool, r->spool);
	if (!st)
		*out = spool_since(r->spool, from);
	return st;
}

/* Which encoding ---------------------------------------------------------------------------------------- */

struct utf8_check {
	bool valid, ascii;
	unsigned state;
};

static status check_piece(void *context, struct bytes piece)
{
	struct utf8_check *c = context;

	c->valid = c->valid && utf8_plausible(piece, &c->state);
	for (size_t i = 0; i < piece.n && c->ascii; i++)
		c->ascii = piece.p[i] < 0x80;
	return ecNone;
}

/* What HTML says of itself: "charset=" near its beginning. Empty when it says nothing. */
static void sniff_html(const struct extent *x, char out[static 64])
{
	char head[SNIFFED + 1];
	size_t got = 0, n = 0;

	out[0] = '\0';
	if (extent_read(x, 0, head, SNIFFED, &got))
		return;
	head[got] = '\0';
	for (size_t i = 0; i + 8 < got; i++) {
		const char *s = head + i + 8;

		if (strncasecmp(head + i, "charset=", 8) != 0)
			continue;
		s += strspn(s, " \t\"'");
		while (n < 63 && s[n] > 32 && !strchr("\"';>/", s[n])) {
			out[n] = s[n];
			n++;
		}
		out[n] = '\0';
		return;
	}
}

static bool says_ascii(const char *charset)
{
	return !charset || strcasecmp(charset, "us-ascii") == 0 || strcasecmp(charset, "ascii") == 0 || !converter_knows(charset);
}

/* The name it is sent under, unless that cannot be right. */
static status charset_of(const struct part *p, const struct extent *x, char out[static 64])
{
	struct utf8_check c = { true, true, 0 };
	status st;

	if (!says_ascii(p->charset) && strlen(p->charset) < 64) {
		memcpy(out, p->charset, strlen(p->charset) + 1);
		return ecNone;
	}
	st = extent_each(x, check_piece, &c);
	if (st)
		return st;
	if (part_is(p, "text", "html") && !c.ascii)
		sniff_html(x, out);
	if (!out[0] || says_ascii(out))
		memcpy(out, c.valid && !c.state ? "utf-8" : "windows-1252", c.valid && !c.state ? 6 : 13);
	return ecNone;
}

/* Conversion ------------------------------------------------------------------------------------------ */

/* From -> UTF-8 -> line ends -> the spool, or on to UTF-16LE first. */
struct pipeline {
	struct converter in, out;
	struct line_ends lines;
};

static status lines_to_utf16(void *context, struct bytes piece)
{
	return converter_add(context, piece);
}

static status input_piece(void *context, struct bytes piece)
{
	return converter_add(context, piece);
}

static status run(struct pipeline *p, const char *charset, bool utf16, const struct extent *x, struct spool *to)
{
	status st = converter_open(&p->in, charset, "utf-8", (struct converted){ line_ends_piece, &p->lines });

	if (!st)
		st = converter_open(&p->out, "utf-8", "utf-16le", (struct converted){ into_spool, to });
	if (st)
		return st;
	p->lines = (struct line_ends){ utf16 ? lines_to_utf16 : into_spool, utf16 ? (void *)&p->out : (void *)to, false };
	st = extent_each(x, input_piece, &p->in);
	if (!st)
		st = converter_end(&p->in);
	return st || !utf16 ? st : converter_end(&p->out);
}

static status convert(struct reading *r, const struct part *p, bool utf16, struct extent *out)
{
	struct pipeline pipe = { .in.cd = (iconv_t)-1, .out.cd = (iconv_t)-1 };
	char charset[64] = "";
	struct extent raw;
	uint64_t from;
	status st = decode_into_spool(r, p, &raw);

	if (!st)
		st = charset_of(p, &raw, charset);
	if (st)
		return st;
	from = spool_end(r->spool);
	st = run(&pipe, charset, utf16, &raw, r->spool);
	converter_close(&pipe.in);
	converter_close(&pipe.out);
	if (!st)
		*out = spool_since(r->spool, from);
	return st;
}

status part_text(struct reading *r, const struct part *p, struct extent *out)
{
	return convert(r, p, false, out);
}

status part_utf16(struct reading *r, const struct part *p, struct extent *out)
{
	return convert(r, p, true, out);
}

void mail_bodies(struct draft *d, const struct mail_parts *parts)
{
	struct extent x;
	status st = ecNone;

	if (parts->text) {
		st = part_utf16(d->r, parts->text, &x);
		if (!st && x.n)
			draft_extent(d, PidTagBody, &x);
	}
	if (parts->html && !st) {
		st = part_text(d->r, parts->html, &x);
		if (!st && x.n)
			draft_extent(d, PidTagHtml, &x);
	}
	draft_u32(d, PidTagNativeBody, parts->html ? 3 : 1);
	if (st && !d->failed)
		d->failed = st;
}
