/* What the parts of the interpreter share; not for other rooms. */
#ifndef WIRE_FIELD_H
#define WIRE_FIELD_H

#include "wire/wire.h"

/*
 * What ARRAY, COUNTED and NUMBERS members look like; copied in and out, since their pointers have
 * other types.
 */
struct wire_list {
	uint32_t n;
	void *v;
};

static inline struct wire_list wire_list_get(const void *member)
{
	struct wire_list list;

	memcpy(&list, member, sizeof list);
	return list;
}

static inline void wire_list_put(void *member, struct wire_list list)
{
	memcpy(member, &list, sizeof list);
}

static inline void *wire_ref_get(const void *member)
{
	void *p;

	memcpy(&p, member, sizeof p);
	return p;
}

static inline void wire_ref_put(void *member, void *p)
{
	memcpy(member, &p, sizeof p);
}

static inline uint32_t wire_selector(const struct wire_field *f, const void *structure)
{
	const char *at = (const char *)structure + f->selector;

	switch (f->selector_width) {
	case 1:
		return *(const uint8_t *)at;
	case 2:
		return *(const uint16_t *)(const void *)at;
	default:
		return *(const uint32_t *)(const void *)at;
	}
}

/* Is the field after this WHEN row there? */
static inline bool wire_holds(const struct wire_field *f, const void *structure)
{
	uint32_t v = wire_selector(f, structure);

	switch (f->test) {
	case WIRE_EQUALS:
		return v == f->value;
	case WIRE_ANY_BIT:
		return (v & f->value) != 0;
	default:
		return (v & f->value) == 0;
	}
}

/* The arm of this value, or NULL. */
const struct wire_arm *wire_arm_of(const struct wire_arms *arms, uint32_t value);

static inline unsigned wire_count_width(unsigned width, uint8_t counts)
{
	return width != WIRE_COUNT ? width : counts == WIRE_COUNTS_16 ? 2 : 4;
}

#endif
