#include "wire/field.h"

static bool fields_equal(const struct wire_type *t, const void *a, const void *b, unsigned depth);

static bool elements_equal(const struct wire_type *t, struct wire_list a, struct wire_list b,
			   unsigned depth)
{
	if (a.n != b.n || (a.n && depth == WIRE_DEPTH_MAX))
		return false;
	for (size_t at = 0, end = (size_t)a.n * t->size; at < end; at += t->size)
		if (!fields_equal(t, (const char *)a.v + at, (const char *)b.v + at, depth + 1))
			return false;
	return true;
}

static bool numbers_equal(const struct wire_field *f, struct wire_list a, struct wire_list b)
{
	return bytes_equal(bytes_of(a.v, (size_t)a.n * f->element),
			   bytes_of(b.v, (size_t)b.n * f->element));
}

static bool refs_equal(const struct wire_type *t, const void *a, const void *b, unsigned depth)
{
	if (!a || !b)
		return a == b;
	return depth < WIRE_DEPTH_MAX && fields_equal(t, a, b, depth + 1);
}

/* The selectors are equal: they are fields before this one. */
static bool unions_equal(const struct wire_field *f, uint32_t selector, const void *a,
			 const void *b, unsigned depth)
{
	const struct wire_arm *arm = wire_arm_of(f->arms, selector);

	return !arm || !arm->type || fields_equal(arm->type, a, b, depth);
}

static bool member_equal(const struct wire_field *f, const void *a, const void *b,
			 uint32_t selector, unsigned depth)
{
	switch (f->kind) {
	case WIRE_U8:
	case WIRE_U16:
	case WIRE_U32:
	case WIRE_U64:
	case WIRE_GUID:
	case WIRE_FIXED:
		return memcmp(a, b, f->size) == 0;
	case WIRE_BYTES:
	case WIRE_REST:
	case WIRE_STR8:
	case WIRE_STR16:
		return bytes_equal(*(const struct bytes *)a, *(const struct bytes *)b);
	case WIRE_NUMBERS:
		return numbers_equal(f, wire_list_get(a), wire_list_get(b));
	case WIRE_ARRAY:
	case WIRE_COUNTED:
		return elements_equal(f->type, wire_list_get(a), wire_list_get(b), depth);
	case WIRE_STRUCT:
	case WIRE_SIZED:
		return fields_equal(f->type, a, b, depth);
	case WIRE_SIZED_REF:
	case WIRE_REF:
		return refs_equal(f->type, wire_ref_get(a), wire_ref_get(b), depth);
	case WIRE_UNION:
		return unions_equal(f, selector, a, b, depth);
	default:
		return f->custom->equal(a, b);
	}
}

static bool fields_equal(const struct wire_type *t, const void *a, const void *b, unsigned depth)
{
	for (const struct wire_field *f = t->fields, *end = f + t->n_fields; f < end; f++) {
		const void *x = (const char *)a + f->offset, *y = (const char *)b + f->offset;

		if (f->kind == WIRE_WHEN)
			f += wire_holds(f, a) ? 0 : 1;
		else if (!member_equal(f, x, y, f->kind == WIRE_UNION ? wire_selector(f, a) : 0,
				       depth))
			return false;
	}
	return true;
}

bool wire_equal(const struct wire_type *t, const void *a, const void *b)
{
	return fields_equal(t, a, b, 0);
}
