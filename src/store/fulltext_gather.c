/* What of a message goes into the index: read off its tokens, so that no large value is read which is not needed. */
#include "base/utf16.h"
#include "mapi/rtf_compressed.h"
#include "mapi/rtf_html.h"
#include "store/content.h"
#include "store/fulltext_private.h"

#define GATHER_BUDGET (2 * MESSAGE_BODY_MAX)
/* Of the HTML or RTF that the text comes from. */
#define MARKUP_MAX (4 * FULLTEXT_BODY_MAX)
#define FIELD_MAX ((size_t)256 << 10)

struct gathering {
	struct mailbox *m;
	struct document *d;
	const struct content *c;
	unsigned embedded;
	enum { IN_MESSAGE, IN_RECIPIENT, IN_ATTACHMENT } place;
	unsigned codepage, html_codepage;
	struct bytes text, html, rtf;
	uint16_t text_type;
	struct buf large[3]; /* of these, when they stand in pieces */
};

static const struct {
	uint32_t tag;
	uint8_t place, field;
} wanted[] = {
	{ PidTagSubject, IN_MESSAGE, IN_SUBJECT },
	{ PidTagSentRepresentingName, IN_MESSAGE, IN_SENDER },
	{ PidTagSentRepresentingSmtpAddress, IN_MESSAGE, IN_SENDER },
	{ PidTagSenderName, IN_MESSAGE, IN_SENDER },
	{ PidTagSenderSmtpAddress, IN_MESSAGE, IN_SENDER },
	{ PidTagSenderEmailAddress, IN_MESSAGE, IN_SENDER },
	{ PidTagDisplayTo, IN_MESSAGE, IN_RECIPIENTS }, /* drafts and old mail have these alone */
	{ PidTagDisplayCc, IN_MESSAGE, IN_RECIPIENTS },
	{ PidTagDisplayName, IN_RECIPIENT, IN_RECIPIENTS },
	{ PidTagSmtpAddress, IN_RECIPIENT, IN_RECIPIENTS },
	{ PidTagEmailAddress, IN_RECIPIENT, IN_RECIPIENTS },
	{ PidTagAttachLongFilename, IN_ATTACHMENT, IN_ATTACHMENTS },
	{ PidTagAttachFilename, IN_ATTACHMENT, IN_ATTACHMENTS },
};

void document_init(struct document *d)
{
	*d = (struct document){ .wanted = false };
	for (size_t i = 0; i < DOCUMENT_FIELDS; i++)
		buf_init(&d->words[i], i == IN_BODY ? 2 * FULLTEXT_BODY_MAX : FIELD_MAX);
}

void document_free(struct document *d)
{
	for (size_t i = 0; i < DOCUMENT_FIELDS; i++)
		buf_free(&d->words[i]);
}

/* Text of either kind, as far as it counts. */
static void add_text(uint16_t type, struct bytes v, unsigned codepage, struct buf *words)
{
	CLEANUP_BUF struct buf utf8 = BUF_MAX(4 * FULLTEXT_BODY_MAX + 16), wide = BUF_MAX(8 * FULLTEXT_BODY_MAX + 16);

	v.n = v.n > FULLTEXT_BODY_MAX ? FULLTEXT_BODY_MAX : v.n;
	if (type == PT_UNICODE) {
		fulltext_add_words(v, words);
		return;
	}
	codepage_to_utf8(codepage, v, &utf8);
	utf16_from_utf8(buf_bytes(&utf8), &wide);
	fulltext_add_words(buf_bytes(&wide), words);
}

/* The value, in the body or out of its pieces. */
static status value_of(struct gathering *g, const struct ft_event *e, const struct content_large *large, struct buf *room,
		       struct bytes *out)
{
	status s;

	if (!large) {
		*out = e->prop.flags & PROP_LARGE ? e->chunk : e->prop.value;
		return ecNone;
	}
	if (large->size > MARKUP_MAX)
		return ecNone;
	buf_init(room, MARKUP_MAX);
	s = content_stream(g->m, g->c->id, large, NULL, room);
	*out = buf_bytes(room);
	return s;
}

static status on_body(struct gathering *g, const struct ft_event *e, const struct content_large *large)
{
	switch (prop_id(&e->prop)) {
	case PidTagBody >> 16:
		g->text_type = prop_type(&e->prop);
		return value_of(g, e, large, &g->large[0], &g->text);
	case PidTagHtml >> 16:
		return value_of(g, e, large, &g->large[1], &g->html);
	case PidTagRtfCompressed >> 16:
		return value_of(g, e, large, &g->large[2], &g->rtf);
	case PidTagInternetCodepage >> 16:
		if (e->prop.value.n == 4)
			g->html_codepage = le32(e->prop.value.p);
		return ecNone;
	case PidTagMessageCodepage >> 16:
		if (e->prop.value.n == 4)
			g->codepage = le32(e->prop.value.p);
		return ecNone;
	default:
		return ecNone;
	}
}

static status on_prop(struct gathering *g, const struct ft_event *e, const struct content_large *large)
{
	uint16_t type = prop_type(&e->prop);

	if (g->embedded || e->named)
		return ecNone;
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		if (wanted[i].place == g->place && tag_id(wanted[i].tag) == prop_id(&e->prop) && !large && !(e->prop.flags & PROP_LARGE) &&
		    (type == PT_UNICODE || type == PT_STRING8)) {
			add_text(type, e->prop.value, g->codepage, &g->d->words[wanted[i].field]);
			return ecNone;
		}
	return g->place == IN_MESSAGE ? on_body(g, e, large) : ecNone;
}

static void on_marker(struct gathering *g, uint32_t marker)
{
	switch (marker) {
	case FT_START_EMBED:
		g->embedded++;
		break;
	case FT_END_EMBED:
		g->embedded -= g->embedded > 0;
		break;
	case FT_START_RECIP:
		g->place = IN_RECIPIENT;
		break;
	case FT_NEW_ATTACH:
		g->place = IN_ATTACHMENT;
		break;
	case FT_END_TO_RECIP:
	case FT_END_ATTACH:
		if (!g->embedded)
			g->place = IN_MESSAGE;
		break;
	default:
		break;
	}
}

/* RTF made from text or HTML holds more than it shows: its text is what people read. */
static void add_rtf(struct gathering *g)
{
	CLEANUP_BUF struct buf rtf = BUF_MAX(MARKUP_MAX), text = BUF_MAX(MARKUP_MAX), wide = BUF_MAX(4 * MARKUP_MAX);
	unsigned flags = 0;

	if (rtf_decompress(g->rtf, MARKUP_MAX, &rtf, &flags, NULL) || rtf_to_text(buf_bytes(&rtf), &text, NULL))
		return;
	utf16_from_utf8(buf_bytes(&text), &wide);
	add_text(PT_UNICODE, buf_bytes(&wide), 0, &g->d->words[IN_BODY]);
}

static void add_body(struct gathering *g)
{
	CLEANUP_BUF struct buf wide = BUF_MAX(4 * MARKUP_MAX);

	if (g->text.n) {
		add_text(g->text_type, g->text, g->codepage, &g->d->words[IN_BODY]);
	} else if (g->html.n) {
		g->html.n = g->html.n > MARKUP_MAX ? MARKUP_MAX : g->html.n;
		fulltext_html_text(g->html, g->html_codepage ? g->html_codepage : g->codepage, &wide);
		add_text(PT_UNICODE, buf_bytes(&wide), 0, &g->d->words[IN_BODY]);
	} else if (g->rtf.n) {
		add_rtf(g);
	}
}

static status walk(struct gathering *g, struct arena *arena)
{
	CLEANUP_CONTENT_WALK struct content_walk w;
	const struct content_large *large = NULL;
	struct ft_event e;
	status s;

	content_walk_begin(&w, g->m, g->c);
	while (!(s = content_walk_next(&w, arena, &e, &large)) && e.kind != FT_MORE) {
		if (e.kind == FT_MARKER)
			on_marker(g, e.marker);
		else
			s = on_prop(g, &e, large);
		if (s)
			break;
	}
	if (!s)
		add_body(g);
	return s;
}

static status find_row(struct mailbox *m, uint64_t message, struct document *d, uint64_t *content)
{
	CLEANUP_STATEMENT struct sql_statement *s = sql_prepare(m->db, "SELECT content, received, kind FROM message WHERE id = $1");
	bool row = false;
	status st;

	bind_u64(s, 1, message);
	st = sql_step(s, &row);
	if (st)
		return mailbox_error(m, st);
	d->wanted = row && !(sql_i64(s, 2) & 1);
	d->received = row ? (uint64_t)sql_i64(s, 1) : 0;
	*content = row ? (uint64_t)sql_i64(s, 0) : 0;
	return ecNone;
}

status fulltext_gather(struct mailbox *m, uint64_t message, struct document *d)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(GATHER_BUDGET);
	struct content c = { .id = 0 };
	struct gathering g = { .m = m, .d = d, .c = &c, .codepage = 1252 };
	uint64_t content = 0;
	status s;

	for (size_t i = 0; i < DOCUMENT_FIELDS; i++)
		buf_clear(&d->words[i]);
	s = find_row(m, message, d, &content);
	if (s || !d->wanted)
		return s;
	s = content_load(m, content, &arena, &c);
	if (!s)
		s = walk(&g, &arena);
	for (size_t i = 0; i < 3; i++)
		buf_free(&g.large[i]);
	return s;
}
