#include "wire/field.h"

#include "base/utf16.h"

#define SHOWN_BYTES    64
#define SHOWN_TEXT     512 /* bytes */
#define SHOWN_ELEMENTS 64

static void print_structure(const struct wire_type *t, const void *src, struct buf *out,
			    unsigned depth);

static void print_number(struct buf *out, uint64_t v)
{
	buf_printf(out, v < 10 ? "%llu" : "0x%llx", (unsigned long long)v);
}

void wire_print_bytes(struct buf *out, struct bytes v)
{
	buf_printf(out, "%zu bytes", v.n);
	for (size_t i = 0; i < v.n && i < SHOWN_BYTES; i++)
		buf_printf(out, " %02x", v.p[i]);
	if (v.n > SHOWN_BYTES)
		buf_add_str(out, " ...");
}

static void print_escaped(struct buf *out, uint8_t c)
{
	if (c == '"' || c == '\\')
		buf_printf(out, "\\%c", c);
	else if (c < 0x20 || c == 0x7F)
		buf_printf(out, "\\x%02x", c);
	else
		buf_add_u8(out, c);
}

void wire_print_str8(struct buf *out, struct bytes v)
{
	buf_add_u8(out, '"');
	for (size_t i = 0; i < v.n && i < SHOWN_TEXT; i++) {
		/* Its code page is not known here. */
		if (v.p[i] >= 0x80)
			buf_printf(out, "\\x%02x", v.p[i]);
		else
			print_escaped(out, v.p[i]);
	}
	buf_add_str(out, v.n > SHOWN_TEXT ? "\"..." : "\"");
}

void wire_print_str16(struct buf *out, struct bytes v)
{
	CLEANUP_BUF struct buf utf8 = BUF_MAX(SHOWN_TEXT * 2);
	bool cut = v.n > SHOWN_TEXT;

	if (cut)
		v.n = SHOWN_TEXT;
	utf16_to_utf8(v, &utf8);
	buf_add_u8(out, '"');
	for (size_t i = 0; i < utf8.n; i++) {
		/* U+0080 to U+009F are control characters too. */
		if (utf8.p[i] == 0xC2 && i + 1 < utf8.n && utf8.p[i + 1] < 0xA0)
			buf_printf(out, "\\u%04x", utf8.p[++i]);
		else
			print_escaped(out, utf8.p[i]);
	}
	buf_add_str(out, cut ? "\"..." : "\"");
}

static uint64_t number_at(const struct wire_field *f, struct wire_list list, uint32_t i)
{
	switch (f->element) {
	case 2:
		return ((const uint16_t *)list.v)[i];
	case 4:
		return ((const uint32_t *)list.v)[i];
	default:
		return ((const uint64_t *)list.v)[i];
	}
}

static void print_list(const struct wire_field *f, struct wire_list list, struct buf *out,
		       unsigned depth)
{
	buf_add_u8(out, '[');
	for (uint32_t i = 0; i < list.n && i < SHOWN_ELEMENTS && !out->failed; i++) {
		if (i)
			buf_add_u8(out, ' ');
		if (f->kind == WIRE_NUMBERS)
			print_number(out, number_at(f, list, i));
		else
			print_structure(f->type, (const char *)list.v + (size_t)i * f->type->size,
					out, depth + 1);
	}
	if (list.n > SHOWN_ELEMENTS)
		buf_printf(out, " ... %u", list.n);
	buf_add_u8(out, ']');
}

static void print_ref(const struct wire_field *f, const void *p, struct buf *out, unsigned depth)
{
	if (p)
		print_structure(f->type, p, out, depth + 1);
	else
		buf_add_str(out, "none");
}

static void print_union(const struct wire_field *f, uint32_t selector, const void *member,
			struct buf *out, unsigned depth)
{
	const struct wire_arm *arm = wire_arm_of(f->arms, selector);

	buf_add_str(out, arm ? arm->name : "unknown");
	if (arm && arm->type)
		print_structure(arm->type, member, out, depth);
}

static void print_guid(const struct guid *g, struct buf *out)
{
	char text[GUID_TEXT_SIZE];

	guid_format(g, text);
	buf_add_str(out, text);
}

static void print_nested(const struct wire_field *f, const void *structure, struct buf *out,
			 unsigned depth)
{
	const void *member = (const char *)structure + f->offset;

	switch (f->kind) {
	case WIRE_NUMBERS:
	case WIRE_ARRAY:
	case WIRE_COUNTED:
		print_list(f, wire_list_get(member), out, depth);
		break;
	case WIRE_STRUCT:
	case WIRE_SIZED:
		print_structure(f->type, member, out, depth);
		break;
	case WIRE_SIZED_REF:
	case WIRE_REF:
		print_ref(f, wire_ref_get(member), out, depth);
		break;
	case WIRE_UNION:
		print_union(f, wire_selector(f, structure), member, out, depth);
		break;
	default:
		f->custom->print(out, member);
	}
}

static void print_member(const struct wire_field *f, const void *structure, struct buf *out,
			 unsigned depth)
{
	const void *member = (const char *)structure + f->offset;

	switch (f->kind) {
	case WIRE_U8:
		print_number(out, *(const uint8_t *)member);
		break;
	case WIRE_U16:
		print_number(out, *(const uint16_t *)member);
		break;
	case WIRE_U32:
		print_number(out, *(const uint32_t *)member);
		break;
	case WIRE_U64:
		print_number(out, *(const uint64_t *)member);
		break;
	case WIRE_GUID:
		print_guid(member, out);
		break;
	case WIRE_FIXED:
		wire_print_bytes(out, bytes_of(member, f->size));
		break;
	case WIRE_BYTES:
	case WIRE_REST:
		wire_print_bytes(out, *(const struct bytes *)member);
		break;
	case WIRE_STR8:
		wire_print_str8(out, *(const struct bytes *)member);
		break;
	case WIRE_STR16:
		wire_print_str16(out, *(const struct bytes *)member);
		break;
	default:
		print_nested(f, structure, out, depth);
	}
}

static void print_structure(const struct wire_type *t, const void *src, struct buf *out,
			    unsigned depth)
{
	const char *between = "";

	if (depth > WIRE_DEPTH_MAX) {
		buf_add_str(out, "...");
		return;
	}
	buf_add_u8(out, '{');
	for (const struct wire_field *f = t->fields, *end = f + t->n_fields;
	     f < end && !out->failed; f++) {
		if (f->kind == WIRE_WHEN) {
			f += wire_holds(f, src) ? 0 : 1;
			continue;
		}
		buf_printf(out, "%s%s=", between, f->name);
		print_member(f, src, out, depth);
		between = " ";
	}
	buf_add_u8(out, '}');
}

void wire_print(const struct wire_type *t, const void *src, struct buf *out)
{
	buf_add_str(out, t->name);
	print_structure(t, src, out, 0);
}
