#include "mapi/prop.h"

#include "base/filetime.h"
#include "base/quantity.h"
#include "base/utf16.h"

#include <stdlib.h>

#define SHOWN_BYTES 32
#define SHOWN_ELEMENTS 8

bool prop_is_list(uint32_t tag)
{
	switch (tag_type(tag)) {
	case MV_FLAG | PT_STRING8:
	case MV_FLAG | PT_UNICODE:
	case MV_FLAG | PT_BINARY:
		return true;
	default:
		return false;
	}
}

void bag_init(struct bag *b, struct arena *arena)
{
	*b = (struct bag){ .arena = arena };
}

struct prop *bag_append(struct bag *b, const struct prop *p)
{
	if (b->n == b->cap) {
		size_t cap = b->cap ? b->cap * 2 : 64;
		struct prop *v = arena_alloc(b->arena, cap * sizeof *v);

		if (!v)
			return NULL;
		if (b->n)
			memcpy(v, b->v, b->n * sizeof *v);
		b->v = v;
		b->cap = cap;
	}
	b->v[b->n] = *p;
	return &b->v[b->n++];
}

static bool copy_list(struct arena *arena, struct prop *p)
{
	struct bytes *list = arena_array(arena, p->count ? p->count : 1, sizeof *list);

	for (uint32_t i = 0; list && i < p->count; i++) {
		list[i] = bytes_of(arena_memdup(arena, p->values[i].p, p->values[i].n), p->values[i].n);
		if (!list[i].p)
			return false;
	}
	p->values = list;
	return list != NULL;
}

status bag_copy(struct bag *b, const struct prop *p)
{
	struct prop copy = *p;

	if (prop_is_list(p->tag)) {
		if (!copy_list(b->arena, &copy))
			return ecMemory;
	} else {
		copy.value.p = arena_memdup(b->arena, p->value.p, p->value.n);
		if (!copy.value.p)
			return ecMemory;
	}
	return bag_append(b, &copy) ? ecNone : ecMemory;
}

const struct prop *bag_find(const struct bag *b, uint16_t id)
{
	for (size_t i = 0; i < b->n; i++)
		if (prop_id(&b->v[i]) == id)
			return &b->v[i];
	return NULL;
}

status bag_set(struct bag *b, const struct prop *p)
{
	for (size_t i = 0; i < b->n; i++)
		if (prop_id(&b->v[i]) == prop_id(p)) {
			b->v[i] = *p;
			return ecNone;
		}
	return bag_append(b, p) ? ecNone : ecMemory;
}

void bag_remove(struct bag *b, uint16_t id)
{
	for (size_t i = 0; i < b->n; i++)
		if (prop_id(&b->v[i]) == id) {
			memmove(b->v + i, b->v + i + 1, (b->n - i - 1) * sizeof *b->v);
			b->n--;
			return;
		}
}

status bag_set_bytes(struct bag *b, uint32_t tag, struct bytes v)
{
	void *copy = arena_memdup(b->arena, v.p, v.n);

	if (!copy)
		return ecMemory;
	return bag_set(b, &(struct prop){ .tag = tag, .count = 1, .size = v.n, .value = bytes_of(copy, v.n) });
}

status bag_set_u32(struct bag *b, uint32_t tag, uint32_t v)
{
	uint8_t le[4];

	put_le32(le, v);
	return bag_set_bytes(b, tag, bytes_of(le, tag_type(tag) == PT_SHORT ? 2 : 4));
}

status bag_set_u64(struct bag *b, uint32_t tag, uint64_t v)
{
	uint8_t le[8];

	put_le64(le, v);
	return bag_set_bytes(b, tag, bytes_of(le, sizeof le));
}

status bag_set_bool(struct bag *b, uint32_t tag, bool v)
{
	uint8_t byte = v;

	return bag_set_bytes(b, tag, bytes_of(&byte, 1));
}

status bag_set_text(struct bag *b, uint32_t tag, const char *utf8)
{
	struct bytes v = utf16_bytes(b->arena, utf8);

	if (!v.p)
		return ecMemory;
	return bag_set(b, &(struct prop){ .tag = tag, .count = 1, .size = v.n, .value = v });
}

struct bytes bag_bytes(const struct bag *b, uint16_t id)
{
	const struct prop *p = bag_find(b, id);

	return p && !(p->flags & PROP_LARGE) && !prop_is_list(p->tag) ? p->value : bytes_of(NULL, 0);
}

uint32_t bag_u32(const struct bag *b, uint16_t id, uint32_t fallback)
{
	struct bytes v = bag_bytes(b, id);

	return v.n == 4 ? le32(v.p) : v.n == 2 ? le16(v.p) : fallback;
}

uint64_t bag_u64(const struct bag *b, uint16_t id, uint64_t fallback)
{
	struct bytes v = bag_bytes(b, id);

	return v.n == 8 ? le64(v.p) : fallback;
}

bool bag_bool(const struct bag *b, uint16_t id, bool fallback)
{
	struct bytes v = bag_bytes(b, id);

	return v.n >= 1 ? v.p[0] != 0 : fallback;
}

static char *text_of(uint16_t type, struct bytes v, unsigned codepage, struct arena *a)
{
	CLEANUP_BUF struct buf out = BUF_MAX(v.n * 4 + 16);

	if (type == PT_UNICODE)
		return utf16_text(a, utf16_trim(v));
	while (v.n && !v.p[v.n - 1])
		v.n--;
	codepage_to_utf8(codepage, v, &out);
	return out.failed ? NULL : arena_strndup(a, out.p ? (const char *)out.p : "", out.n);
}

char *prop_text(const struct prop *p, unsigned codepage, struct arena *a)
{
	uint16_t type = prop_type(p);

	if ((p->flags & PROP_LARGE) || (type != PT_UNICODE && type != PT_STRING8))
		return NULL;
	return text_of(type, p->value, codepage, a);
}

char *bag_text(const struct bag *b, uint16_t id, unsigned codepage, struct arena *a)
{
	const struct prop *p = bag_find(b, id);

	return p ? prop_text(p, codepage, a) : NULL;
}

/* Values for people ----------------------------------------------------------------------------------- */

static void format_text(uint16_t type, struct bytes v, unsigned codepage, struct buf *out)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(v.n * 4 + 64);

	const char *text = text_of(type, v, codepage, &a);
	buf_add_u8(out, '"');
	for (const char *c = text ? text : ""; *c; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7F)
			buf_printf(out, "\\x%02x", (unsigned char)*c);
		else
			buf_add_u8(out, (uint8_t)*c);
	}
	buf_add_u8(out, '"');
}

static void format_binary(struct bytes v, struct buf *out)
{
	buf_printf(out, "%zu byte%s", v.n, plural(v.n));
	for (size_t i = 0; i < v.n && i < SHOWN_BYTES; i++)
		buf_printf(out, " %02x", v.p[i]);
	if (v.n > SHOWN_BYTES)
		buf_add_str(out, " ...");
}

static double as_double(uint64_t bits)
{
	double d;

	memcpy(&d, &bits, sizeof d);
	return d;
}

static double as_float(uint32_t bits)
{
	float f;

	memcpy(&f, &bits, sizeof f);
	return (double)f;
}

static void format_guid(struct bytes v, struct buf *out)
{
	char text[GUID_TEXT_SIZE];
	struct guid g;

	memcpy(g.b, v.p, sizeof g.b);
	guid_format(&g, text);
	buf_add_str(out, text);
}

static void format_time(uint64_t v, struct buf *out)
{
	char text[FILETIME_TEXT_SIZE];

	filetime_format(v, text);
	buf_add_str(out, text);
}

/* v has the size of the type. */
static void format_fixed(uint16_t type, struct bytes v, struct buf *out)
{
	switch (type) {
	case PT_SHORT:
		buf_printf(out, "%d", (int16_t)le16(v.p));
		break;
	case PT_LONG:
		buf_printf(out, "%d", (int32_t)le32(v.p));
		break;
	case PT_ERROR:
		buf_printf(out, "0x%08x", le32(v.p));
		break;
	case PT_FLOAT:
		buf_printf(out, "%g", as_float(le32(v.p)));
		break;
	case PT_DOUBLE:
	case PT_APPTIME:
		buf_printf(out, "%g", as_double(le64(v.p)));
		break;
	case PT_CURRENCY:
		buf_printf(out, "%.4f", (double)(int64_t)le64(v.p) / 10000);
		break;
	case PT_BOOLEAN:
		buf_add_str(out, v.p[0] ? "true" : "false");
		break;
	case PT_I8:
		buf_printf(out, "%lld", (long long)le64(v.p));
		break;
	case PT_SYSTIME:
		format_time(le64(v.p), out);
		break;
	case PT_CLSID:
		format_guid(v, out);
		break;
	default:
		format_binary(v, out);
	}
}

static void format_one(uint16_t type, struct bytes v, unsigned codepage, struct buf *out)
{
	size_t size = prop_type_fixed_size(type);

	if (type == PT_UNICODE || type == PT_STRING8)
		format_text(type, v, codepage, out);
	else if (size && v.n == size)
		format_fixed(type, v, out);
	else
		format_binary(v, out);
}

void prop_format(const struct prop *p, unsigned codepage, struct buf *out)
{
	uint16_t type = prop_type(p), element = type & (uint16_t)~MV_FLAG;
	size_t size = prop_type_fixed_size(element);

	if (p->flags & PROP_LARGE) {
		buf_printf(out, "%llu bytes", (unsigned long long)p->size);
		return;
	}
	if (!(type & MV_FLAG) || p->flags & PROP_UNKNOWN_TYPE) {
		format_one(type, p->value, codepage, out);
		return;
	}
	buf_add_u8(out, '[');
	for (uint32_t i = 0; i < p->count && i < SHOWN_ELEMENTS; i++) {
		if (i)
			buf_add_str(out, ", ");
		if (prop_is_list(p->tag))
			format_one(element, p->values[i], codepage, out);
		else if (size)
			format_one(element, bytes_of(p->value.p + i * size, size), codepage, out);
	}
	buf_add_str(out, p->count > SHOWN_ELEMENTS ? ", ...]" : "]");
}

bool prop_equal(const struct prop *a, const struct prop *b)
{
	if (a->tag != b->tag || a->count != b->count || (a->flags & PROP_LARGE) != (b->flags & PROP_LARGE))
		return false;
	if (a->flags & PROP_LARGE)
		return a->size == b->size;
	if (!prop_is_list(a->tag))
		return bytes_equal(a->value, b->value);
	for (uint32_t i = 0; i < a->count; i++)
		if (!bytes_equal(a->values[i], b->values[i]))
			return false;
	return true;
}
