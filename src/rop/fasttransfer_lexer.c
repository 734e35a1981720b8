/* Reading FastTransfer streams: an element at a time, from whatever pieces they arrive in. */
#include "rop/fasttransfer_private.h"

/* What is copied at once to complete an element whose beginning is held. */
#define HOLD_STEP ((size_t)64 << 10)
/* The longest start of a value: definition, name, length, private form with a name of its own. */
#define HEAD_MAX ((size_t)256 << 10)
#define STRING_CODEPAGE 0x8000u
#define CODEPAGE_UTF16 1200u

const struct ft_limits ft_limits_rest = {
	.depth = FT_DEPTH_MAX,
	.value_max = ITEM_INLINE_MAX,
	.list_max = (size_t)256 << 20,
	.private_form = true,
};

const struct ft_limits ft_limits_wire = {
	.depth = FT_DEPTH_MAX,
	.value_max = ITEM_INLINE_MAX,
	.list_max = (size_t)4 << 20,
	.stream_max = (uint64_t)4 << 30,
};

void ft_lexer_init(struct ft_lexer *l, const struct ft_limits *limits)
{
	*l = (struct ft_lexer){ .limits = *limits, .elsewhere = UINT64_MAX };
	if (l->limits.depth > FT_DEPTH_MAX)
		l->limits.depth = FT_DEPTH_MAX;
	buf_init(&l->held, limits->value_max + limits->list_max + HEAD_MAX + HOLD_STEP);
}

void ft_lexer_free(struct ft_lexer *l)
{
	buf_free(&l->held);
}

void ft_lexer_feed(struct ft_lexer *l, struct bytes data)
{
	l->in = data;
}

void ft_lexer_elsewhere(struct ft_lexer *l, uint64_t place)
{
	l->elsewhere = place;
}

#define fail(l, code, ...) \
	((l)->failed = reason_set(&(l)->why, code, __VA_ARGS__), \
	 reason_prefix(&(l)->why, code, "at byte %llu of the stream", (unsigned long long)(l)->used))

/* One element --------------------------------------------------------------------------------------------------- */

/* The bytes at hand; `short_of` says that they end before the element does. */
struct window {
	struct bytes in;
	size_t at;
	bool short_of;
};

static struct bytes take(struct window *w, size_t n)
{
	if (w->short_of || n > w->in.n - w->at) {
		w->short_of = true;
		return bytes_of(NULL, 0);
	}
	w->at += n;
	return bytes_of(w->in.p + w->at - n, n);
}

static uint32_t take_u32(struct window *w)
{
	struct bytes b = take(w, 4);

	return b.p ? le32(b.p) : 0;
}

static uint16_t take_u16(struct window *w)
{
	struct bytes b = take(w, 2);

	return b.p ? le16(b.p) : 0;
}

static uint8_t take_u8(struct window *w)
{
	struct bytes b = take(w, 1);

	return b.p ? b.p[0] : 0;
}

static void take_guid(struct window *w, struct guid *g)
{
	struct bytes b = take(w, sizeof g->b);

	if (b.p)
		memcpy(g->b, b.p, sizeof g->b);
}

static status take_name(struct ft_lexer *l, struct window *w, struct prop_name *name)
{
	take_guid(w, &name->set);
	uint8_t kind = take_u8(w);
	if (w->short_of)
		return ecNone;
	if (kind > FT_NAME_STRING)
		return fail(l, ecCorruptData, "a name of a property of unknown kind %u", kind);
	name->by_string = kind == FT_NAME_STRING;
	if (!name->by_string) {
		name->lid = take_u32(w);
		return ecNone;
	}
	size_t start = w->at;
	while (!w->short_of && take_u16(w) != 0)
		if (w->at - start > FT_NAME_MAX)
			return fail(l, ecTooBig, "a name of a property that does not end");
	if (!w->short_of)
		name->string = bytes_of(w->in.p + start, w->at - start - 2);
	return ecNone;
}

/* Takes one terminator off. */
static status without_terminator(struct ft_lexer *l, uint16_t type, struct bytes *v)
{
	unsigned n = ft_terminator(type);
	bool there = v->n >= n && (n == 1 ? !v->p[v->n - 1] : v->n >= 2 && !le16(v->p + v->n - 2));

	if (!n)
		return ecNone;
	if (n == 2 && v->n % 2)
		return fail(l, ecCorruptData, "a text of UTF-16 with %zu bytes", v->n);
	if (there)
		v->n -= n;
	else if (l->limits.private_form)
		return fail(l, ecCorruptData, "a text without its end");
	return ecNone;
}

static bool ends_in_nul(uint16_t type, struct bytes v)
{
	unsigned n = ft_terminator(type);

	return n == 1 ? v.n && !v.p[v.n - 1] : n == 2 && v.n >= 2 && !le16(v.p + v.n - 2);
}

/* A list ---------------------------------------------------------------------------------------------------------- */

/* Steps over the elements; where it stopped for want of bytes it goes on the next time. */
static status scan_list(struct ft_lexer *l, struct window *w, uint32_t count)
{
	size_t start = w->at;

	if (l->scanned)
		w->at = l->scanned_to;
	for (; l->scanned < count; l->scanned++) {
		size_t before = w->at;
		uint32_t n = take_u32(w);

		if (w->at - start + n > l->limits.list_max)
			return fail(l, ecTooBig, "a list of values of more than %zu bytes", l->limits.list_max);
		(void)take(w, n);
		if (w->short_of) {
			l->scanned_to = before;
			return ecNone;
		}
	}
	return ecNone;
}

static status take_list(struct ft_lexer *l, struct window *w, struct arena *arena, struct prop *p)
{
	uint32_t count = take_u32(w);
	size_t start = w->at;

	if (w->short_of)
		return ecNone;
	if ((uint64_t)count * 4 > l->limits.list_max)
		return fail(l, ecTooBig, "a list of %u values", count);
	status s = scan_list(l, w, count);
	if (s || w->short_of)
		return s;
	struct bytes *v = arena_array(arena, count ? count : 1, sizeof *v);
	if (!v)
		return fail(l, ecMemory, "no memory for a list of %u values", count);
	w->at = start;
	for (uint32_t i = 0; !s && i < count; i++) {
		v[i] = take(w, take_u32(w));
		s = without_terminator(l, prop_type(p), &v[i]);
		if (ends_in_nul(prop_type(p), v[i]))
			p->flags |= PROP_TRAILING_NUL;
	}
	p->count = count;
	p->size = w->at - start;
	p->values = v;
	return s;
}

static status take_fixed_list(struct ft_lexer *l, struct window *w, struct prop *p)
{
	uint32_t count = take_u32(w);
	uint64_t n = (uint64_t)count * prop_type_fixed_size(prop_type(p) & (uint16_t)~MV_FLAG);

	if (n > l->limits.list_max)
		return fail(l, ecTooBig, "a list of %u values", count);
	p->value = take(w, (size_t)n);
	p->count = count;
	p->size = n;
	return ecNone;
}

/* The private form -------------------------------------------------------------------------------------------------- */

static bool is_private(const struct ft_lexer *l, const struct ft_event *e)
{
	return l->limits.private_form && e->named && !e->name.by_string && prop_type(&e->prop) == PT_BINARY &&
	       guid_equal(&e->name.set, &FT_ESCAPE_SET);
}

/* What stands before the value; *n is what is left of the property's bytes. */
static status take_private(struct ft_lexer *l, struct window *w, struct ft_event *e, uint64_t *n)
{
	size_t start = w->at;
	struct prop_name name = { .by_string = false };
	struct prop p = { .tag = e->name.lid };

	p.flags = take_u16(w) & (PROP_LARGE | PROP_DAMAGED | PROP_UNKNOWN_TYPE | PROP_TRAILING_NUL | PROP_ODD_SIZE);
	p.count = take_u32(w);
	uint8_t kind = take_u8(w);
	if (w->short_of)
		return *n < 7 ? fail(l, ecCorruptData, "a value kept aside is cut off") : ecNone;
	if (kind != FT_ESCAPE_NO_NAME)
		take_guid(w, &name.set);
	if (kind == FT_ESCAPE_LID) {
		name.lid = take_u32(w);
	} else if (kind == FT_ESCAPE_STRING) {
		name.by_string = true;
		size_t length = take_u16(w);
		name.string = take(w, length);
	} else if (kind != FT_ESCAPE_NO_NAME) {
		return fail(l, ecCorruptData, "a value kept aside has a name of unknown kind %u", kind);
	}
	if (w->short_of)
		return ecNone;
	if (w->at - start > *n)
		return fail(l, ecCorruptData, "a value kept aside is cut off");
	*n -= w->at - start;
	e->prop = p;
	e->named = kind != FT_ESCAPE_NO_NAME;
	e->name = name;
	e->escaped = true;
	return ecNone;
}

static status private_list(struct ft_lexer *l, struct arena *arena, struct bytes data, struct prop *p)
{
	struct window w = { .in = data };
	uint32_t count = p->count;

	if (count > data.n / 4)
		return fail(l, ecCorruptData, "a list kept aside says that it has %u values", count);
	struct bytes *v = arena_array(arena, count ? count : 1, sizeof *v);
	if (!v)
		return fail(l, ecMemory, "no memory for a list of %u values", count);
	for (uint32_t i = 0; i < count; i++)
		v[i] = take(&w, take_u32(&w));
	if (w.short_of || w.at != data.n)
		return fail(l, ecCorruptData, "a list kept aside is cut off, or goes on");
	p->values = v;
	p->size = data.n;
	return ecNone;
}

/* Values ------------------------------------------------------------------------------------------------------------ */

static status whole_value(struct ft_lexer *l, struct window *w, struct arena *arena, struct ft_event *e, size_t n)
{
	struct prop *p = &e->prop;
	struct bytes v = take(w, n);
	status s = ecNone;

	if (w->short_of)
		return ecNone;
	if (e->escaped) {
		if (prop_is_list(p->tag) && !(p->flags & PROP_LARGE))
			return private_list(l, arena, v, p);
		p->flags &= (uint16_t)~PROP_LARGE;
		size_t size = prop_type_fixed_size(prop_type(p) & (uint16_t)~MV_FLAG);
		if ((prop_type(p) & MV_FLAG) && size && (uint64_t)p->count * size > v.n)
			return fail(l, ecCorruptData, "a list kept aside says that it has %u values", p->count);
	} else {
		s = without_terminator(l, prop_type(p), &v);
		if (ends_in_nul(prop_type(p), v))
			p->flags |= PROP_TRAILING_NUL;
	}
	p->value = v;
	p->size = v.n;
	return s;
}

static status begin_large(struct ft_lexer *l, struct window *w, struct ft_event *e, uint64_t n)
{
	unsigned terminator = e->escaped ? 0 : ft_terminator(prop_type(&e->prop));

	if (n < terminator || (terminator == 2 && n % 2))
		return fail(l, ecCorruptData, "a text of %llu bytes", (unsigned long long)n);
	e->prop.flags |= PROP_LARGE;
	e->prop.size = n - terminator;
	e->prop.value = bytes_of(NULL, 0);
	e->elsewhere = l->used + w->at == l->elsewhere;
	l->left = e->elsewhere ? 0 : e->prop.size;
	l->terminator = terminator;
	l->in_value = true;
	return ecNone;
}

static status take_variable(struct ft_lexer *l, struct window *w, struct arena *arena, struct ft_event *e)
{
	uint64_t n = take_u32(w);
	status s = ecNone;

	if (w->short_of)
		return ecNone;
	if (is_private(l, e))
		s = take_private(l, w, e, &n);
	if (s || w->short_of)
		return s;
	bool list = e->escaped && prop_is_list(e->prop.tag), raw = list && e->prop.flags & PROP_LARGE;
	if (list && !raw && n > l->limits.list_max)
		return fail(l, ecTooBig, "a list of values of %llu bytes", (unsigned long long)n);
	if (raw || (!list && (n > l->limits.value_max || l->used + w->at == l->elsewhere)))
		return begin_large(l, w, e, n);
	return whole_value(l, w, arena, e, (size_t)n);
}

static status take_fixed(struct window *w, struct prop *p)
{
	static const uint8_t yes = 1;

	p->value = take(w, ft_fixed_size(prop_type(p)));
	if (prop_type(p) == PT_BOOLEAN && p->value.p) {
		/* Any other number means true; its low byte may be 0. */
		p->value = bytes_of(le16(p->value.p) ? &yes : p->value.p, 1);
	}
	p->size = p->value.n;
	return ecNone;
}

/* Types with a code page: [MS-OXCFXICS] 2.2.4.1.1.1 */
static void resolve_codepage(struct ft_event *e)
{
	unsigned type = prop_type(&e->prop);

	if (!(type & STRING_CODEPAGE))
		return;
	e->codepage = type & (unsigned)~STRING_CODEPAGE;
	bool wide = e->codepage == CODEPAGE_UTF16;
	e->prop.tag = tag_make(prop_id(&e->prop), wide ? PT_UNICODE : PT_STRING8);
	if (wide)
		e->codepage = 0;
}

static status take_property(struct ft_lexer *l, struct window *w, struct arena *arena, uint32_t tag, struct ft_event *e)
{
	status s = ecNone;

	e->kind = FT_PROP;
	e->prop = (struct prop){ .tag = tag, .count = 1 };
	/* It says that it is a number, and is not ([MS-OXCFXICS] 2.2.1.1.1). */
	if (tag == MetaTagIdsetGiven && !l->limits.private_form)
		e->prop.tag = tag_make(tag_id(tag), PT_BINARY);
	resolve_codepage(e);
	e->named = tag_id(tag) >= NAMED_ID_FIRST;
	if (e->named)
		s = take_name(l, w, &e->name);
	if (s || w->short_of)
		return s;
	switch (ft_shape(prop_type(&e->prop))) {
	case FT_FIXED:
		return take_fixed(w, &e->prop);
	case FT_VARIABLE:
		return take_variable(l, w, arena, e);
	case FT_FIXED_LIST:
		return take_fixed_list(l, w, &e->prop);
	case FT_VARIABLE_LIST:
		return take_list(l, w, arena, &e->prop);
	default:
		return fail(l, ecCorruptData, "a property (0x%08x) of a type that the stream does not have", tag);
	}
}

/* Nesting ---------------------------------------------------------------------------------------------------------- */

/* The marker that ends what this one begins; 0 for one that begins nothing. */
static uint32_t end_of(uint32_t marker)
{
	switch (marker) {
	case FT_NEW_ATTACH:
		return FT_END_ATTACH;
	case FT_START_EMBED:
		return FT_END_EMBED;
	case FT_START_RECIP:
		return FT_END_TO_RECIP;
	case FT_START_TOP_FOLDER:
	case FT_START_SUB_FOLDER:
		return FT_END_FOLDER;
	case FT_START_MESSAGE:
	case FT_START_FAI_MESSAGE:
		return FT_END_MESSAGE;
	case FT_INCR_SYNC_STATE_BEGIN:
		return FT_INCR_SYNC_STATE_END;
	default:
		return 0;
	}
}

static bool is_end(uint32_t marker)
{
	return marker == FT_END_ATTACH || marker == FT_END_EMBED || marker == FT_END_TO_RECIP || marker == FT_END_FOLDER ||
	       marker == FT_END_MESSAGE || marker == FT_INCR_SYNC_STATE_END;
}

static status nest(struct ft_lexer *l, uint32_t marker)
{
	uint32_t end = end_of(marker);

	if (end && l->depth == l->limits.depth)
		return fail(l, ecTooComplex, "objects nest deeper than %u", l->limits.depth);
	if (end)
		l->open[l->depth++] = end;
	if (!is_end(marker))
		return ecNone;
	if (!l->depth || l->open[l->depth - 1] != marker)
		return fail(l, ecCorruptData, "%s where %s", ft_marker_name(marker),
			    l->depth ? ft_marker_name(l->open[l->depth - 1]) : "nothing is open");
	l->depth--;
	return ecNone;
}

static status take_element(struct ft_lexer *l, struct window *w, struct arena *arena, struct ft_event *e)
{
	uint32_t tag = take_u32(w);

	*e = (struct ft_event){ .kind = FT_MORE };
	if (w->short_of)
		return ecNone;
	if (!ft_is_marker(tag))
		return take_property(l, w, arena, tag, e);
	e->kind = FT_MARKER;
	e->marker = tag;
	return nest(l, tag);
}

/* The stream ---------------------------------------------------------------------------------------------------------- */

static bool holding(const struct ft_lexer *l)
{
	return l->held_used < l->held.n;
}

static struct bytes at_hand(const struct ft_lexer *l)
{
	return holding(l) ? bytes_of(l->held.p + l->held_used, l->held.n - l->held_used) : l->in;
}

static void use(struct ft_lexer *l, size_t n)
{
	l->used += n;
	if (holding(l)) {
		l->held_used += n;
		return;
	}
	l->in.p += n;
	l->in.n -= n;
}

/* Keeps what is at hand until the rest is there; false when nothing more was fed. */
static status hold_more(struct ft_lexer *l, bool *more)
{
	size_t n = l->in.n < HOLD_STEP ? l->in.n : HOLD_STEP;

	if (l->held_used) {
		memmove(l->held.p, l->held.p + l->held_used, l->held.n - l->held_used);
		buf_truncate(&l->held, l->held.n - l->held_used);
		l->held_used = 0;
	}
	buf_add(&l->held, l->in.p, n);
	if (l->held.failed)
		return fail(l, ecTooBig, "an element of the stream is too long");
	l->in.p += n;
	l->in.n -= n;
	*more = n > 0;
	return ecNone;
}

static status next_element(struct ft_lexer *l, struct arena *arena, struct ft_event *out)
{
	bool more = true;

	while (more) {
		struct arena_mark mark = arena_mark(arena);
		struct window w = { .in = at_hand(l) };
		status s = take_element(l, &w, arena, out);

		if (s)
			return s;
		if (!w.short_of) {
			l->scanned = 0;
			use(l, w.at);
			return ecNone;
		}
		l->in_value = false;
		arena_rewind(arena, mark);
		if (!w.in.n && !l->in.n)
			break;
		s = hold_more(l, &more);
		if (s)
			return s;
	}
	*out = (struct ft_event){ .kind = FT_MORE };
	return ecNone;
}

/* The end of a value that came in chunks: its terminator goes by. */
static status end_value(struct ft_lexer *l, struct ft_event *out)
{
	while (l->terminator) {
		struct bytes b = at_hand(l);

		if (!b.n)
			return ecNone;
		if (b.p[0] && l->limits.private_form)
			return fail(l, ecCorruptData, "a text without its end");
		use(l, 1);
		l->terminator--;
	}
	l->in_value = false;
	out->kind = FT_VALUE_END;
	return ecNone;
}

static status next_chunk(struct ft_lexer *l, struct ft_event *out)
{
	struct bytes b = at_hand(l);
	size_t n = b.n < l->left ? b.n : (size_t)l->left;

	*out = (struct ft_event){ .kind = FT_MORE };
	if (!l->left)
		return end_value(l, out);
	if (!n)
		return ecNone;
	if (n > ITEM_CHUNK_MAX)
		n = ITEM_CHUNK_MAX;
	use(l, n);
	l->left -= n;
	out->kind = FT_CHUNK;
	out->chunk = bytes_of(b.p, n);
	return ecNone;
}

status ft_lexer_next(struct ft_lexer *l, struct arena *arena, struct ft_event *out)
{
	status s;

	if (l->failed)
		return l->failed;
	s = l->in_value ? next_chunk(l, out) : next_element(l, arena, out);
	if (!s && l->limits.stream_max && l->used > l->limits.stream_max)
		s = fail(l, ecTooBig, "the stream is longer than %llu bytes", (unsigned long long)l->limits.stream_max);
	return s;
}

status ft_lexer_finish(struct ft_lexer *l)
{
	if (l->failed)
		return l->failed;
	if (l->in_value || at_hand(l).n)
		return fail(l, ecCorruptData, "the stream ends within a property");
	if (l->depth)
		return fail(l, ecCorruptData, "the stream ends before %s", ft_marker_name(l->open[l->depth - 1]));
	return ecNone;
}
