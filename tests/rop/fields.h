/* How many bytes a field of a request or a response has in its layout, or its count has. */
#ifndef TESTS_ROP_FIELDS_H
#define TESTS_ROP_FIELDS_H

#include "rop_support.h"

static inline const struct wire_field *field_named(const struct wire_type *t, const char *name)
{
	for (uint16_t i = 0; i < t->n_fields; i++)
		if (t->fields[i].kind != WIRE_WHEN && !strcmp(t->fields[i].name, name))
			return &t->fields[i];
	fail_msg("%s has no %s", t->name, name);
	return NULL;
}

static inline unsigned width_of(const struct wire_type *t, const char *name)
{
	const struct wire_field *f = field_named(t, name);

	switch (f->kind) {
	case WIRE_U8:
	case WIRE_U16:
	case WIRE_U32:
	case WIRE_U64:
		return f->width;
	case WIRE_GUID:
	case WIRE_FIXED:
		return f->size;
	case WIRE_STRUCT:
		return f->type->wire_min;
	default:
		fail_msg("%s.%s has no width of its own", t->name, name);
		return 0;
	}
}

static inline unsigned count_of(const struct wire_type *t, const char *name)
{
	const struct wire_field *f = field_named(t, name);

	assert_true(f->kind == WIRE_BYTES || f->kind == WIRE_NUMBERS || f->kind == WIRE_ARRAY ||
		    f->kind == WIRE_SIZED);
	return f->width;
}

static inline unsigned request_width(uint8_t id, const char *name)
{
	return width_of(rop_info(id)->request, name);
}

static inline unsigned response_width(uint8_t id, const char *name)
{
	return width_of(rop_info(id)->response, name);
}

static inline unsigned request_count(uint8_t id, const char *name)
{
	return count_of(rop_info(id)->request, name);
}

static inline unsigned response_count(uint8_t id, const char *name)
{
	return count_of(rop_info(id)->response, name);
}

#endif
