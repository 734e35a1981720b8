/*
 * The language in which a binary layout is written, once: a list of fields that becomes a C
 * structure and a constant table of fields.  What the table is good for is in wire/wire.h.
 *
 *     #define SET_COLUMNS_REQUEST(F, T)            // [MS-OXCROPS] 2.2.5.1.1
 *             F(T, U8,      flags)
 *             F(T, NUMBERS, columns, 2, 32)        // a 16-bit count, then property tags
 *     WIRE_DECLARE(set_columns_request, SET_COLUMNS_REQUEST)   // in a header
 *     WIRE_DEFINE(set_columns_request, SET_COLUMNS_REQUEST)    // in one .c
 *
 * (each line of the list ends in a backslash) make `struct set_columns_request` and its table,
 * `set_columns_request_wire`.  Numbers are little-endian, nothing is aligned.
 * `count` is the width of a count or length in bytes: 1, 2, 4, or WIRE_COUNT where the context
 * decides (enum wire_counts).
 *
 *     F(T, U8 | U16 | U32 | U64, m)      uintN_t m
 *     F(T, GUID, m)                      struct guid m
 *     F(T, FIXED, m, n)                  uint8_t m[n]
 *     F(T, BYTES, m, count)              struct bytes m: a count, then so many bytes
 *     F(T, REST, m)                      struct bytes m: all that is left of the window
 *     F(T, STR8, m)                      struct bytes m: up to a NUL, which m does not include
 *     F(T, STR16, m)                     struct bytes m: UTF-16LE up to a NUL unit, likewise
 *     F(T, NUMBERS, m, count, bits)      struct { uint32_t n; uintN_t *v; } m: 16, 32 or 64 bits
 *     F(T, ARRAY, m, count, type)        struct { uint32_t n; struct type *v; } m
 *     F(T, COUNTED, m, field, type)      the same; the earlier `field` is the count
 *     F(T, STRUCT, m, type)              struct type m, in place
 *     F(T, SIZED, m, count, type)        struct type m behind its length, which it must fill
 *     F(T, SIZED_REF, m, count, type)    struct type *m, likewise; length 0 is NULL
 *     F(T, REF, m, type, least)          struct type *m, never NULL: for what contains itself
 *     F(T, UNION, m, field, arms, least) union arms m: an earlier field says which arm
 *     F(T, CUSTOM, m, ctype, c, least)   ctype m, in the hands of `const struct wire_custom c`
 *     F(T, WHEN, field, value, KIND, ..) one of the above, only if an earlier field == value
 *     F(T, WHEN_ANY, field, bits, KIND, ..)   only if one of the bits is set there
 *     F(T, WHEN_NONE, field, bits, KIND, ..)  only if none is
 *
 * `least` is a number of bytes that it takes at the least (0 is always right): counts are checked
 * with it. A field that decides over others is of one of the kinds U8 to U32, and comes before
 * them.
 */
#ifndef WIRE_LAYOUT_H
#define WIRE_LAYOUT_H

#include "base/guid.h"

#define WIRE_COUNT 0

enum wire_kind {
	WIRE_U8,
	WIRE_U16,
	WIRE_U32,
	WIRE_U64,
	WIRE_GUID,
	WIRE_FIXED,
	WIRE_BYTES,
	WIRE_REST,
	WIRE_STR8,
	WIRE_STR16,
	WIRE_NUMBERS,
	WIRE_ARRAY,
	WIRE_COUNTED,
	WIRE_STRUCT,
	WIRE_SIZED,
	WIRE_SIZED_REF,
	WIRE_REF,
	WIRE_WHEN, /* a row of its own before the row of the field it guards */
	WIRE_UNION,
	WIRE_CUSTOM,
};

enum wire_test { WIRE_EQUALS, WIRE_ANY_BIT, WIRE_NO_BIT };

struct wire_type;
struct wire_arms;
struct wire_custom;

struct wire_field {
	const char *name;
	union {
		const struct wire_type *type;
		const struct wire_arms *arms;
		const struct wire_custom *custom;
	};
	uint32_t value;         /* WHEN: what the selector is compared with */
	uint16_t offset, size;  /* of the member */
	uint16_t selector;      /* WHEN, UNION, COUNTED: offset of the field that decides */
	uint8_t selector_width; /* its bytes */
	uint8_t kind;           /* enum wire_kind */
	uint8_t width;          /* bytes of a scalar or of a count */
	uint8_t element;        /* NUMBERS: bytes of an element */
	uint8_t test;           /* WHEN: enum wire_test */
};

struct wire_type {
	const char *name;
	const struct wire_field *fields;
	uint16_t n_fields;
	uint16_t wire_min; /* it never takes fewer bytes */
	uint32_t size;     /* of the C structure */
};

struct wire_arm {
	const char *name;
	const struct wire_type *type; /* NULL: nothing follows */
	uint32_t value;
	bool other; /* taken for every value that no other arm has */
};

struct wire_arms {
	const struct wire_arm *arm;
	size_t n;
};

/* Structures ----------------------------------------------------------------------------------- */

#define WIRE_DECLARE(T, L)                          \
	struct T {                                  \
		L(WIRE_MEMBER, T)                   \
	};                                          \
	enum { T##_wire_min = 0 L(WIRE_LEAST, T) }; \
	extern const struct wire_type T##_wire;

#define WIRE_DEFINE(T, L)                                                       \
	static const struct wire_field T##_wire_fields[] = { L(WIRE_ROW, T) };  \
	const struct wire_type T##_wire = {                                     \
		.name = #T,                                                     \
		.fields = T##_wire_fields,                                      \
		.n_fields = sizeof T##_wire_fields / sizeof(struct wire_field), \
		.wire_min = T##_wire_min,                                       \
		.size = sizeof(struct T),                                       \
	};

/*
 * Unions: a list of arms, each with the value that selects it.
 *
 *     #define SHAPE(A, N)
 *             A(N, ARM, 1, circle, circle)    // struct circle circle
 *             A(N, ALSO, 2, circle, circle)   // the value 2 selects the same member
 *             A(N, NONE, 3)                   // nothing follows
 *             A(N, OTHER, unknown, unknown)   // any other value; without this line it is an error
 */
#define WIRE_UNION_DECLARE(N, L)      \
	union N {                     \
		L(WIRE_ARM_MEMBER, N) \
	};                            \
	extern const struct wire_arms N##_wire;

#define WIRE_UNION_DEFINE(N, L)                                                \
	static const struct wire_arm N##_wire_arms[] = { L(WIRE_ARM_ROW, N) }; \
	const struct wire_arms N##_wire = { N##_wire_arms,                     \
					    sizeof N##_wire_arms / sizeof(struct wire_arm) };

/* Members -------------------------------------------------------------------------------------- */

#define WIRE_MEMBER(T, kind, ...)   WIRE_MEMBER_##kind(__VA_ARGS__)
#define WIRE_MEMBER_U8(m)           uint8_t m;
#define WIRE_MEMBER_U16(m)          uint16_t m;
#define WIRE_MEMBER_U32(m)          uint32_t m;
#define WIRE_MEMBER_U64(m)          uint64_t m;
#define WIRE_MEMBER_GUID(m)         struct guid m;
#define WIRE_MEMBER_FIXED(m, n)     uint8_t m[n];
#define WIRE_MEMBER_BYTES(m, count) struct bytes m;
#define WIRE_MEMBER_REST(m)         struct bytes m;
#define WIRE_MEMBER_STR8(m)         struct bytes m;
#define WIRE_MEMBER_STR16(m)        struct bytes m;
#define WIRE_MEMBER_NUMBERS(m, count, bits) \
	struct {                            \
		uint32_t n;                 \
		uint##bits##_t *v;          \
	} m;
#define WIRE_MEMBER_ARRAY(m, count, type) \
	struct {                          \
		uint32_t n;               \
		struct type *v;           \
	} m;
#define WIRE_MEMBER_COUNTED(m, field, type)           WIRE_MEMBER_ARRAY(m, 0, type)
#define WIRE_MEMBER_STRUCT(m, type)                   struct type m;
#define WIRE_MEMBER_SIZED(m, count, type)             struct type m;
#define WIRE_MEMBER_SIZED_REF(m, count, type)         struct type *m;
#define WIRE_MEMBER_REF(m, type, least)               struct type *m;
#define WIRE_MEMBER_WHEN(field, value, kind, ...)     WIRE_MEMBER_##kind(__VA_ARGS__)
#define WIRE_MEMBER_WHEN_ANY(field, bits, kind, ...)  WIRE_MEMBER_##kind(__VA_ARGS__)
#define WIRE_MEMBER_WHEN_NONE(field, bits, kind, ...) WIRE_MEMBER_##kind(__VA_ARGS__)
#define WIRE_MEMBER_UNION(m, field, arms, least)      union arms m;
#define WIRE_MEMBER_CUSTOM(m, ctype, custom, least)   ctype m;

#define WIRE_ARM_MEMBER(N, kind, ...)       WIRE_ARM_MEMBER_##kind(__VA_ARGS__)
#define WIRE_ARM_MEMBER_ARM(value, type, m) struct type m;
#define WIRE_ARM_MEMBER_ALSO(value, type, m)
#define WIRE_ARM_MEMBER_NONE(value)
#define WIRE_ARM_MEMBER_OTHER(type, m) struct type m;

/* The least number of bytes -------------------------------------------------------------------- */

#define WIRE_WIDTH(count)                          ((count) ? (count) : 2)
#define WIRE_LEAST(T, kind, ...)                   +WIRE_LEAST_##kind(__VA_ARGS__)
#define WIRE_LEAST_U8(m)                           1
#define WIRE_LEAST_U16(m)                          2
#define WIRE_LEAST_U32(m)                          4
#define WIRE_LEAST_U64(m)                          8
#define WIRE_LEAST_GUID(m)                         16
#define WIRE_LEAST_FIXED(m, n)                     (n)
#define WIRE_LEAST_BYTES(m, count)                 WIRE_WIDTH(count)
#define WIRE_LEAST_REST(m)                         0
#define WIRE_LEAST_STR8(m)                         1
#define WIRE_LEAST_STR16(m)                        2
#define WIRE_LEAST_NUMBERS(m, count, bits)         WIRE_WIDTH(count)
#define WIRE_LEAST_ARRAY(m, count, type)           WIRE_WIDTH(count)
#define WIRE_LEAST_COUNTED(m, field, type)         0
#define WIRE_LEAST_STRUCT(m, type)                 type##_wire_min
#define WIRE_LEAST_SIZED(m, count, type)           (WIRE_WIDTH(count) + type##_wire_min)
#define WIRE_LEAST_SIZED_REF(m, count, type)       WIRE_WIDTH(count)
#define WIRE_LEAST_REF(m, type, least)             (least)
#define WIRE_LEAST_WHEN(...)                       0
#define WIRE_LEAST_WHEN_ANY(...)                   0
#define WIRE_LEAST_WHEN_NONE(...)                  0
#define WIRE_LEAST_UNION(m, field, arms, least)    (least)
#define WIRE_LEAST_CUSTOM(m, ctype, custom, least) (least)

/* Rows ----------------------------------------------------------------------------------------- */

/*
 * An element that may take no bytes would make any count believable: such an array does not
 * compile.
 */
#define WIRE_NOT_EMPTY(type, n) (sizeof(char[type##_wire_min > 0 ? (n) + 1 : -1]) - 1)
#define WIRE_AT(T, m) \
	.name = #m, .offset = offsetof(struct T, m), .size = sizeof(((struct T *)0)->m)
#define WIRE_BY(T, field) \
	.selector = offsetof(struct T, field), .selector_width = sizeof(((struct T *)0)->field)

#define WIRE_ROW(T, kind, ...)      WIRE_ROW_##kind(T, __VA_ARGS__)
#define WIRE_ROW_U8(T, m)           { WIRE_AT(T, m), .kind = WIRE_U8, .width = 1 },
#define WIRE_ROW_U16(T, m)          { WIRE_AT(T, m), .kind = WIRE_U16, .width = 2 },
#define WIRE_ROW_U32(T, m)          { WIRE_AT(T, m), .kind = WIRE_U32, .width = 4 },
#define WIRE_ROW_U64(T, m)          { WIRE_AT(T, m), .kind = WIRE_U64, .width = 8 },
#define WIRE_ROW_GUID(T, m)         { WIRE_AT(T, m), .kind = WIRE_GUID },
#define WIRE_ROW_FIXED(T, m, n)     { WIRE_AT(T, m), .kind = WIRE_FIXED },
#define WIRE_ROW_BYTES(T, m, count) { WIRE_AT(T, m), .kind = WIRE_BYTES, .width = count },
#define WIRE_ROW_REST(T, m)         { WIRE_AT(T, m), .kind = WIRE_REST },
#define WIRE_ROW_STR8(T, m)         { WIRE_AT(T, m), .kind = WIRE_STR8 },
#define WIRE_ROW_STR16(T, m)        { WIRE_AT(T, m), .kind = WIRE_STR16 },
#define WIRE_ROW_NUMBERS(T, m, count, bits) \
	{ WIRE_AT(T, m), .kind = WIRE_NUMBERS, .width = count, .element = (bits) / 8 },
#define WIRE_ROW_ARRAY(T, m, count, t) \
	{ WIRE_AT(T, m), .kind = WIRE_ARRAY, .width = WIRE_NOT_EMPTY(t, count), .type = &t##_wire },
#define WIRE_ROW_COUNTED(T, m, field, t)                                                         \
	{ WIRE_AT(T, m), WIRE_BY(T, field), .kind = WIRE_COUNTED, .width = WIRE_NOT_EMPTY(t, 0), \
	  .type = &t##_wire },
#define WIRE_ROW_STRUCT(T, m, t) { WIRE_AT(T, m), .kind = WIRE_STRUCT, .type = &t##_wire },
#define WIRE_ROW_SIZED(T, m, count, t) \
	{ WIRE_AT(T, m), .kind = WIRE_SIZED, .width = count, .type = &t##_wire },
#define WIRE_ROW_SIZED_REF(T, m, count, t)                                          \
	{ WIRE_AT(T, m), .kind = WIRE_SIZED_REF, .width = WIRE_NOT_EMPTY(t, count), \
	  .type = &t##_wire },
#define WIRE_ROW_REF(T, m, t, least) { WIRE_AT(T, m), .kind = WIRE_REF, .type = &t##_wire },
#define WIRE_ROW_GUARD(T, field, how, v) \
	{ .name = #field, WIRE_BY(T, field), .kind = WIRE_WHEN, .test = how, .value = v },
#define WIRE_ROW_WHEN(T, field, v, kind, ...) \
	WIRE_ROW_GUARD(T, field, WIRE_EQUALS, v) WIRE_ROW_##kind(T, __VA_ARGS__)
#define WIRE_ROW_WHEN_ANY(T, field, bits, kind, ...) \
	WIRE_ROW_GUARD(T, field, WIRE_ANY_BIT, bits) WIRE_ROW_##kind(T, __VA_ARGS__)
#define WIRE_ROW_WHEN_NONE(T, field, bits, kind, ...) \
	WIRE_ROW_GUARD(T, field, WIRE_NO_BIT, bits) WIRE_ROW_##kind(T, __VA_ARGS__)
#define WIRE_ROW_UNION(T, m, field, a, least) \
	{ WIRE_AT(T, m), WIRE_BY(T, field), .kind = WIRE_UNION, .arms = &a##_wire },
#define WIRE_ROW_CUSTOM(T, m, ctype, c, least) { WIRE_AT(T, m), .kind = WIRE_CUSTOM, .custom = &c },

#define WIRE_ARM_ROW(N, kind, ...) WIRE_ARM_ROW_##kind(__VA_ARGS__)
#define WIRE_ARM_ROW_ARM(v, t, m)  { .name = #m, .value = v, .type = &t##_wire },
#define WIRE_ARM_ROW_ALSO(v, t, m) { .name = #m, .value = v, .type = &t##_wire },
#define WIRE_ARM_ROW_NONE(v)       { .name = "none", .value = v },
#define WIRE_ARM_ROW_OTHER(t, m)   { .name = #m, .type = &t##_wire, .other = true },

#endif
