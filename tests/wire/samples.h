/*
 * Layouts made up for the tests: every kind of field, and kinds within kinds.  Included once in a
 * program: the layouts are defined here.
 */
#ifndef TESTS_WIRE_SAMPLES_H
#define TESTS_WIRE_SAMPLES_H

#include "wire/wire.h"

/* As in [MS-OXCROPS] 2.2.5.1.1 and 2.2.4.1.1: what the interpreter was made for. */
#define SET_COLUMNS(F, T) \
	F(T, U8, flags)   \
	F(T, ARRAY, columns, 2, column)
#define COLUMN(F, T) F(T, U32, tag)
#define OPEN_FOLDER(F, T) \
	F(T, U8, handle)  \
	F(T, U64, folder) \
	F(T, U8, mode)

#define SCALARS(F, T) \
	F(T, U8, a)   \
	F(T, U16, b)  \
	F(T, U32, c)  \
	F(T, U64, d)  \
	F(T, GUID, e) \
	F(T, FIXED, f, 3)

#define TEXTS(F, T)          \
	F(T, STR8, narrow)   \
	F(T, STR16, wide)    \
	F(T, BYTES, one, 1)  \
	F(T, BYTES, two, 2)  \
	F(T, BYTES, four, 4) \
	F(T, BYTES, any, WIRE_COUNT)

#define LISTS(F, T)                              \
	F(T, U8, how_many)                       \
	F(T, U8, between)                        \
	F(T, COUNTED, counted, how_many, column) \
	F(T, NUMBERS, halves, 1, 16)             \
	F(T, NUMBERS, words, 2, 32)              \
	F(T, NUMBERS, longs, WIRE_COUNT, 64)     \
	F(T, ARRAY, texts, 4, texts)

/* The length counts what is inside, and the structure inside takes the rest of it. */
#define TAIL(F, T)      \
	F(T, U16, head) \
	F(T, REST, tail)
#define WINDOWS(F, T)                       \
	F(T, SIZED, first, 1, tail)         \
	F(T, SIZED_REF, second, 2, scalars) \
	F(T, STRUCT, in_place, column)      \
	F(T, SIZED, third, WIRE_COUNT, tail)

#define CHOICES(F, T)                                            \
	F(T, U8, kind)                                           \
	F(T, U16, flags)                                         \
	F(T, WHEN, kind, 1, U32, number)                         \
	F(T, WHEN, kind, 2, STR8, name)                          \
	F(T, WHEN_ANY, flags, 0x8001, U16, some)                 \
	F(T, WHEN_NONE, flags, 0x8001, ARRAY, others, 1, column) \
	F(T, U32, shape)                                         \
	F(T, UNION, of, shape, shapes, 0)
#define SHAPES(A, N)                    \
	A(N, ARM, 1, scalars, scalars)  \
	A(N, ALSO, 2, scalars, scalars) \
	A(N, NONE, 3)                   \
	A(N, ARM, 0x10000, texts, texts)

/* A union that takes any value, within what contains itself. */
#define LEAF(F, T) F(T, U16, value)
#define PAIR(F, T)               \
	F(T, REF, left, tree, 1) \
	F(T, REF, right, tree, 1)
#define BRANCH(F, T) F(T, ARRAY, all, 1, tree)
#define TREE(F, T)     \
	F(T, U8, kind) \
	F(T, UNION, u, kind, tree_arms, 0)
#define TREE_ARMS(A, N)              \
	A(N, ARM, 1, pair, pair)     \
	A(N, ARM, 2, branch, branch) \
	A(N, OTHER, leaf, leaf)

/* A number in base 128, most significant part last: what no other kind can do. */
#define CUSTOMS(F, T) \
	F(T, U8, has) \
	F(T, WHEN_ANY, has, 1, CUSTOM, v, uint32_t, varint_custom, 1)

#define NOTHING(F, T)

static bool varint_pull(struct wire_in *in, void *field)
{
	uint32_t v = 0;
	uint8_t b = 0x80;

	for (unsigned shift = 0; shift < 28 && b & 0x80; shift += 7) {
		if (!wire_pull_u8(in, &b))
			return false;
		v |= (uint32_t)(b & 0x7F) << shift;
		if (!b && shift)
			return wire_fail(in, ecCorruptData, "a number longer than it must be");
	}
	*(uint32_t *)field = v;
	return !(b & 0x80) || wire_fail(in, ecCorruptData, "a number without end");
}

static bool varint_push(struct wire_out *out, const void *field)
{
	uint32_t v = *(const uint32_t *)field;

	if (v >> 28)
		return wire_out_fail(out, ecInvalidParam, "a number that is too large");
	for (; v >= 0x80; v >>= 7)
		if (!wire_push_u8(out, (uint8_t)(v | 0x80)))
			return false;
	return wire_push_u8(out, (uint8_t)v);
}

static void varint_print(struct buf *out, const void *field)
{
	buf_printf(out, "%u", *(const uint32_t *)field);
}

static bool varint_equal(const void *a, const void *b)
{
	return *(const uint32_t *)a == *(const uint32_t *)b;
}

static bool varint_random(struct wire_random *r, void *field)
{
	*(uint32_t *)field = (uint32_t)wire_random_u64(r) >> (4 + wire_random_below(r, 28));
	return true;
}

static const struct wire_custom varint_custom = { varint_pull, varint_push, varint_print,
						  varint_equal, varint_random };

WIRE_DECLARE(column, COLUMN)
WIRE_DECLARE(set_columns, SET_COLUMNS)
WIRE_DECLARE(open_folder, OPEN_FOLDER)
WIRE_DECLARE(scalars, SCALARS)
WIRE_DECLARE(texts, TEXTS)
WIRE_DECLARE(lists, LISTS)
WIRE_DECLARE(tail, TAIL)
WIRE_DECLARE(windows, WINDOWS)
WIRE_UNION_DECLARE(shapes, SHAPES)
WIRE_DECLARE(choices, CHOICES)
WIRE_DECLARE(leaf, LEAF)
WIRE_DECLARE(pair, PAIR)
WIRE_DECLARE(branch, BRANCH)
WIRE_UNION_DECLARE(tree_arms, TREE_ARMS)
WIRE_DECLARE(tree, TREE)
WIRE_DECLARE(customs, CUSTOMS)
WIRE_DECLARE(nothing, NOTHING)

WIRE_DEFINE(column, COLUMN)
WIRE_DEFINE(set_columns, SET_COLUMNS)
WIRE_DEFINE(open_folder, OPEN_FOLDER)
WIRE_DEFINE(scalars, SCALARS)
WIRE_DEFINE(texts, TEXTS)
WIRE_DEFINE(lists, LISTS)
WIRE_DEFINE(tail, TAIL)
WIRE_DEFINE(windows, WINDOWS)
WIRE_UNION_DEFINE(shapes, SHAPES)
WIRE_DEFINE(choices, CHOICES)
WIRE_DEFINE(leaf, LEAF)
WIRE_DEFINE(pair, PAIR)
WIRE_DEFINE(branch, BRANCH)
WIRE_UNION_DEFINE(tree_arms, TREE_ARMS)
WIRE_DEFINE(tree, TREE)
WIRE_DEFINE(customs, CUSTOMS)
WIRE_DEFINE(nothing, NOTHING)

static const struct wire_type *const sample_wire_types[] = {
	&set_columns_wire, &open_folder_wire, &scalars_wire, &texts_wire,
	&lists_wire,       &tail_wire,        &windows_wire, &choices_wire,
	&tree_wire,        &customs_wire,     &nothing_wire, NULL,
};

#endif
