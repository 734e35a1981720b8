/* Restrictions as tests write them: r_and(2, r_text(...), r_long(...)). All of it lives in one arena. */
#ifndef TESTS_STORE_RESTRICTIONS_H
#define TESTS_STORE_RESTRICTIONS_H

#include "support.h"

#include "base/utf16.h"
#include "mapi/restriction.h"

static struct arena restrictions = ARENA_BUDGET((size_t)16 << 20);

static inline struct restriction *r_new(enum restriction_kind kind)
{
	struct restriction *r = arena_zalloc(&restrictions, sizeof *r);

	assert_non_null(r);
	r->kind = (uint8_t)kind;
	return r;
}

static inline struct prop r_value(uint32_t tag, const void *bytes, size_t n)
{
	return (struct prop){ .tag = tag, .count = 1, .size = n, .value = bytes_of(arena_memdup(&restrictions, bytes, n), n) };
}

static inline struct prop r_text_value(uint32_t tag, const char *utf8)
{
	struct bytes v = utf16_bytes(&restrictions, utf8);

	return (struct prop){ .tag = tag, .count = 1, .size = v.n, .value = v };
}

static inline struct restriction *r_list(enum restriction_kind kind, unsigned n, struct restriction *const *of)
{
	struct restriction *r = r_new(kind), *v = arena_array(&restrictions, n + 1, sizeof *v);

	for (unsigned i = 0; i < n; i++)
		v[i] = *of[i];
	r->u.list.all.v = v;
	r->u.list.all.n = n;
	return r;
}

#define r_and(...) r_list(RES_AND, sizeof((struct restriction *[]){ __VA_ARGS__ }) / sizeof(void *), (struct restriction *[]){ __VA_ARGS__ })
#define r_or(...) r_list(RES_OR, sizeof((struct restriction *[]){ __VA_ARGS__ }) / sizeof(void *), (struct restriction *[]){ __VA_ARGS__ })

static inline struct restriction *r_not(struct restriction *of)
{
	struct restriction *r = r_new(RES_NOT);

	r->u.negated.restriction = of;
	return r;
}

static inline struct restriction *r_content(uint32_t tag, const char *text, unsigned low, unsigned high)
{
	struct restriction *r = r_new(RES_CONTENT);

	r->u.content = (struct restriction_content){ .fuzzy_low = (uint16_t)low, .fuzzy_high = (uint16_t)high, .tag = tag };
	r->u.content.value.prop = r_text_value(tag_make(tag_id(tag), PT_UNICODE), text);
	return r;
}

static inline struct restriction *r_prop(uint32_t tag, enum restriction_relop relop, struct prop value)
{
	struct restriction *r = r_new(RES_PROPERTY);

	r->u.property = (struct restriction_property){ .relop = (uint8_t)relop, .tag = tag };
	r->u.property.value.prop = value;
	return r;
}

static inline struct restriction *r_number(uint32_t tag, enum restriction_relop relop, uint64_t v)
{
	uint8_t le[8];
	size_t n = prop_type_fixed_size(tag_type(tag));

	put_le64(le, v);
	return r_prop(tag, relop, r_value(tag, le, n));
}

static inline struct restriction *r_text(uint32_t tag, enum restriction_relop relop, const char *text)
{
	return r_prop(tag, relop, r_text_value(tag, text));
}

static inline struct restriction *r_compare(uint32_t a, enum restriction_relop relop, uint32_t b)
{
	struct restriction *r = r_new(RES_COMPARE);

	r->u.compare = (struct restriction_compare){ .relop = (uint8_t)relop, .tag1 = a, .tag2 = b };
	return r;
}

static inline struct restriction *r_bits(uint32_t tag, enum restriction_bitmap how, uint32_t mask)
{
	struct restriction *r = r_new(RES_BITMASK);

	r->u.bitmask = (struct restriction_bitmask){ .relop = (uint8_t)how, .tag = tag, .mask = mask };
	return r;
}

static inline struct restriction *r_size(uint32_t tag, enum restriction_relop relop, uint32_t size)
{
	struct restriction *r = r_new(RES_SIZE);

	r->u.size = (struct restriction_size){ .relop = (uint8_t)relop, .tag = tag, .size = size };
	return r;
}

static inline struct restriction *r_has(uint32_t tag)
{
	struct restriction *r = r_new(RES_EXIST);

	r->u.exist.tag = tag;
	return r;
}

static inline struct restriction *r_sub(uint32_t objects, struct restriction *of)
{
	struct restriction *r = r_new(RES_SUB);

	r->u.sub.subobject = objects;
	r->u.sub.restriction = of;
	return r;
}

static inline struct restriction *r_comment(struct restriction *of)
{
	struct restriction *r = r_new(RES_COMMENT);

	r->u.comment.present = of != NULL;
	r->u.comment.restriction = of;
	return r;
}

static inline struct restriction *r_first(uint32_t count, struct restriction *of)
{
	struct restriction *r = r_new(RES_COUNT);

	r->u.count.count = count;
	r->u.count.restriction = of;
	return r;
}

#endif
