#include "mapi/string_kind.h"

#include "base/utf16.h"

#include <stdint.h>

static bool is_text(uint16_t type)
{
	return type == PT_STRING8 || type == PT_UNICODE;
}

/* One text; p is NULL without memory. */
static struct bytes convert(struct bytes text, bool to_utf16, unsigned codepage, struct arena *a)
{
	CLEANUP_BUF struct buf utf8 = BUF_MAX(SIZE_MAX), out = BUF_MAX(SIZE_MAX);

	if (to_utf16) {
		codepage_to_utf8(codepage, text, &utf8);
		utf16_from_utf8(buf_bytes(&utf8), &out);
	} else {
		utf16_to_utf8(text, &utf8);
		codepage_from_utf8(codepage, buf_bytes(&utf8), &out);
	}
	if (utf8.failed || out.failed)
		return bytes_of(NULL, 0);
	return bytes_of(arena_memdup(a, out.p ? out.p : (const uint8_t *)"", out.n), out.n);
}

static status convert_list(struct prop *p, bool to_utf16, unsigned codepage, struct arena *a)
{
	struct bytes *v = arena_array(a, (size_t)p->count + 1, sizeof *v);

	if (!v)
		return ecMemory;
	for (uint32_t i = 0; i < p->count; i++) {
		v[i] = convert(p->values[i], to_utf16, codepage, a);
		if (!v[i].p)
			return ecMemory;
	}
	p->values = v;
	return ecNone;
}

status string_kind_set(struct prop *p, uint16_t type, unsigned codepage, struct arena *a)
{
	uint16_t multi = prop_type(p) & MV_FLAG, from = (uint16_t)(prop_type(p) & ~MV_FLAG), to = (uint16_t)(type & ~MV_FLAG);
	struct prop as = *p;
	status s = ecNone;

	if (!is_text(from) || !is_text(to) || from == to)
		return ecNone;
	as.tag = tag_make(prop_id(p), multi | to);
	if (multi) {
		s = convert_list(&as, to == PT_UNICODE, codepage, a);
	} else if (!(p->flags & PROP_LARGE)) {
		as.value = convert(p->value, to == PT_UNICODE, codepage, a);
		as.size = as.value.n;
		s = as.value.p ? ecNone : ecMemory;
	}
	if (!s)
		*p = as;
	return s;
}
