/* The subject, its prefix and what is left without it. */
#include "server/message_private.h"

#include "mapi/string_kind.h"

unsigned message_subject_bit(uint16_t id)
{
	switch (id) {
	case PidTagSubject >> 16:
		return SUBJECT_WHOLE;
	case PidTagSubjectPrefix >> 16:
		return SUBJECT_PREFIX;
	case PidTagNormalizedSubject >> 16:
		return SUBJECT_NORMALIZED;
	default:
		return 0;
	}
}

static status text_of(const struct property_set *p, uint32_t tag, unsigned codepage, struct arena *arena, struct bytes *out, bool *there)
{
	const struct held_prop *h = property_set_find(p, tag_id(tag));
	struct prop v;
	status s = ecNone;

	*there = h && !h->big && (prop_type(&h->p) == PT_UNICODE || prop_type(&h->p) == PT_STRING8);
	*out = bytes_of(NULL, 0);
	if (!*there)
		return ecNone;
	v = h->p;
	s = string_kind_set(&v, PT_UNICODE, codepage, arena);
	if (!s)
		*out = v.value;
	return s;
}

static uint16_t unit(struct bytes text, size_t i)
{
	return 2 * i + 1 < text.n ? le16(text.p + 2 * i) : 0;
}

static bool is_letter(uint16_t c)
{
	return c > 0x7F || (c | 0x20) >= 'a';
}

/* One to three letters, a colon and spaces ([MS-OXCMAIL] 2.2.3.2.6.1): its bytes, 0 for none. */
static size_t prefix_of(struct bytes text)
{
	size_t n = 0;

	while (n < 4 && unit(text, n) && unit(text, n) != ':' && unit(text, n) != ' ' && is_letter(unit(text, n)))
		n++;
	if (!n || n > 3 || unit(text, n) != ':' || unit(text, n + 1) != ' ')
		return 0;
	for (n += 2; unit(text, n) == ' '; n++)
		;
	return 2 * n;
}

/* Some begin with a mark and the length of the prefix. [MS-PST] 2.5.3.1.1.1 */
static bool marked(struct bytes *text, size_t *prefix)
{
	size_t n = unit(*text, 1);

	if (unit(*text, 0) != 1 || text->n < 4)
		return false;
	*text = bytes_of(text->p + 4, text->n - 4);
	*prefix = n ? 2 * (n - 1) : 0;
	if (*prefix > text->n)
		*prefix = 0;
	return true;
}

static bool begins_with(struct bytes text, struct bytes prefix)
{
	return prefix.n <= text.n && (!prefix.n || memcmp(text.p, prefix.p, prefix.n) == 0);
}

static status join(struct bytes a, struct bytes b, struct arena *arena, struct bytes *out)
{
	uint8_t *p = arena_alloc(arena, a.n + b.n + 1);

	if (!p)
		return ecMemory;
	if (a.n)
		memcpy(p, a.p, a.n);
	if (b.n)
		memcpy(p + a.n, b.p, b.n);
	*out = bytes_of(p, a.n + b.n);
	return ecNone;
}

status message_subject(const struct property_set *p, unsigned codepage, struct arena *arena, struct subject *out)
{
	struct subject u = { .there = true };
	bool whole, prefix, normalized;
	size_t n = 0;
	status s = text_of(p, PidTagSubject, codepage, arena, &u.whole, &whole);

	if (!s)
		s = text_of(p, PidTagSubjectPrefix, codepage, arena, &u.prefix, &prefix);
	if (!s)
		s = text_of(p, PidTagNormalizedSubject, codepage, arena, &u.normalized, &normalized);
	if (s)
		return s;
	u.there = whole || prefix || normalized;
	if (whole && marked(&u.whole, &n)) {
		u.prefix = bytes_of(u.whole.p, n);
	} else if (whole && !prefix) {
		u.prefix = bytes_of(u.whole.p, normalized ? u.whole.n - (u.normalized.n < u.whole.n ? u.normalized.n : u.whole.n) :
							    prefix_of(u.whole));
	} else if (!whole) {
		s = join(u.prefix, u.normalized, arena, &u.whole);
	}
	if (!s && whole)
		u.normalized = begins_with(u.whole, u.prefix) ? bytes_of(u.whole.p + u.prefix.n, u.whole.n - u.prefix.n) : u.whole;
	if (!s)
		*out = u;
	return s;
}

/* What was set decides, the whole before its parts. */
static status settle_texts(struct property_set *p, unsigned set, unsigned codepage, struct arena *arena, struct subject *u)
{
	bool there;
	status s = text_of(p, PidTagSubject, codepage, arena, &u->whole, &there);

	if (!s)
		s = text_of(p, PidTagSubjectPrefix, codepage, arena, &u->prefix, &there);
	if (!s)
		s = text_of(p, PidTagNormalizedSubject, codepage, arena, &u->normalized, &there);
	if (s)
		return s;
	if (!(set & SUBJECT_WHOLE))
		return join(u->prefix, u->normalized, arena, &u->whole);
	if (!(set & SUBJECT_PREFIX))
		u->prefix = bytes_of(u->whole.p, prefix_of(u->whole));
	if (begins_with(u->whole, u->prefix)) {
		u->normalized = bytes_of(u->whole.p + u->prefix.n, u->whole.n - u->prefix.n);
		return ecNone;
	}
	if (!(set & SUBJECT_NORMALIZED))
		u->normalized = u->whole;
	return join(u->prefix, u->normalized, arena, &u->whole);
}

status message_subject_settle(struct property_set *p, unsigned set, unsigned codepage)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 20);
	struct subject u = { .there = false };
	status s = settle_texts(p, set, codepage, &arena, &u);

	/* After a part was removed it stays so. The whole comes last: the parts may be in it. */
	if (!s && set)
		s = property_set_put_text(p, PidTagSubjectPrefix, u.prefix);
	if (!s && set)
		s = property_set_put_text(p, PidTagNormalizedSubject, u.normalized);
	return s ? s : property_set_put_text(p, PidTagSubject, u.whole);
}
